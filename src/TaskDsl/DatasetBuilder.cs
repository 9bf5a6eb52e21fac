using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Data.Stages;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl;

/// <summary>Data sets whose example types are not known when the program is compiled.</summary>
public static class DatasetBuilder
{
    /// <summary>Builds the data set that a task's YAML describes.</summary>
    /// <exception cref="DataException">A file or a record does not fit; the message names place and reason.</exception>
    public static async Task<Dataset> LoadAsync(DslTask task, DataOptions options, CancellationToken cancellationToken = default) =>
        await new DatasetBuilder<Example>(task).ToDatasetAsync(options, cancellationToken).ConfigureAwait(false);
}

/// <summary>
/// Builds a task's data set: source → record → typed example → stages → split. Immutable: each call gives a new builder.
/// </summary>
/// <typeparam name="TExample">The task's example type.</typeparam>
public sealed class DatasetBuilder<TExample>
    where TExample : Example
{
    private readonly DslTask task;
    private readonly IReadOnlyList<DataSource> sources;
    private readonly IReadOnlyList<Stage> stages;
    private readonly IReadOnlyList<DataSource>? training;

    /// <summary>Begins with the sources and stages of the task's YAML.</summary>
    public DatasetBuilder(DslTask task)
        : this(task, task.Examples, task.Stages) { }

    private DatasetBuilder(
        DslTask task,
        IReadOnlyList<DataSource> sources,
        IReadOnlyList<Stage> stages,
        IReadOnlyList<DataSource>? training = null
    ) => (this.task, this.sources, this.stages, this.training) = (task, sources, stages, training);

    /// <summary>Reads these sources instead of the YAML's.</summary>
    public DatasetBuilder<TExample> From(params IReadOnlyList<DataSource> others) => new(task, others, stages, training);

    /// <summary>Reads these sources besides.</summary>
    public DatasetBuilder<TExample> And(params IReadOnlyList<DataSource> more) => new(task, [.. sources, .. more], stages, training);

    /// <summary>Reads a JSON Lines file instead of the YAML's sources.</summary>
    public DatasetBuilder<TExample> FromJsonl(string path) => From(new JsonLines { Path = path });

    /// <summary>Takes the training part from these sources alone; of the others the validation and test parts stay.</summary>
    public DatasetBuilder<TExample> TrainOn(params IReadOnlyList<DataSource> alone) => new(task, sources, stages, alone);

    /// <summary>Adds a stage.</summary>
    public DatasetBuilder<TExample> With(Stage stage) => new(task, sources, [.. stages, stage], training);

    /// <summary>Leaves out examples whose input was there before.</summary>
    public DatasetBuilder<TExample> Deduplicate() => With(new Deduplicate());

    /// <summary>Keeps the examples for which a condition holds.</summary>
    public DatasetBuilder<TExample> Filter(Func<TExample, bool> where, [CallerArgumentExpression(nameof(where))] string text = "") =>
        With(new Filter { Where = Condition.Of(where, text) });

    /// <summary>Changes each example; the result is checked like a record of a file.</summary>
    public DatasetBuilder<TExample> Map(Func<TExample, TExample> change) => With(new TypedMap<TExample>(change));

    /// <summary>Reads everything.</summary>
    /// <exception cref="WordException">A value of a source, a stage or the split is not allowed.</exception>
    /// <exception cref="DataException">A file or a record does not fit; the message names place and reason.</exception>
    public async Task<Dataset<TExample>> ToDatasetAsync(DataOptions? options = null, CancellationToken cancellationToken = default)
    {
        options = (options ?? new DataOptions()).For(task);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        Mistakes.RefuseIn(sources, "examples");
        Mistakes.RefuseIn(stages, "stages");
        Mistakes.RefuseIn(task.Split, "split");
        Mistakes.RefuseIn(task.BadRecords, "bad_records");
        var report = new DataReport();
        SourceFile[] files = [.. sources.Concat(training ?? []).SelectMany(source => Files(source, options))];
        foreach (var twice in files.GroupBy(file => (file.Path, file.Language)).Where(same => same.Count() > 1))
            if (!stages.Any(stage => stage is Deduplicate))
                report.Tell(
                    twice.First().Name,
                    twice.First().Name,
                    $"it is read {twice.Count()} times; 'deduplicate' leaves repeated records out."
                );
        using var rejects = Rejects.Open(task, options, files);
        var context = new StageContext(task, report, rejects) { ProjectDirectory = options.ProjectDirectory };
        var examples = ReadAsync(files, report, context, options.Threads, cancellationToken);
        foreach (var stage in stages)
            examples = stage.ApplyAsync(examples, context, cancellationToken);
        examples = task.Split.DivideAsync(examples, context, cancellationToken);
        if (training is not null)
            examples = TrainedOnAsync([.. files.Where(f => training.Contains(f.Source)).Select(f => f.Name)], examples, context);

        var parts = new[] { new ExampleFile<TExample>(task), new ExampleFile<TExample>(task), new ExampleFile<TExample>(task) };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(task.Fingerprint));
        await foreach (
            var block in examples
                .Chunk(ExampleBlock<TExample>.Size)
                .OnThreads(chunk => new ExampleBlock<TExample>(task, chunk), options.Threads, cancellationToken)
                .ConfigureAwait(false)
        )
        {
            hash.AppendData(block.Hash);
            block.AddTo(parts);
            report.Kept += block.Count;
        }

        return new Dataset<TExample>
        {
            Task = task,
            Report = report,
            Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset())[..16],
            Train = parts[(int)SplitName.Train],
            Validation = parts[(int)SplitName.Validation],
            Test = parts[(int)SplitName.Test],
        };
    }

    /// <summary>Reads on one thread, parses on all cores, and gives the examples in the order of the files.</summary>
    private async IAsyncEnumerable<TExample> ReadAsync(
        SourceFile[] files,
        DataReport report,
        StageContext context,
        int threads,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var withRecords = new HashSet<SourceFile>();
        await foreach (
            var (block, parsed) in BlocksAsync(files, cancellationToken)
                .OnThreads(block => (block, block.Parse(task, stages is [var first, ..] ? first : null)), threads, cancellationToken)
                .ConfigureAwait(false)
        )
        {
            using var returned = block;
            withRecords.Add(block.From);
            for (var i = 0; i < parsed.Length; i++)
            {
                report.Read++;
                if (block.Notice(i) is { } notice)
                    report.Tell(block.From.Name, $"{block.Origin(i)}", notice);
                var (example, error) = parsed[i];
                // A test record that is set aside has been found all the same.
                SplitName? official = block.From.Keys?.Has(block.Origin(i)) == true ? SplitName.Test : null;
                if (example is not null)
                {
                    yield return (TExample)(
                        official is null ? example : example with { Origin = example.Origin with { Split = official } }
                    );
                    continue;
                }

                context.Reject(block.Origin(i), error!, block.Bytes(i));
            }
        }

        foreach (var file in files.Except(withRecords))
            report.Tell(file.Name, file.Name, "it has no records.");
        foreach (var file in files.DistinctBy(f => f.Keys))
            file.Keys?.CheckAllFound(file.Source);
    }

    /// <summary>Leaves examples of the training part out that are of other files.</summary>
    private async IAsyncEnumerable<TExample> TrainedOnAsync(
        HashSet<string> files,
        IAsyncEnumerable<TExample> examples,
        StageContext context
    )
    {
        var scratch = new ArrayBufferWriter<byte>();
        await foreach (var example in examples.ConfigureAwait(false))
            if (
                files.Contains(example.Origin.File)
                || (example.Origin.Split ?? task.Split.PartOf(example, task, scratch)) != SplitName.Train
            )
                yield return example;
            else
                context.Drop(example, "others are trained on in its place");
    }

    private static async IAsyncEnumerable<RecordBlock> BlocksAsync(
        SourceFile[] files,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var file in files)
        await foreach (var block in RecordBlock.ReadAsync(file, cancellationToken).ConfigureAwait(false))
            yield return block;
    }

    private IEnumerable<SourceFile> Files(DataSource source, DataOptions options)
    {
        var language = source.Language ?? task.Languages[0];
        if (!task.Languages.Contains(language))
            throw new DataException(
                $"task '{task.Name}': source '{source.Title}' has language '{language}', but the task has "
                    + $"{string.Join(", ", task.Languages)}."
            );
        if (source is FileSource { Split: not null, TestKeys: not null })
            throw new DataException(
                $"task '{task.Name}': source '{source.Title}' has both split and test_keys; the one says that all records belong "
                    + "together, the other divides them."
            );
        CheckColumns(source);
        return source.Files(options.ProjectDirectory, language);
    }

    // As the compiler checks the YAML's.
    private void CheckColumns(DataSource source)
    {
        string[] fields = [.. task.InputFields.Concat(task.OutputFields).Select(f => f.Name)];
        var read = fields.ToDictionary(field => field, field => source.Columns.GetValueOrDefault(field) ?? field);
        if (source.Columns.Keys.FirstOrDefault(field => !fields.Contains(field)) is { } unknown)
            throw Wrong($"names the field '{unknown}', which the task does not have{NearestWord.Choice(unknown, fields)}");
        var twice = read.GroupBy(pair => pair.Value).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null && source.Shape is null)
            throw Wrong(
                $"reads {string.Join(" and ", twice.Select(pair => $"'{pair.Key}'"))} from the column '{twice.Key}'; one field reads it"
            );

        DataException Wrong(string what) => new($"task '{task.Name}': source '{source.Title}': 'columns' {what}");
    }
}
