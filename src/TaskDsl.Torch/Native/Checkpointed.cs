using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// A computation of which only what goes in is kept: for its gradients it is done again, with the same random numbers and under the same
/// <see cref="Autocast"/> (activation checkpointing, Chen et al., arXiv 1604.06174).
/// </summary>
internal sealed class Checkpointed : GuardedFunction<Checkpointed>
{
    /// <summary>Computes, and forgets all in between.</summary>
    /// <param name="compute">
    /// Makes the result of tensors like the inputs. Weights that it uses besides them must be leaves: they receive their gradients as ever.
    /// </param>
    /// <param name="inputs">What goes in, with or without a graph; not null in the first place.</param>
    public static Tensor Run(Func<Tensor?[], Tensor> compute, params Tensor?[] inputs)
    {
        if (!is_grad_enabled())
            return compute(inputs);
        using var scope = NewDisposeScope();
        var device = inputs[0]!.device;
        var random = RandomState.Take(device);
        var result = compute([.. inputs.Select(i => i is null ? null : Inner(i.detach().requires_grad_(i.requires_grad)))]);
        if (!result.requires_grad)
            return result.MoveToOuterDisposeScope(); // Nothing in it learns, and nothing below it.
        var once = new Once
        {
            Compute = compute,
            Random = random,
            Autocast = Autocast.Current(device),
            Wanted = [.. inputs.Select(i => i?.requires_grad)],
            Result = result.detach(),
        };
        // The anchor ties the result to the graph where weights in it learn and no input does.
        return apply([once, zeros([], device: device).requires_grad_(true), .. inputs]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
    {
        var once = (Once)inputs[0]!;
        context.save_data("once", once);
        context.save_for_backward([.. inputs[2..].ToArray().OfType<Tensor>()]);
        var result = once.Result!;
        once.Result = null; // What the context holds lives as long as the graph.
        return result;
    }

    /// <inheritdoc/>
    protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        var once = (Once)context.get_data("once");
        var saved = new Queue<Tensor>(context.get_saved_variables());
        Tensor?[] inputs = [.. once.Wanted.Select(wanted => wanted is { } learns ? saved.Dequeue().detach().requires_grad_(learns) : null)];
        var now = RandomState.Take(gradient.device);
        once.Random.Restore();
        using (var graded = enable_grad())
        {
            Tensor result;
            using (Autocast.Begin(gradient.device, once.Autocast))
                result = once.Compute([.. inputs.Select(i => i is null ? null : Inner(i))]);
            now.Restore(); // As if nothing had been drawn a second time.
            autograd.backward([result], [gradient]); // Weights are leaves: they get theirs here; the inputs' are returned.
        }

        return [null, null, .. inputs.Select(i => i?.grad)];
    }

    /// <summary>No leaf: autocast would take one for a weight, cast it once for all its uses, and sum their gradients in 16 bits.</summary>
    private static Tensor Inner(Tensor leaf) => leaf.view(leaf.shape);

    private sealed class Once
    {
        public required Func<Tensor?[], Tensor> Compute { get; init; }

        public required RandomState Random { get; init; }

        public required ScalarType? Autocast { get; init; }

        /// <summary>For each input whether it has a gradient; null = it is not there.</summary>
        public required bool?[] Wanted { get; init; }

        /// <summary>The result, until the graph has it.</summary>
        public Tensor? Result { get; set; }
    }
}
