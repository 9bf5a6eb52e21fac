using TaskDsl.Torch.Native;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Native;

public sealed class GuardedFunctionTests : TorchTest
{
    [Fact]
    public void A_function_gives_its_own_gradient()
    {
        var x = randn(4).requires_grad_(true);
        Gradients.Backward(Scaled.apply(x, 3.0).sum());
        Close(full(4, 3f), x.grad!, 0);
    }

    [Fact]
    public void An_exception_in_a_backward_arrives_and_the_process_lives()
    {
        var x = randn(4).requires_grad_(true);
        var thrown = Assert.Throws<InvalidOperationException>(() => Gradients.Backward(Failing.apply(x * 2).sum()));
        Assert.Equal("in backward", thrown.Message);
        Gradients.Backward(Scaled.apply(x, 2.0).sum());
    }

    [Fact]
    public void An_exception_in_a_forward_arrives()
    {
        var x = randn(4).requires_grad_(true);
        Assert.Throws<FormatException>(() => Unready.apply(x));
    }

    private sealed class Scaled : GuardedFunction<Scaled>
    {
        protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
        {
            context.save_data("factor", (double)inputs[1]!);
            return (Tensor)inputs[0]! * (double)inputs[1]!;
        }

        protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient) => [gradient * (double)context.get_data("factor"), null];
    }

    private sealed class Failing : GuardedFunction<Failing>
    {
        protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs) => (Tensor)inputs[0]! * 1;

        protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient) => throw new InvalidOperationException("in backward");
    }

    private sealed class Unready : GuardedFunction<Unready>
    {
        protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs) => throw new FormatException();

        protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient) => [null];
    }
}
