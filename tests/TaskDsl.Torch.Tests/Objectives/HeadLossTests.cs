using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Objectives;

public sealed class HeadLossTests : TorchTest
{
    /// <summary>A GPU has much to do at once, and reads a large head for each piece; a processor has its cache.</summary>
    [Theory]
    [InlineData(DeviceType.CPU, 131_072, 64), InlineData(DeviceType.CPU, 1024, 4096)]
    [InlineData(DeviceType.CUDA, 131_072, 1024), InlineData(DeviceType.CUDA, 32_768, 4096)]
    public void Pieces_are_as_large_as_the_device_likes_them(DeviceType type, long vocabulary, long rows) =>
        Assert.Equal(rows, HeadLoss.Piece(new Device(type, type == DeviceType.CPU ? -1 : 0), vocabulary));

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
        if (trained)
            Close(plainHead!, headGradient!, 1e-4);
        Assert.Equal(full, biasGradient is not null);
        if (full)
            Close(plainBias!, biasGradient!, 1e-4);
        using (no_grad())
            Assert.Equal(plain, HeadLoss.Sum(hidden, head, targets, weights).ToDouble(), 1e-5 * plain);

        (double, Tensor?, Tensor?, Tensor?) Run(Func<Tensor, VocabularyHead, Tensor, Tensor, Tensor> loss)
        {
            (hidden.grad, weight.grad) = (null, null);
            if (bias is not null)
                bias.grad = null;
            var value = loss(hidden, head, targets, weights) * 3;
            Gradients.Backward(value);
            return (value.ToDouble() / 3, hidden.grad?.clone(), weight.grad?.clone(), bias?.grad?.clone());
        }
    }

    /// <summary>Products in 16 bits: both ways round alike, and differ from float32 by that rounding only.</summary>
    [Theory, InlineData(ScalarType.BFloat16, 8e-3), InlineData(ScalarType.Float16, 2e-3)]
    public void Under_autocast_it_is_the_plain_twin_to_its_rounding(ScalarType type, double rounding)
    {
        var hidden = randn(100, 16).requires_grad_(true);
        var weight = (randn(9_000, 16) * 0.3).detach().requires_grad_(true);
        var bias = randn(9_000).requires_grad_(true);
        var head = new VocabularyHead(weight, bias, 30);
        var (targets, weights) = (randint(0, 9_000, [100], dtype: ScalarType.Int64), rand(100));
        Tensor[] leaves = [hidden, weight, bias];
        var (exact, exactGradients) = Run(HeadLoss.PlainSum, null);
        var (plain, _) = Run(HeadLoss.PlainSum, type);
        var (sum, gradients) = Run(HeadLoss.Sum, type);
        Assert.Equal(plain, sum, rounding * exact);
        Assert.Equal(exact, sum, rounding * exact);
        foreach (var (expected, gradient) in exactGradients.Zip(gradients))
            Close(expected, gradient, rounding * expected.abs().max().ToDouble());

        (double, Tensor[]) Run(Func<Tensor, VocabularyHead, Tensor, Tensor, Tensor> loss, ScalarType? numbers)
        {
            foreach (var leaf in leaves)
                leaf.grad = null;
            Tensor value;
            using (Autocast.Begin(CPU, numbers))
                value = loss(hidden, head, targets, weights);
            Gradients.Backward(value);
            return (value.ToDouble(), [.. leaves.Select(l => l.grad!.clone())]);
        }
    }

    /// <summary>A teacher's scores in parts too, whose table is longer than the student's, or shorter.</summary>
    [Theory, InlineData(30_000, 30_100), InlineData(30_100, 30_000), InlineData(300, 300)]
    public void Distillation_in_parts_is_that_of_all_rows(int vocabulary, int known)
    {
        var hidden = randn(301, 16).requires_grad_(true);
        var weight = (randn(vocabulary, 16) * 0.3).detach().requires_grad_(true);
        var bias = randn(vocabulary).requires_grad_(true);
        var head = new VocabularyHead(weight, bias, 5, 0.5);
        var (teacherHidden, teacher) = (randn(301, 24), new VocabularyHead(randn(known, 24) * 0.3));
        var (targets, weights) = (randint(0, Math.Min(vocabulary, known), [301], dtype: ScalarType.Int64), rand(301));

        var common = Math.Min(vocabulary, known);
        var scores = head.Logits(hidden);
        var (own, soft) = (
            (scores.narrow(1, 0, common) / 3).log_softmax(1),
            (teacher.Logits(teacherHidden) / 3).log_softmax(1).narrow(1, 0, common)
        );
        var expected =
            ((soft.exp() * (soft - own)).sum(1) * weights).sum() * 9 * 0.7
            + (nn.functional.cross_entropy(scores, targets, reduction: nn.Reduction.None) * weights).sum() * 0.3;
        Gradients.Backward(expected * 2);
        Tensor[] gradients = [hidden.grad!.clone(), weight.grad!.clone(), bias.grad!.clone()];
        (hidden.grad, weight.grad, bias.grad) = (null, null, null);

        var sum = HeadLoss.Sum(hidden, head, new Divergence(targets, weights, teacherHidden, teacher, 3, 0.7));
        Assert.Equal(expected.ToDouble(), sum.ToDouble(), 1e-4 * expected.ToDouble());
        Gradients.Backward(sum * 2);
        foreach (var (plain, gradient) in gradients.Zip([hidden.grad!, weight.grad!, bias.grad!]))
            Close(plain, gradient, 1e-4 * Math.Max(1, plain.abs().max().ToDouble()));
        using (no_grad())
            Assert.Equal(
                expected.ToDouble(),
                HeadLoss.Sum(hidden, head, new Divergence(targets, weights, teacherHidden, teacher, 3, 0.7)).ToDouble(),
                1e-4 * expected.ToDouble()
            );
    }
}
