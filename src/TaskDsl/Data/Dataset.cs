using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>
/// The examples of a task, read, checked and divided. They lie in temporary files, which are gone when the set is disposed or the process
/// ends; each is parsed when it is asked for, so asking twice gives two objects that are equal.
/// </summary>
public abstract class Dataset : IDisposable
{
    /// <summary>The task.</summary>
    public required DslTask Task { get; init; }

    /// <summary>What became of the records.</summary>
    public required DataReport Report { get; init; }

    /// <summary>A hash of the task and of all the examples, in order.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The examples of one part.</summary>
    public abstract IReadOnlyList<Example> this[SplitName split] { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>The typed examples of a task.</summary>
/// <typeparam name="TExample">The task's example type.</typeparam>
public sealed class Dataset<TExample> : Dataset
    where TExample : Example
{
    /// <summary>What is trained on.</summary>
    public required ExampleFile<TExample> Train { get; init; }

    /// <summary>What a run is watched on while it trains.</summary>
    public required ExampleFile<TExample> Validation { get; init; }

    /// <summary>What the result is measured on.</summary>
    public required ExampleFile<TExample> Test { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<TExample> this[SplitName split] =>
        split switch
        {
            SplitName.Train => Train,
            SplitName.Validation => Validation,
            _ => Test,
        };

    /// <inheritdoc/>
    public override void Dispose()
    {
        Train.Dispose();
        Validation.Dispose();
        Test.Dispose();
    }
}
