using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using TaskDsl.Data.Stages.Hashing;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Gives a share of the examples a wrong label, drawn evenly among the others, to see what wrong labels do and whether they are found.
/// Which examples and which label depends on their inputs and the seed alone.
/// </summary>
[Keyword("corrupt")]
public sealed record Corrupt : Stage
{
    /// <summary>The field that holds the label.</summary>
    [FieldName("label")]
    public required string Of { get; init; }

    /// <summary>The share of the examples.</summary>
    [Range(0.0, 1.0)]
    public required double Share { get; init; }

    /// <summary>Another seed gives others.</summary>
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var field = context
            .Task.InputFields.Concat(context.Task.OutputFields)
            .FirstOrDefault(f => f.Name == Of && f.Type.TrimEnd('?') == "label")
            ?? throw new DataException($"corrupt: the task '{context.Task.Name}' has no field '{Of}' that is a label.");
        if (field.Labels.Count < 2)
            throw new DataException($"corrupt: the field '{Of}' has one label, and so no wrong one.");
        var hash = new ExampleHash(context.Task);
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (hash.Draw(example, "corrupt", Seed) / (ulong.MaxValue + 1.0) >= Share)
            {
                yield return example;
                continue;
            }

            var record = context.Record(example);
            string[] wrong = [.. field.Labels.Where(label => label != (string?)record[Of])];
            record[Of] = wrong[(int)(hash.Draw(example, "wrong label", Seed) % (ulong)wrong.Length)];
            if (context.Read(record, example) is { } changed)
                yield return changed;
        }
    }
}
