using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Vocabulary;

namespace OwnWords.Words;

/// <summary>Draws among the tokens that have a share of the best one's probability (min-p, arXiv 2407.01082).</summary>
[Keyword("min_p")]
public sealed record MinP : DecodingMethod
{
    /// <summary>The share of the best token's probability that a token needs.</summary>
    [Shorthand, Range(0.0, 1.0)]
    public double Share { get; init; } = 0.1;

    /// <inheritdoc/>
    public override DecodingRun Start(DecodingRequest request) =>
        new TokenByTokenRun(request, (next, place) => Choose(next.Scores, next.Scores[next.Best], request.Draw(place)));

    private int Choose(ReadOnlySpan<float> scores, float best, double point)
    {
        var (sum, chosen) = (0.0, -1);
        foreach (var score in scores)
            sum += Chance(score, best);
        var left = point * sum;
        for (var i = 0; i < scores.Length && left >= 0; i++)
            if (Chance(scores[i], best) is > 0 and var chance)
                (left, chosen) = (left - chance, i);
        return chosen;
    }

    private double Chance(float score, float best) => Math.Exp(score - best) is var ratio && ratio >= Share ? ratio : 0;
}
