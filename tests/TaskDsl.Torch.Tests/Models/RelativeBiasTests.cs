using TaskDsl.Torch.Models.Positions;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>T5's classes of distances: one list is kept, and made longer when it must be.</summary>
public sealed class RelativeBiasTests : TorchTest
{
    [Theory, InlineData(true), InlineData(false)]
    public void A_token_sees_another_as_its_distance_says_whatever_was_asked_before(bool ahead)
    {
        using var golden = new GoldenModel("t5");
        var architecture = golden.Model.Config.Architecture;
        var shape = ahead ? architecture.Encoder! : architecture.Decoder!;
        var scheme = (RelativeBias)shape.Positions;
        var weight = new Parameter(randn(scheme.Buckets, shape.Heads));
        using var table = scheme.Open(shape, CPU, (_, _) => weight);
        var whole = Once(0, 300, 300);
        var before = SettledTensors();
        foreach (
            var (first, queries, keys) in (ReadOnlySpan<(int, int, int)>)
                [(0, 1, 1), (0, 5, 5), (3, 2, 9), (7, 1, 8), (0, 40, 40), (39, 1, 300), (0, 4, 300)]
        )
        {
            using var scope = NewDisposeScope();
            Close(whole.narrow(2, first, queries).narrow(3, 0, keys), table.Bias(first, queries, keys, null)!, 0);
        }

        Assert.Equal(before + 1, SettledTensors());
        table.Dispose();
        Assert.Equal(before, SettledTensors());

        Tensor Once(int first, int queries, int keys)
        {
            using var fresh = scheme.Open(shape, CPU, (_, _) => weight);
            return fresh.Bias(first, queries, keys, null)!;
        }
    }
}
