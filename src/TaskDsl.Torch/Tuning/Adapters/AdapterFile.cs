using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Safetensors;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>An adapter's two files. What is not read from them in the end is an error.</summary>
internal sealed class AdapterFile(ConfigJson config, SafetensorsFile tensors)
{
    private readonly HashSet<string> left = [.. tensors.Tensors.Keys];

    public ConfigJson Config { get; } = config;

    public bool Has(string name) => tensors.Tensors.ContainsKey(name);

    public IReadOnlyList<long> Shape(string name) =>
        tensors.Tensors.TryGetValue(name, out var entry) ? entry.Shape : throw new SafetensorsException(tensors.Path, name, "is missing.");

    public Tensor Read(string name, params ReadOnlySpan<long> shape)
    {
        left.Remove(name);
        return tensors.Read(name, shape);
    }

    /// <summary>The same tensors under another configuration: that of a part.</summary>
    public AdapterFile With(ConfigJson part) => new(part, tensors);

    /// <summary>What parts have read is read.</summary>
    public void Done(AdapterFile part) => left.IntersectWith(part.left);

    /// <summary>Refuses a setting that would change the numbers.</summary>
    public void Refuse(string setting, string what)
    {
        if (Config.Json[setting] is { } value && value.ToJsonString() is not ("false" or "null" or "{}" or "[]" or "0" or "0.0"))
            throw new NotSupportedException($"{Config.Path}: '{setting}' ({what}) is not supported.");
    }

    /// <summary>Reads a task's weights into the model, then throws if anything was not read.</summary>
    public void Finish(LanguageModel model)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        foreach (var name in model.TaskWeights)
        {
            var stored = new[] { "base_model.model." + name, "base_model." + name }.FirstOrDefault(Has);
            if (stored is not null)
                model.Parameters[name].copy_(Read(stored, model.Parameters[name].shape));
        }

        if (left.Order(StringComparer.Ordinal).FirstOrDefault() is { } other)
            throw new SafetensorsException(
                tensors.Path,
                other,
                "belongs to no part of this model: the adapter was made for another one, or tunes what is not supported."
            );
    }
}
