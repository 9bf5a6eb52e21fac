using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>What layers do under <see cref="Autocast"/>: which numbers go where, and how often they are cast.</summary>
public sealed class SixteenBitTests : TorchTest
{
    [Theory, InlineData("llama"), InlineData("qwen3"), InlineData("bert"), InlineData("t5"), InlineData("bloom"), InlineData("gpt_neox")]
    public void Maps_that_read_one_norm_share_its_cast(string name)
    {
        using var golden = new GoldenModel(name);
        var seen = new Dictionary<LinearLayer, (nint Memory, ScalarType Type)>();
        foreach (var map in golden.Model.LinearLayers.Where(map => map.Layer is not null))
            map.Updates.Add(new Watching(map, seen));
        using (Autocast.BFloat16(CPU))
            golden.Loss("right");
        var parts = golden.Model.Sublayers.Where(part => part.Kind != SublayerKind.CrossAttention).ToArray();
        Assert.NotEmpty(parts);
        foreach (var part in parts)
        {
            var readers = part.LinearLayers.SkipLast(1).Select(map => seen[map]).Distinct().ToArray();
            Assert.Single(readers);
            Assert.Equal(ScalarType.BFloat16, readers[0].Type);
        }
    }

    private sealed class Watching(LinearLayer layer, Dictionary<LinearLayer, (nint, ScalarType)> seen) : LinearUpdate
    {
        public override unsafe Tensor Forward(LinearMap map, Tensor x)
        {
            seen[layer] = ((nint)TensorMemory.Pointer(x), x.dtype);
            return map.Forward(x);
        }

        public override (Tensor Matrix, Tensor? Bias) Merged(LinearMap map) => map.Merged;
    }
}
