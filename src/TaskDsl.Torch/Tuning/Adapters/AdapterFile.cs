using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>An adapter's tensors. What is not read from them in the end is an error.</summary>
/// <param name="tensors">The file.</param>
/// <param name="saved">The modules that are said to be in it whole.</param>
internal sealed class AdapterFile(SafetensorsFile tensors, IReadOnlyList<string> saved)
{
    private readonly HashSet<string> left = [.. tensors.Tensors.Keys];

    public string Path => tensors.Path;

    public bool Has(string beginning) => tensors.Tensors.Keys.Any(name => name.StartsWith(beginning, StringComparison.Ordinal));

    public IReadOnlyList<long>? Shape(string name) => tensors.Tensors.TryGetValue(name, out var entry) ? entry.Shape : null;

    public Tensor Read(string name, params ReadOnlySpan<long> shape)
    {
        left.Remove(name);
        return tensors.Read(name, shape);
    }

    /// <summary>
    /// Reads the weights that were trained whole: those of a task's head, and whatever else of the model's own the file has
    /// (<c>modules_to_save</c>, or biases). Then throws if anything was not read.
    /// </summary>
    public void Finish(Adapter adapter)
    {
        var model = adapter.Model;
        foreach (var name in model.TaskWeights)
            if (Spelled(name).FirstOrDefault(tensors.Tensors.ContainsKey) is { } stored)
                model.Parameters[name].copy_(Read(stored, model.Parameters[name].shape));

        // PEFT writes a tuned embedding's or head's own weight beside its update. It is frozen: the model has it.
        foreach (var map in model.LinearLayers.Where(map => map.Layer is null))
            if ($"base_model.model.{map.Name}.base_layer.weight" is var name && left.Contains(name))
                CheckSame(name, map);

        foreach (var map in model.LinearLayers)
            if (Spelled($"{map.Name}.weight").FirstOrDefault(left.Contains) is { } stored)
                adapter.PutWhole(map, Read(stored, map.Shape));
        foreach (var (name, parameter) in model.Parameters)
            if (Spelled(name).Append(Wrapped(name)).FirstOrDefault(left.Contains) is { } stored)
                adapter.Replace(name, Read(stored, parameter.shape));
        CheckSaved(model);

        if (left.Order(StringComparer.Ordinal).FirstOrDefault() is { } other)
            throw new SafetensorsException(
                tensors.Path,
                other,
                "belongs to no part of this model: the adapter was made for another one, or tunes what is not supported."
            );
    }

    /// <summary>What PEFT calls one of the model's own weights.</summary>
    private static string[] Spelled(string name) => ["base_model.model." + name, "base_model." + name];

    /// <summary>The same where its module has an update too.</summary>
    private static string Wrapped(string name) => $"base_model.model.{name.Insert(name.LastIndexOf('.') + 1, "base_layer.")}";

    private void CheckSame(string name, LinearLayer map)
    {
        var weight = Read(name, map.Shape);
        if (map.Weight.device_type == DeviceType.META)
            return;
        // Both may have been stored in fewer digits than the other.
        if ((weight.to(ScalarType.Float32) - map.Weight.cpu()).abs().max().ToSingle() > 0.01f * map.Weight.abs().max().ToSingle())
            throw new SafetensorsException(
                tensors.Path,
                name,
                "is not the model's: the adapter was made for a model with another embedding or head. Set base_model_name_or_path to it."
            );
    }

    private void CheckSaved(LanguageModel model)
    {
        var missing = saved.Where(module => !tensors.Tensors.Keys.Any(name => IsOf(name, module))).ToList();
        foreach (var module in missing)
            if (model.Parameters.Keys.Concat(model.LinearLayers.Select(map => map.Name + ".")).Any(name => IsOf(name, module)))
                throw new SafetensorsException(
                    tensors.Path,
                    module,
                    "is missing: adapter_config.json says in modules_to_save that it was trained whole and saved."
                );
        if (missing.Count > 0 && missing.Count == saved.Count)
            throw new MisfitException(
                $"{tensors.Path}: modules_to_save names {string.Join(", ", missing)}, and neither the file nor the model has such a module."
            );
    }

    private static bool IsOf(string name, string module) => $".{name}".Contains($".{module}.", StringComparison.Ordinal);
}
