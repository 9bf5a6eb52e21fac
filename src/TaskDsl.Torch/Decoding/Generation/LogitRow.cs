namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>The scores behind one open completion, as far as the run's <see cref="DecodingRun.View"/> has asked for them.</summary>
public readonly ref struct LogitRow
{
    private readonly ReadOnlySpan<float> scores;
    private readonly ReadOnlySpan<int> asked; // Whose scores these are; empty = all tokens'.
    private readonly double? logSum;

    /// <summary>The scores of all tokens.</summary>
    /// <param name="all"><c>[vocabulary]</c>.</param>
    /// <param name="logSum">Their log Σ exp, where it is known already.</param>
    internal LogitRow(ReadOnlySpan<float> all, double? logSum = null)
    {
        scores = all;
        this.logSum = logSum;
    }

    /// <summary>The scores of some tokens.</summary>
    internal LogitRow(ReadOnlySpan<float> some, ReadOnlySpan<int> asked, double logSum)
        : this(some, logSum) => this.asked = asked;

    /// <summary>The score of the token that was chosen.</summary>
    internal LogitRow(ReadOnlySpan<float> score, int chosen, double logSum)
        : this(score, logSum) => Chosen = chosen;

    /// <summary>The scores of all tokens, <c>[vocabulary]</c>: not normalised.</summary>
    /// <exception cref="InvalidOperationException">The run's view asks for less.</exception>
    public ReadOnlySpan<float> All =>
        asked.IsEmpty && Chosen is null
            ? scores
            : throw new InvalidOperationException("This decoding looks at scores that its View has not asked for.");

    /// <summary>What scores must be lowered by to be logarithms of probabilities among all tokens.</summary>
    public double LogSum => logSum ?? LogSumExp.Of(scores);

    /// <summary>The score of a token.</summary>
    /// <exception cref="InvalidOperationException">The run's view does not ask for it.</exception>
    public float this[int token]
    {
        get
        {
            if (asked.IsEmpty)
                return All[token];
            var place = asked.IndexOf(token);
            return place >= 0
                ? scores[place]
                : throw new InvalidOperationException($"This decoding looks at token {token}, which its View has not asked for.");
        }
    }

    /// <summary>The token that was chosen where the scores were computed; null = none was.</summary>
    internal int? Chosen { get; }

    /// <summary>Its log-probability among all tokens.</summary>
    internal double LogProbability => scores[0] - LogSum;

    /// <summary>The score of a token of which the caller knows where it stands among those that were asked for.</summary>
    internal float At(int place, int token) => asked.IsEmpty ? All[token] : scores[place];
}
