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
    public void The_scope_around_a_call_may_end_before_the_backward()
    {
        var x = tensor(new[] { 1f, 2f }).requires_grad_(true);
        Tensor y;
        using (NewDisposeScope())
            y = Squared.apply(x).MoveToOuterDisposeScope();
        Gradients.Backward((y * y.detach()).sum());
        Close(tensor(new[] { 2f, 16f }), x.grad!, 1e-6);
    }

    [Fact]
    public void An_exception_in_a_forward_arrives()
    {
        var x = randn(4).requires_grad_(true);
        Assert.Throws<FormatException>(() => Unready.apply(x));
    }

    /// <summary>A gradient that only looks like the one that came is another tensor: the one that came is no longer needed.</summary>
    [Fact]
    public void A_gradient_that_is_not_passed_on_is_freed_whatever_its_numbers()
    {
        var x = randn(4).requires_grad_(true);
        Gradients.Backward(Copied.apply(x).sum());
        Assert.True(Copied.Given!.IsInvalid);
        Close(ones(4), x.grad!, 0);
    }

    /// <summary>On a GPU backwards run on a thread of libtorch's own.</summary>
    [Fact]
    public void What_another_thread_returned_is_freed_when_the_pass_is_done()
    {
        var x = randn(4).requires_grad_(true);
        var held = zeros(2);
        var thread = new Thread(() => Gradients.Return(held));
        thread.Start();
        thread.Join();
        Assert.False(held.IsInvalid);
        Gradients.Backward(Scaled.apply(x, 3.0).sum());
        Assert.True(held.IsInvalid);
    }

    private sealed class Copied : GuardedFunction<Copied>
    {
        public static Tensor? Given { get; private set; }

        protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs) => (Tensor)inputs[0]! * 1;

        protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient)
        {
            Given = gradient;
            return [gradient.clone()];
        }
    }

    private sealed class Scaled : GuardedFunction<Scaled>
    {
        protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
        {
            context.save_data("factor", (double)inputs[1]!);
            return (Tensor)inputs[0]! * (double)inputs[1]!;
        }

        protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient) =>
            [gradient * (double)context.get_data("factor"), null];
    }

    private sealed class Squared : GuardedFunction<Squared>
    {
        protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
        {
            var twice = (Tensor)inputs[0]! * 2;
            context.save_for_backward([twice]);
            return (Tensor)inputs[0]! * (Tensor)inputs[0]!;
        }

        protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient) =>
            [gradient * context.get_saved_variables()[0]];
    }

    private sealed class Failing : GuardedFunction<Failing>
    {
        protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs) => (Tensor)inputs[0]! * 1;

        protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient) =>
            throw new InvalidOperationException("in backward");
    }

    private sealed class Unready : GuardedFunction<Unready>
    {
        protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs) => throw new FormatException();

        protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient) => [null];
    }
}
