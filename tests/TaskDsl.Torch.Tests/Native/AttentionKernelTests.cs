using TaskDsl.Torch.Native;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Native;

/// <summary>Attention in 16 bits on the CPU, whose gradients are computed in float32.</summary>
public sealed class AttentionKernelTests : TorchTest
{
    [Theory]
    [InlineData(6, 6, null, false, null)]
    [InlineData(6, 2, 0.3, true, null)]
    [InlineData(4, 4, null, false, ScalarType.Bool)]
    [InlineData(4, 2, 0.7, false, ScalarType.Float32)]
    public void It_agrees_with_its_twin(int heads, int keyHeads, double? scale, bool causal, ScalarType? masked)
    {
        var seen = ones(2, 1, 9, 9, dtype: ScalarType.Bool).tril();
        var mask = masked switch
        {
            null => null,
            ScalarType.Bool => seen,
            _ => zeros(2, 1, 9, 9).masked_fill(seen.logical_not(), double.NegativeInfinity) + arange(9) / 9,
        };
        Tensor[] inputs =
        [
            .. new[] { heads, keyHeads, keyHeads }.Select(h => randn(2, h, 9, 16).to(ScalarType.BFloat16).to(ScalarType.Float32)),
        ];
        var ours = Gradients(inputs, x => Ops.Attention(x[0], x[1], x[2], mask, causal, scale), Autocast.BFloat16(CPU));
        var exact = Gradients(inputs, x => PlainOps.Attention(x[0], x[1], x[2], mask, causal, scale), null);
        foreach (var (mine, right) in ours.Zip(exact))
        {
            Assert.Equal(ScalarType.Float32, mine.dtype);
            Close(right, mine, 0.02 * right.abs().max().ToSingle());
        }

        static Tensor[] Gradients(Tensor[] inputs, Func<Tensor[], Tensor> attend, Autocast? numbers)
        {
            Tensor[] leaves = [.. inputs.Select(x => x.clone().requires_grad_())];
            Tensor result;
            using (numbers)
                result = attend(leaves);
            Assert.Equal(numbers is null ? ScalarType.Float32 : ScalarType.BFloat16, result.dtype);
            (result.to(ScalarType.Float32) * arange(16) / 16).sum().backward();
            return [.. leaves.Select(x => x.grad!)];
        }
    }
}
