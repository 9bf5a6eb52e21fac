using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Objectives;

public sealed class HeadLossTests : TorchTest
{
    [Theory]
    [InlineData(7, 300, true, false)] // one part
    [InlineData(201, 50_000, true, false)] // parts of 83 rows, the last one smaller
    [InlineData(201, 50_000, false, false)] // a frozen head
    [InlineData(201, 50_000, true, true)] // with all that a head can have
    public void Loss_and_gradients_are_the_plain_twins(int rows, int vocabulary, bool trained, bool full)
    {
        var hidden = randn(rows, 16).requires_grad_(true);
        var weight = (randn(vocabulary, 16) * 0.3).detach().requires_grad_(trained);
        var bias = full ? randn(vocabulary).requires_grad_(trained) : null;
        var head = new VocabularyHead(weight, bias, full ? 2 : null, full ? 0.5 : 1);
        var targets = randint(0, vocabulary, [rows], dtype: ScalarType.Int64);
        var weights = rand(rows);
        var (plain, plainHidden, plainHead, plainBias) = Run(HeadLoss.PlainSum);
        var (sum, hiddenGradient, headGradient, biasGradient) = Run(HeadLoss.Sum);
        Assert.Equal(plain, sum, 1e-5 * plain);
        Close(plainHidden!, hiddenGradient!, 1e-5);
        Assert.Equal(trained, headGradient is not null);
        if (trained) Close(plainHead!, headGradient!, 1e-4);
        Assert.Equal(full, biasGradient is not null);
        if (full) Close(plainBias!, biasGradient!, 1e-4);
        using (no_grad()) Assert.Equal(plain, HeadLoss.Sum(hidden, head, targets, weights).ToDouble(), 1e-5 * plain);

        (double, Tensor?, Tensor?, Tensor?) Run(Func<Tensor, VocabularyHead, Tensor, Tensor, Tensor> loss)
        {
            (hidden.grad, weight.grad) = (null, null);
            if (bias is not null) bias.grad = null;
            var value = loss(hidden, head, targets, weights) * 3;
            Gradients.Backward(value);
            return (value.ToDouble() / 3, hidden.grad?.clone(), weight.grad?.clone(), bias?.grad?.clone());
        }
    }
}
