using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Objectives;

public sealed class HeadLossTests : TorchTest
{
    [Theory]
    [InlineData(7, 300, true)] // one part
    [InlineData(201, 50_000, true)] // parts of 83 rows, the last one smaller
    [InlineData(201, 50_000, false)] // a frozen head
    public void Loss_and_gradients_are_the_plain_twins(int rows, int vocabulary, bool trained)
    {
        var hidden = randn(rows, 16).requires_grad_(true);
        var head = (randn(vocabulary, 16) * 0.3).detach().requires_grad_(trained);
        var targets = randint(0, vocabulary, [rows], dtype: ScalarType.Int64);
        var weights = rand(rows);
        var (plain, plainHidden, plainHead) = Run(HeadLoss.PlainSum);
        var (sum, hiddenGradient, headGradient) = Run(HeadLoss.Sum);
        Assert.Equal(plain, sum, 1e-5 * plain);
        Close(plainHidden!, hiddenGradient!, 1e-5);
        Assert.Equal(trained, headGradient is not null);
        if (trained) Close(plainHead!, headGradient!, 1e-4);
        using (no_grad()) Assert.Equal(plain, HeadLoss.Sum(hidden, head, targets, weights).ToDouble(), 1e-5 * plain);

        (double, Tensor?, Tensor?) Run(Func<Tensor, Tensor, Tensor, Tensor, Tensor> loss)
        {
            (hidden.grad, head.grad) = (null, null);
            var value = loss(hidden, head, targets, weights) * 3;
            Gradients.Backward(value);
            return (value.ToDouble() / 3, hidden.grad?.clone(), head.grad?.clone());
        }
    }
}
