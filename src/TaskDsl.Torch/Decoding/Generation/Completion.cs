namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// What was written behind a prompt so far: one token and the completion before it, so that completions may share their beginnings.
/// </summary>
public sealed class Completion
{
    private Completion(Completion? before, int token, double logProbability, bool isClosed, int state)
    {
        (Before, Token, LogProbability, IsClosed, State) = (before, token, logProbability, isClosed, state);
        Length = before is null ? 0 : before.Length + (isClosed ? 0 : 1);
    }

    /// <summary>The completion without its last token; null for the empty one.</summary>
    public Completion? Before { get; }

    /// <summary>The last token; where the completion is closed, the one that ended it.</summary>
    public int Token { get; }

    /// <summary>How many tokens it has, without the one that ended it.</summary>
    public int Length { get; }

    /// <summary>The logarithm of its probability: the sum over its tokens, with the one that ended it, of what each was given.</summary>
    public double LogProbability { get; }

    /// <summary>Whether the model ended it itself.</summary>
    public bool IsClosed { get; }

    /// <summary>Its tokens, without the one that ended it.</summary>
    public IReadOnlyList<int> Tokens
    {
        get
        {
            var tokens = new int[Length];
            for (var at = IsClosed ? Before! : this; at.Before is not null; at = at.Before)
                tokens[at.Length - 1] = at.Token;
            return tokens;
        }
    }

    /// <summary>The state of the grammar behind it.</summary>
    internal int State { get; }

    /// <summary>A completion without a token.</summary>
    public static Completion Empty(int state = 0) => new(null, 0, 0, isClosed: false, state);

    /// <summary>This completion with one token more.</summary>
    /// <param name="token">The token.</param>
    /// <param name="logProbability">The logarithm of its probability.</param>
    /// <param name="closes">Whether it ends the completion and does not belong to its text.</param>
    public Completion With(int token, double logProbability, bool closes = false) => With(token, logProbability, closes, State);

    /// <inheritdoc cref="With(int, double, bool)"/>
    internal Completion With(int token, double logProbability, bool closes, int state) =>
        IsClosed
            ? throw new InvalidOperationException("A completion that was ended does not go on.")
            : new Completion(this, token, LogProbability + logProbability, closes, state);
}
