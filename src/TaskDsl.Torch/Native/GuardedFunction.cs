using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// An operation with its own backward. An exception that leaves a backward would end the process, so this base keeps it, lets the
/// gradient end there, and <see cref="Gradients.Backward(Tensor)"/> throws it afterwards. Call it by <c>TSelf.apply(…)</c>.
/// </summary>
/// <typeparam name="TSelf">The derived class itself.</typeparam>
public abstract class GuardedFunction<TSelf> : autograd.SingleTensorFunction<TSelf>
    where TSelf : GuardedFunction<TSelf>, new()
{
    /// <inheritdoc/>
    public sealed override string Name => typeof(TSelf).Name;

    /// <summary>
    /// Computes the result, without a graph, in the caller's scope. Tensors that the backward needs go to <c>context.save_for_backward</c>.
    /// </summary>
    protected abstract Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs);

    /// <summary>
    /// Computes the gradient of each input, null where there is none. Runs in a scope of its own that keeps what is returned.
    /// </summary>
    protected abstract Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient);

    /// <inheritdoc/>
    public sealed override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var ungraded = no_grad();
        ctx.save_data("inputs", vars.Length);
        ctx.set_materialize_grads(false); // Else TorchSharp reads a copy of the result that a scope around the call has long freed.
        return Compute(ctx, vars); // No scope of its own: what is saved for the backward is taken over only after this returns.
    }

    /// <inheritdoc/>
    public sealed override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        try
        {
            if (grad_output is null || grad_output.IsInvalid)
                return [.. new Tensor[(int)ctx.get_data("inputs")]];
            Gradients.FreeReturned();
            using var scope = NewDisposeScope(); // It also keeps from the garbage collector what kernels know by address alone.
            var gradients = Differentiate(ctx, grad_output);
            foreach (var gradient in gradients)
                Gradients.Return(gradient);
            // Else the caller's scope would hold every gradient until the whole pass is done.
            if (!gradients.Any(gradient => ReferenceEquals(gradient, grad_output))) // Equal tensors would be compared number by number.
                grad_output.Dispose();
            return [.. gradients.Select(g => g!)];
        }
#pragma warning disable CA1031 // Whatever it is: it is thrown again behind the native frames.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Gradients.Keep(e);
            return [.. new Tensor[(int)ctx.get_data("inputs")]];
        }
    }
}
