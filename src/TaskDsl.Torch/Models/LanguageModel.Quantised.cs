using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <content>Weights that are kept in few bits, or in the 16 of their file.</content>
public abstract partial class LanguageModel
{
    private readonly Dictionary<string, LinearLayer> quantised = new(StringComparer.Ordinal);

    /// <summary>Whether the layers' linear maps are kept in few bits: their weights are not among the <see cref="Parameters"/>.</summary>
    public bool IsQuantised => quantised.Count > 0;

    /// <summary>The names of all weights, tied ones once, in whichever form.</summary>
    public IEnumerable<string> WeightNames => parameters.Keys.Concat(quantised.Keys);

    /// <summary>How many numbers all weights are, tied ones once.</summary>
    public long WeightCount => parameters.Values.Sum(p => p.numel()) + quantised.Values.Sum(map => map.Quantised!.Count);

    /// <summary>The bytes that they take.</summary>
    public long WeightBytes => parameters.Values.Sum(p => p.numel() * p.ElementSize) + quantised.Values.Sum(map => map.Quantised!.Bytes);

    /// <summary>Puts what quantised weights stand for in their place, as plain float32: the model computes what it did.</summary>
    public void Dequantise()
    {
        foreach (var (name, map) in quantised)
            parameters.Add(name, map.Dequantise());
        quantised.Clear();
        Config = Config.Keep(null);
    }

    /// <summary>Puts float32 in the place of a weight that is frozen in 16 bits, so that it can be changed; others stay.</summary>
    /// <param name="name">The weight's name.</param>
    public void Widen(string name)
    {
        if (Config.Frozen is not null && LinearLayers.FirstOrDefault(map => $"{map.Name}.weight" == name)?.Widen() is { } wide)
            parameters[name] = wide;
    }

    /// <summary>Writes a layer's weights in the form that they are to be kept in: no more than one layer is there in full.</summary>
    private void Quantise(Block block)
    {
        if (Config.Frozen is { } type)
            foreach (var map in block.Parts.SelectMany(part => part.LinearLayers))
                if (map.Narrow(type.Scalar()) is { } narrow)
                    parameters[$"{map.Name}.weight"] = narrow;
        if (Config.Weights is not { } format)
            return;
        foreach (var map in block.Parts.SelectMany(part => part.LinearLayers))
        {
            using var scope = NewDisposeScope(); // A view of a weight that is turned round would hold all of it.
            var name = $"{map.Name}.weight";
            if (Device.type != DeviceType.META && !AreFinite(map.Matrix))
                throw new ModelException(
                    $"{Config.Source}: the weight '{name}' has numbers that are not finite (NaN or infinite), which cannot be kept in few "
                        + "bits. Make or fetch the model again."
                );
            map.Quantise(format);
            if (map.Quantised is null)
                continue;
            parameters.Remove(name);
            quantised.Add(name, map);
        }
    }

    private static bool AreFinite(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        return matrix.isfinite().all().item<bool>();
    }
}
