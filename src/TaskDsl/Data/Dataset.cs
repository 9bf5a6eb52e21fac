using System.Security.Cryptography;
using System.Text;
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

    /// <summary>Some of the examples, each in the part that it is in. The caller frees both.</summary>
    /// <param name="which">Whether an example is one of them.</param>
    /// <param name="what">What they have in common: it becomes part of the fingerprint.</param>
    public abstract Dataset Only(Func<Example, bool> which, string what);

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
    public override Dataset<TExample> Only(Func<Example, bool> which, string what)
    {
        return new Dataset<TExample>
        {
            Task = Task,
            Report = Report,
            Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Fingerprint} {what}")))[..16],
            Train = Of(Train),
            Validation = Of(Validation),
            Test = Of(Test),
        };

        ExampleFile<TExample> Of(ExampleFile<TExample> all)
        {
            var some = new ExampleFile<TExample>(Task);
            foreach (var example in all.Where(example => which(example)))
                some.Add(example);
            return some;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Train.Dispose();
        Validation.Dispose();
        Test.Dispose();
    }
}
