using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>A low-rank update adds to its map's product in place; its twin adds beside it.</summary>
public sealed class LowRankTests : TorchTest
{
    [Theory]
    [InlineData(2, 3, false, false)]
    [InlineData(2, 3, true, true)]
    [InlineData(4, 80, true, false)] // Large enough for a product by oneDNN.
    [InlineData(4, 80, false, true)]
    public void It_gives_what_a_sum_gives(int rows, int length, bool biased, bool sixteen)
    {
        using var autocast = sixteen ? Autocast.BFloat16(CPU) : null;
        var (layer, a, b, x) = Parts(rows, length, biased);
        var expected = Run(() => layer.Plain(x) + 0.5 * x.matmul(a.t()).matmul(b.t()));
        layer.Updates.Add(new LowRank(layer, a, b, 0.5));
        foreach (var (e, found) in expected.Zip(Run(() => layer.Forward(x))))
            Close(e, found, (sixteen ? 2e-2 : 1e-6) * e.abs().max().ToDouble());

        Tensor[] Run(Func<Tensor> forward)
        {
            Tensor[] leaves = [x, a, b, layer.Weight, .. biased ? new[] { layer.Bias! } : []];
            foreach (var leaf in leaves)
                leaf.grad = null;
            var y = forward();
            Gradients.Backward((y * (arange(y.numel()).view(y.shape) % 7 - 3).to(y.dtype)).sum());
            return [y.detach(), .. leaves.Select(leaf => leaf.grad!.clone())];
        }
    }

    [Fact]
    public void What_an_update_below_has_kept_stays_as_it_is()
    {
        var (layer, a, b, x) = Parts(2, 3, biased: true);
        layer.Updates.Add(new Bounded());
        layer.Updates.Add(new LowRank(layer, a, b, 1));
        Gradients.Backward(layer.Forward(x).sum());
        var found = x.grad!.clone();
        x.grad = null;
        Gradients.Backward((layer.Plain(x).tanh() + x.matmul(a.t()).matmul(b.t())).sum());
        Close(x.grad!, found, 1e-6);
    }

    private static (LinearLayer Layer, Parameter A, Parameter B, Tensor X) Parts(int rows, int length, bool biased)
    {
        var layer = new LinearLayer(0, [Site.Query], "map", 192, 128, biased, transposed: false, (_, shape) => new Parameter(randn(shape)));
        return (layer, new Parameter(randn(4, 128)), new Parameter(randn(192, 4)), randn(rows, length, 128).requires_grad_(true));
    }

    /// <summary>An update whose backward needs its result.</summary>
    private sealed class Bounded : LinearUpdate
    {
        public override Tensor Forward(LinearMap map, Tensor x) => map.Forward(x).tanh();

        public override (Tensor Matrix, Tensor? Bias) Merged(LinearMap map) => throw new NotSupportedException();
    }
}
