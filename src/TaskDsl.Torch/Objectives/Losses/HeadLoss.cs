using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>
/// A loss over the scores of a vocabulary's head, computed over some rows at a time: the logits of all rows, by far the largest tensor of a
/// step, never exist. Gradients are computed on the way forward, where the logits are at hand.
/// </summary>
public static class HeadLoss
{
    /// <summary>
    /// Logits at a time: enough rows for fast matrix products, and a few megabytes whatever the vocabulary. A GPU needs more rows to be at
    /// work (1,024 of 131,072 tokens), and reads and sums up a large head for each piece.
    /// </summary>
    private static long Logits(Device device) => device.type == TorchSharp.DeviceType.CUDA ? 1 << 27 : 1 << 22;

    /// <summary>How many rows are one piece.</summary>
    internal static long Piece(Device device, long vocabulary) => Math.Max(64, Logits(device) / vocabulary);

    /// <summary>
    /// The bytes that a loss over a model's vocabulary takes: some logits in float32 with what is computed of them, and the gradient of the
    /// head where that is trained; 0 for a model whose head is over something else.
    /// </summary>
    /// <param name="model">The model's shape; it may have no weights.</param>
    /// <param name="device">Where it will be.</param>
    /// <param name="rows">How many rows reach the head at most.</param>
    public static long Memory(LanguageModel model, Device device, long rows)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(device);
        if (model.Head is not (LmHead or MaskedLmHead))
            return 0;
        var head = model.Vocabulary.Weight;
        var logits = device.type == TorchSharp.DeviceType.CUDA ? Math.Min(Logits(device), rows * head.size(0)) : Logits(device);
        return sizeof(float) * (3 * logits + (head.requires_grad ? 2 * head.numel() : 0));
    }

    /// <summary>The weighted sum of cross-entropies.</summary>
    /// <param name="hidden"><c>[rows, hidden]</c>.</param>
    /// <param name="head">The projection to the vocabulary.</param>
    /// <param name="targets">int64 <c>[rows]</c>.</param>
    /// <param name="weights">float32 <c>[rows]</c>: how much each row's term counts.</param>
    public static Tensor Sum(Tensor hidden, VocabularyHead head, Tensor targets, Tensor weights) =>
        Sum(hidden, head, new CrossEntropy(targets, weights));

    /// <summary>The sum of a loss.</summary>
    /// <param name="hidden"><c>[rows, hidden]</c>.</param>
    /// <param name="head">The projection to the vocabulary.</param>
    /// <param name="loss">The loss.</param>
    public static Tensor Sum(Tensor hidden, VocabularyHead head, VocabularyLoss loss)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        if (head.Scale != 1)
            hidden = hidden * head.Scale;
        return is_grad_enabled()
            ? Graded.apply(hidden, head.Weight, loss, head.Bias!, head.Cap!)
            : Chunks(hidden, head.Weight, loss, head.Bias, head.Cap, null, null, null);
    }

    /// <summary>Each row's cross-entropy, without gradients.</summary>
    /// <param name="hidden"><c>[rows, hidden]</c>.</param>
    /// <param name="head">The projection to the vocabulary.</param>
    /// <param name="targets">int64 <c>[rows]</c>.</param>
    public static double[] Terms(Tensor hidden, VocabularyHead head, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(targets);
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var (rows, size) = (hidden.size(0), Piece(hidden.device, head.Weight.size(0)));
        var terms = new List<Tensor>();
        for (long at = 0; at < rows; at += size)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(size, rows - at);
            var logits = head.Logits(hidden.narrow(0, at, count)).to(ScalarType.Float32); // [count, vocabulary]
            // [count]
            var term = logits.logsumexp(1) - logits.gather(1, targets.narrow(0, at, count).unsqueeze(1)).squeeze(1);
            terms.Add(term.MoveToOuterDisposeScope());
        }

        return terms.Count == 0 ? [] : cat(terms).to(ScalarType.Float64).cpu().data<double>().ToArray(); // One wait for all.
    }

    /// <summary>The twin, in plain operations.</summary>
    internal static Tensor PlainSum(Tensor hidden, VocabularyHead head, Tensor targets, Tensor weights) =>
        (nn.functional.cross_entropy(head.Logits(hidden).to(ScalarType.Float32), targets, reduction: nn.Reduction.None) * weights).sum();

    private static Tensor Chunks(
        Tensor hidden,
        Tensor head,
        VocabularyLoss loss,
        Tensor? bias,
        double? cap,
        Tensor? hiddenGradient,
        Tensor? headGradient,
        Tensor? biasGradient
    )
    {
        using var outer = NewDisposeScope();
        var (rows, size) = (hidden.size(0), Piece(hidden.device, head.size(0)));
        var sum = zeros([], ScalarType.Float64, hidden.device); // So that pieces sum up to what all rows at once would.
        // Cast here once; autocast would cast anew for each product.
        var type = Autocast.Current(hidden.device) ?? head.dtype;
        (hidden, head) = (hidden.to(type), head.to(type));
        for (long at = 0; at < rows; at += size)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(size, rows - at);
            var part = hidden.narrow(0, at, count); // [count, hidden]
            var scores = Ops.Product(part, head); // [count, vocabulary]
            if (bias is not null)
                scores = scores.to(ScalarType.Float32) + bias;
            Tensor? squashed = null;
            if (cap is { } limit)
            {
                squashed = (scores.to(ScalarType.Float32) / limit).tanh();
                scores = squashed * limit;
            }

            var (own, gradient) = loss.Of(
                scores,
                at,
                graded: hiddenGradient is not null || headGradient is not null || biasGradient is not null
            );
            sum.add_(own);
            if (gradient is null)
                continue;
            if (squashed is not null)
                gradient = gradient * (1 - squashed.square()); // tanh′ = 1 − tanh²
            biasGradient?.add_(gradient.sum([0L])); // [vocabulary]
            // In float16 only probabilities below 6e-8 are lost here, whose sum is less than its rounding of the others.
            gradient = gradient.to(type);
            hiddenGradient?.narrow(0, at, count).copy_(Ops.Product(gradient, head.t())); // [count, hidden]
            headGradient?.add_(Ops.Product(gradient.t(), part.t())); // [vocabulary, hidden]
        }

        return sum.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private sealed class Graded : GuardedFunction<Graded>
    {
        protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
        {
            var (hidden, head, loss, bias) = ((Tensor)inputs[0]!, (Tensor)inputs[1]!, (VocabularyLoss)inputs[2]!, (Tensor?)inputs[3]);
            Tensor?[] gradients = [Wanted(hidden), Wanted(head), bias is null ? null : Wanted(bias)];
            var sum = Chunks(hidden, head, loss, bias, (double?)inputs[4], gradients[0], gradients[1], gradients[2]);
            context.save_data("wanted", gradients.Select(g => g is not null).ToArray());
            context.save_for_backward([.. gradients.OfType<Tensor>()]);
            return sum;

            // In float32 also where the product is in 16 bits: many pieces are added.
            static Tensor? Wanted(Tensor tensor) => tensor.requires_grad ? zeros(tensor.shape, ScalarType.Float32, tensor.device) : null;
        }

        protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient)
        {
            var saved = new Queue<Tensor>(context.get_saved_variables());
            Tensor?[] gradients = [.. ((bool[])context.get_data("wanted")).Select(wanted => wanted ? saved.Dequeue() * gradient : null)];
            return [gradients[0], gradients[1], null, gradients[2], null];
        }
    }
}
