using TaskDsl.Data;

namespace TaskDsl.Torch.Batching;

/// <summary>A numbered set of things to train on: one share of a run's mixture.</summary>
public abstract class TokenSource
{
    /// <summary>What messages call it.</summary>
    public abstract string Name { get; }

    /// <summary>How many there are.</summary>
    public abstract int Count { get; }

    /// <summary>How often an epoch goes through them.</summary>
    public virtual double Weight => 1;

    /// <summary>Tokenises one. The result depends on the arguments only; several threads call it at a time.</summary>
    /// <param name="index">Which.</param>
    /// <param name="pass">How often it was drawn before.</param>
    public abstract TokenSequence Encode(int index, int pass);

    /// <summary>How long what <see cref="Encode"/> gives is. Default: by making it.</summary>
    /// <param name="index">Which.</param>
    /// <param name="pass">How often it was drawn before.</param>
    public virtual TokenLength Measure(int index, int pass) => TokenLength.Of(Encode(index, pass));
}

/// <summary>How long a sequence is.</summary>
/// <param name="Tokens">All its tokens, with those of its worse answers.</param>
/// <param name="Answers">Those that the model must produce.</param>
/// <param name="Untagged">Entities that no tag says.</param>
public readonly record struct TokenLength(int Tokens, int Answers, int Untagged)
{
    /// <summary>Counts a sequence's tokens.</summary>
    /// <exception cref="DataException">It has none.</exception>
    public static TokenLength Of(TokenSequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        return sequence.Length > 0
            ? new(sequence.Length, sequence.Answer.AsSpan().Count(true), sequence.Untagged)
            : throw new DataException($"{sequence.Origin}: error: the prompt writes nothing for this example, not one token.");
    }
}
