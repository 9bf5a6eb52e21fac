using System.ComponentModel;
using TaskDsl.Data;
using TaskDsl.Data.Rejecting;
using TaskDsl.Data.Splits;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl;

/// <summary>
/// A sub-task: what goes in, what comes out, where the examples are, how an answer is scored.
/// The generator compiles each <c>*.task.yaml</c> into a typed <see cref="DslTask{TInput, TOutput}"/>.
/// </summary>
[Document("task")]
public sealed record TaskDefinition : Definition
{
    // Said to the compiler too, which compiles a prompt for each language.
    private const string UsualLanguage = "en";

    /// <summary>The languages that the task is given in, as BCP 47 tags; the first is the default.</summary>
    [DefaultValue(UsualLanguage)]
    public IReadOnlyList<string> Languages { get; init; } = [UsualLanguage];

    /// <summary>The fields of the input, in order; <c>{}</c> where the prompt says all that is asked.</summary>
    public required IReadOnlyDictionary<string, Field> Input { get; init; }

    /// <summary>The fields of the output, in order.</summary>
    public required IReadOnlyDictionary<string, Field> Output { get; init; }

    /// <summary>How the output is written as text. Default: what fits the output's fields.</summary>
    public OutputFormat? Format { get; init; }

    /// <summary>The files that hold the examples.</summary>
    public IReadOnlyList<DataSource> Examples { get; init; } = [];

    /// <summary>How examples whose source names no split are divided.</summary>
    public Split Split { get; init; } = new RandomSplit();

    /// <summary>What is done with the examples after they are read, in order.</summary>
    public IReadOnlyList<Stage> Stages { get; init; } = [];

    /// <summary>How answers are scored. Default: what fits the format.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>What happens to a record that does not fit.</summary>
    public BadRecords BadRecords { get; init; } = new Fail();
}
