using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using TaskDsl.Data;
using TaskDsl.Grammars;
using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Tasks;

/// <summary>A compiled task. The generator derives one sealed class from it per <c>*.task.yaml</c>.</summary>
public abstract class DslTask : INamed
{
    // What the YAML leaves out stays as the definition has it: defaults stand there and nowhere else.
    private static readonly TaskDefinition Unsaid = (TaskDefinition)Words.Default(typeof(TaskDefinition));

    /// <summary>The name in the YAML.</summary>
    public abstract string Name { get; }

    /// <summary>What the task is for.</summary>
    public abstract string Summary { get; }

    /// <summary>The language tags; the first is the default.</summary>
    public abstract IReadOnlyList<string> Languages { get; }

    /// <summary>How outputs are written as text.</summary>
    public abstract OutputFormat Format { get; }

    /// <summary>The input's fields.</summary>
    public abstract IReadOnlyList<FieldInfo> InputFields { get; }

    /// <summary>The output's fields.</summary>
    public abstract IReadOnlyList<FieldInfo> OutputFields { get; }

    /// <summary>Where the examples are.</summary>
    public virtual IReadOnlyList<DataSource> Examples => Unsaid.Examples;

    /// <summary>How examples are divided.</summary>
    public virtual Split Split => Unsaid.Split;

    /// <summary>What is done with the examples after they are read.</summary>
    public virtual IReadOnlyList<Stage> Stages => Unsaid.Stages;

    /// <summary>How answers are scored; never empty.</summary>
    public virtual IReadOnlyList<Metric> Metrics => Format.Metrics;

    /// <summary>What happens to a record that does not fit.</summary>
    public virtual BadRecords BadRecords => Unsaid.BadRecords;

    /// <summary>The folder that its relative paths start from: the project's whose YAML declares it. Null where C# made it.</summary>
    public string? ProjectDirectory => ProjectFolder.Of(GetType().Assembly);

    /// <summary>A fingerprint of everything in the task's YAML that shapes its examples' text.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>Reads one example (input and output fields in one flat object) from the reader.</summary>
    /// <exception cref="RecordException">The record does not fit the task: field, found and expected are in the exception.</exception>
    public abstract Example ReadExample(ref RecordReader reader, string language);

    /// <summary>Reads an input alone, for prediction.</summary>
    /// <exception cref="RecordException">The record does not fit the task.</exception>
    public abstract object ReadInput(ref RecordReader reader);

    /// <summary>Writes an input as one JSON object: what <see cref="ReadInput"/> reads back. Equal inputs give equal bytes.</summary>
    public abstract void WriteInput(IBufferWriter<byte> utf8, object input);

    /// <summary>Writes an input with its output as one flat JSON object: what <see cref="ReadExample"/> reads back.</summary>
    public abstract void WriteExample(IBufferWriter<byte> utf8, object input, object output);

    /// <summary>Writes the output that answers an input in the task's format, in a language.</summary>
    public abstract void WriteOutput(IBufferWriter<byte> utf8, object input, object output, string language);

    /// <summary>
    /// Parses what <see cref="WriteOutput"/> writes for an input; any other text gives false and an error that says what was expected.
    /// </summary>
    public abstract bool TryParseOutput(
        ReadOnlySpan<byte> utf8,
        object input,
        string language,
        [NotNullWhen(true)] out object? output,
        [NotNullWhen(false)] out string? error
    );

    /// <summary>The grammar of all the texts that <see cref="TryParseOutput"/> accepts for this input.</summary>
    public abstract Grammar OutputGrammar(object input, string language);

    /// <summary>
    /// The right output that an answer is held against: where gold has several that are right, the answer itself if it is one of them, else
    /// the first.
    /// </summary>
    /// <param name="gold">The gold output.</param>
    /// <param name="answer">The answer; null where it did not parse.</param>
    public virtual object RightFor(object gold, object? answer) => gold;

    /// <summary>The output as comparable items.</summary>
    public abstract IReadOnlyList<OutputItem> Items(object output);
}

/// <summary>A compiled task with its types.</summary>
public abstract class DslTask<TInput, TOutput> : DslTask
    where TInput : class
    where TOutput : class;
