using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Gguf;

/// <summary>
/// GELU as ggml computes it on a processor, in the place of a model's own: by its tanh form, from a half to a half. What is left of the
/// difference between the two is then that of everything else.
/// </summary>
internal static class EngineGelu
{
    public static void PutInto(LanguageModel model)
    {
        foreach (var part in model.Sublayers.Where(part => part.Kind == SublayerKind.FeedForward))
        {
            var maps = part.LinearLayers.ToArray();
            var seen = maps[..^1].Select(_ => new Seen()).ToArray();
            for (var i = 0; i < seen.Length; i++)
                maps[i].Updates.Add(seen[i]);
            maps[^1].Updates.Add(new Down(seen));
        }
    }

    private static Tensor Gelu(Tensor x)
    {
        using var scope = NewDisposeScope();
        var half = x.to(ScalarType.Float16).to(ScalarType.Float32);
        var table = half.gelu(GELU.Approximate.tanh).to(ScalarType.Float16).to(ScalarType.Float32);
        return where(x <= -10, zeros_like(x), where(x >= 10, x, table)).MoveToOuterDisposeScope();
    }

    /// <summary>Remembers what a map gave.</summary>
    private sealed class Seen : LinearUpdate
    {
        public Tensor? Last { get; private set; }

        public override Tensor Forward(LinearMap map, Tensor x) => Last = map.Forward(x);

        public override (Tensor Matrix, Tensor? Bias) Merged(LinearMap map) => map.Merged;
    }

    /// <summary>The map back, of what the maps out gave: of the gate and what it is multiplied by, or of the only one.</summary>
    private sealed class Down(Seen[] seen) : LinearUpdate
    {
        public override Tensor Forward(LinearMap map, Tensor x) =>
            map.Forward((seen.Length > 1 ? Gelu(seen[0].Last!) * seen[1].Last! : Gelu(seen[0].Last!)).view(x.shape));

        public override (Tensor Matrix, Tensor? Bias) Merged(LinearMap map) => map.Merged;
    }
}
