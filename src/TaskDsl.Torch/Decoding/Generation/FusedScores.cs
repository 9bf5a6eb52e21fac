using TaskDsl.Torch.Opening.Loading;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Scores of several models made one.</summary>
internal static class FusedScores
{
    /// <summary>What takes a token's score away: none is written that has less, as long as one may be that has more.</summary>
    private const double Cut = 1e4;

    private const double MostWeight = 2;
    private const int Trials = 20;

    /// <summary>
    /// <c>log P + weight · Σ (log Qᵢ − log Q)</c>, with P the model's probabilities, Qᵢ those of what is added and Q those of what is taken
    /// off; where nothing is added <c>log P − weight · log Q</c>. Less those tokens that P does not hold plausible.
    /// </summary>
    /// <param name="own">The model's scores, <c>[rows, vocabulary]</c>.</param>
    /// <param name="plus">Those of what is added.</param>
    /// <param name="minus">Those of what is taken off; null = none.</param>
    /// <param name="plan">How they are weighed.</param>
    /// <returns>float64 <c>[rows, vocabulary]</c>, not normalised.</returns>
    public static Tensor Of(Tensor own, IReadOnlyList<Tensor> plus, Tensor? minus, FusionPlan plan)
    {
        using var scope = NewDisposeScope();
        // In float64: of improbable tokens float32 leaves nothing for a divergence.
        var p = own.log_softmax(1, ScalarType.Float64);
        var q = minus?.log_softmax(1, ScalarType.Float64);
        Tensor[] added = [.. plus.Select(scores => scores.log_softmax(1, ScalarType.Float64))];
        var fused =
            plan.Weights == FusionWeights.Kl ? Solved(p, added, q!)
            : added.Length == 0 ? p - q! * plan.Weight
            : p + added.Select(one => q is null ? one : one - q).Aggregate((all, one) => all + one) * plan.Weight;
        if (plan.Plausible is { } share)
            fused = where(p.lt(p.amax([1L], keepdim: true) + Math.Log(share)), p - Cut, fused);
        return fused.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The fusion whose distance from the model is nearest to that of the experts from the base (Fan et al., arXiv 2406.15480): for each
    /// row the expert and the weight α, the first of equals, that make Σᵢ (KL(P̃‖P) − KL(Qᵢ‖Q))² + (KL(P‖P̃) − KL(Q‖Qᵢ))² least.
    /// </summary>
    private static Tensor Solved(Tensor p, Tensor[] experts, Tensor q)
    {
        (Tensor There, Tensor Back)[] wanted = [.. experts.Select(expert => (Divergence(expert, q), Divergence(q, expert)))];
        var (best, least) = (p, full_like(wanted[0].There, double.PositiveInfinity));
        for (var trial = 0; trial <= Trials; trial++)
            foreach (var expert in experts)
            {
                using var scope = NewDisposeScope();
                var fused = p + (expert - q) * (trial * MostWeight / Trials);
                var tried = fused.log_softmax(1);
                var (there, back) = (Divergence(tried, p), Divergence(p, tried));
                var cost = wanted.Select(w => (there - w.There).square() + (back - w.Back).square()).Aggregate((all, one) => all + one);
                var isBetter = cost.lt(least); // [rows, 1]
                best = where(isBetter, fused, best).MoveToOuterDisposeScope();
                least = where(isBetter, cost, least).MoveToOuterDisposeScope();
            }

        return best;
    }

    /// <summary>KL(from‖to) of log-probabilities, a row each: <c>[rows, 1]</c>.</summary>
    private static Tensor Divergence(Tensor from, Tensor to) => (from.exp() * (from - to)).sum(1, keepdim: true);
}
