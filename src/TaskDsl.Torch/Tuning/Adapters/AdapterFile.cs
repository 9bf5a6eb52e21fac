using TaskDsl.Torch.Models;
using TaskDsl.Torch.Safetensors;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>An adapter's tensors. What is not read from them in the end is an error.</summary>
internal sealed class AdapterFile(SafetensorsFile tensors)
{
    private readonly HashSet<string> left = [.. tensors.Tensors.Keys];

    public bool Has(string beginning) => tensors.Tensors.Keys.Any(name => name.StartsWith(beginning, StringComparison.Ordinal));

    public IReadOnlyList<long>? Shape(string name) => tensors.Tensors.TryGetValue(name, out var entry) ? entry.Shape : null;

    public Tensor Read(string name, params ReadOnlySpan<long> shape)
    {
        left.Remove(name);
        return tensors.Read(name, shape);
    }

    /// <summary>Reads a task's weights into the model, then throws if anything was not read.</summary>
    public void Finish(LanguageModel model)
    {
        foreach (var name in model.TaskWeights)
        {
            var stored = new[] { "base_model.model." + name, "base_model." + name }.FirstOrDefault(tensors.Tensors.ContainsKey);
            if (stored is not null)
                model.Parameters[name].copy_(Read(stored, model.Parameters[name].shape));
        }

        // PEFT writes a tuned embedding's or head's own weight beside its update. It is frozen: the model has it.
        foreach (var map in model.LinearLayers.Where(map => map.Layer is null))
            if ($"base_model.model.{map.Name}.base_layer.weight" is var name && left.Contains(name))
                Read(name, map.Weight.shape);

        if (left.Order(StringComparer.Ordinal).FirstOrDefault() is { } other)
            throw new SafetensorsException(
                tensors.Path,
                other,
                "belongs to no part of this model: the adapter was made for another one, or tunes what is not supported."
            );
    }
}
