using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding;

/// <summary>
/// Each token drawn by its probability: first the temperature, then the <c>top_k</c> most probable (Fan et al., arXiv 1805.04833), then of
/// these the nucleus <c>top_p</c> (Holtzman et al., arXiv 1904.09751), in transformers' order. Where the answer's grammar permits some
/// tokens only, it is drawn among these.
/// </summary>
[Keyword("sample")]
public sealed record Sample : DecodingMethod
{
    /// <summary>What scores are divided by: below 1 the probable becomes more probable, above 1 all become more alike.</summary>
    [Range(1e-3, 1e3)]
    public double Temperature { get; init; } = 1;

    /// <summary>How many of the most probable tokens are drawn from. Default: all.</summary>
    [Range(1, int.MaxValue)]
    public int? TopK { get; init; }

    /// <summary>Only the fewest tokens are drawn from that have this probability together; always at least one.</summary>
    [Range(0.0, 1.0)]
    public double TopP { get; init; } = 1;

    /// <inheritdoc/>
    public override DecodingRun Start(DecodingRequest request) =>
        new TokenByTokenRun(request, (next, place) => Choose(next.Scores, request.Draw(place)), OnDevice);

    /// <summary>
    /// The token at a point of [0, 1) where each that is drawn from takes a part as wide as its probability, in their order.
    /// </summary>
    internal int Choose(ReadOnlySpan<float> scores, double point)
    {
        var shares = Shares(scores);
        var left = point * shares.Sum();
        var chosen = -1;
        for (var i = 0; i < shares.Length; i++)
        {
            if (shares[i] == 0)
                continue;
            chosen = i; // The last one where rounding leaves a rest.
            if ((left -= shares[i]) < 0)
                break;
        }

        return chosen;
    }

    /// <summary>The same for many rows, where their scores are.</summary>
    /// <param name="logits">float32 <c>[rows, vocabulary]</c>.</param>
    /// <param name="points">float64 <c>[rows]</c>.</param>
    /// <returns>int64 <c>[rows]</c>.</returns>
    internal Tensor OnDevice(Tensor logits, Tensor points)
    {
        using var scope = NewDisposeScope();
        var shares = ((logits - logits.amax([1L], keepdim: true)).to(ScalarType.Float64) / Temperature).exp(); // [rows, vocabulary]
        // Not topk: of equal scores the first is the higher, here as on the host.
        if (TopK < shares.size(1))
        {
            var (_, order) = logits.sort(1, descending: true, stable: true);
            var rest = order.narrow(1, TopK.Value, order.size(1) - TopK.Value);
            shares = shares.scatter(1, rest, zeros_like(rest, ScalarType.Float64));
        }

        if (TopP < 1)
        {
            var (sorted, order) = shares.sort(1, descending: true, stable: true);
            var before = sorted.cumsum(1) - sorted; // What the more probable ones have together.
            var beyond = before.ge(sorted.sum(1, keepdim: true) * TopP);
            beyond.narrow(1, 0, 1).fill_(false); // Always at least one.
            shares = zeros_like(shares).scatter(1, order, sorted.masked_fill(beyond, 0));
        }

        var sums = shares.cumsum(1);
        var all = sums.narrow(1, sums.size(1) - 1, 1); // [rows, 1]
        // The first whose sum is beyond the point; where rounding leaves a rest, the last that is drawn from.
        return minimum(sums.le(points.unsqueeze(1) * all).sum(1), sums.lt(all).sum(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Each token's chance, in proportion; 0 = it is not drawn.</summary>
    /// <param name="scores">The scores, not normalised.</param>
    internal double[] Shares(ReadOnlySpan<float> scores)
    {
        var highest = float.NegativeInfinity;
        foreach (var score in scores)
            highest = Math.Max(highest, score);
        var shares = new double[scores.Length];
        for (var i = 0; i < shares.Length; i++)
            shares[i] = Math.Exp((scores[i] - highest) / Temperature);
        if (TopK < shares.Length)
            Keep(shares, Continuations.Top(scores, TopK.Value));
        if (TopP < 1)
            Keep(shares, Nucleus(shares));
        return shares;
    }

    /// <summary>The fewest tokens that have the probability <see cref="TopP"/> together.</summary>
    private List<int> Nucleus(double[] shares)
    {
        var all = shares.Sum();
        // All that have less than this have less than 1 − top_p together, so that none of them is needed: most need no sorting.
        var least = all * (1 - TopP) / shares.Length;
        int[] order =
        [
            .. Enumerable.Range(0, shares.Length).Where(i => shares[i] > 0 && shares[i] >= least).OrderByDescending(i => shares[i]),
        ];
        var nucleus = new List<int>();
        var sum = 0.0;
        foreach (var i in order)
        {
            nucleus.Add(i);
            if ((sum += shares[i]) >= all * TopP)
                break;
        }

        return nucleus;
    }

    private static void Keep(double[] shares, IReadOnlyList<int> places)
    {
        double[] kept = [.. places.Select(i => shares[i])];
        Array.Clear(shares);
        foreach (var (k, i) in places.Index())
            shares[i] = kept[k];
    }
}
