namespace TaskDsl.Torch.Batches;

/// <summary>A numbered set of things to train on: one share of a run's mixture.</summary>
public abstract class TokenSource
{
    /// <summary>What messages call it.</summary>
    public abstract string Name { get; }

    /// <summary>How many there are.</summary>
    public abstract int Count { get; }

    /// <summary>How often an epoch goes through them.</summary>
    public virtual double Weight => 1;

    /// <summary>
    /// Does once what all its items need. Whoever measures or tokenises on several threads calls it first: threads that wait for this
    /// would be those that it needs.
    /// </summary>
    /// <param name="repetition">How often the items were drawn before.</param>
    public virtual void Prepare(int repetition) { }

    /// <summary>Tokenises one. The result depends on the arguments only; several threads call it at a time.</summary>
    /// <param name="index">Which.</param>
    /// <param name="repetition">How often it was drawn before.</param>
    public abstract TokenGroup Encode(int index, int repetition);

    /// <summary>How long what <see cref="Encode"/> gives is. Default: by making it.</summary>
    /// <param name="index">Which.</param>
    /// <param name="repetition">How often it was drawn before.</param>
    public virtual TokenLength Measure(int index, int repetition) => TokenLength.Of(Encode(index, repetition));
}
