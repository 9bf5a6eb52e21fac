using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>Builds a task's data set: source → record → typed example → stages → split. Immutable: each call gives a new builder.</summary>
/// <typeparam name="TExample">The task's example type.</typeparam>
public sealed class DatasetBuilder<TExample>
    where TExample : Example
{
    private readonly DslTask task;
    private readonly IReadOnlyList<DataSource> sources;
    private readonly IReadOnlyList<Stage> stages;

    /// <summary>Begins with the sources and stages of the task's YAML.</summary>
    public DatasetBuilder(DslTask task)
        : this(task, task.Examples, task.Stages)
    {
    }

    private DatasetBuilder(DslTask task, IReadOnlyList<DataSource> sources, IReadOnlyList<Stage> stages) =>
        (this.task, this.sources, this.stages) = (task, sources, stages);

    /// <summary>Reads these sources instead of the YAML's.</summary>
    public DatasetBuilder<TExample> From(params IReadOnlyList<DataSource> others) => new(task, others, stages);

    /// <summary>Reads these sources besides.</summary>
    public DatasetBuilder<TExample> And(params IReadOnlyList<DataSource> more) => new(task, [.. sources, .. more], stages);

    /// <summary>Reads a JSON Lines file instead of the YAML's sources.</summary>
    public DatasetBuilder<TExample> FromJsonl(string path) => From(new JsonLines { Path = path });

    /// <summary>Adds a stage.</summary>
    public DatasetBuilder<TExample> With(Stage stage) => new(task, sources, [.. stages, stage]);

    /// <summary>Leaves out examples whose input was there before.</summary>
    public DatasetBuilder<TExample> Deduplicate() => With(new Deduplicate());

    /// <summary>Reads everything.</summary>
    /// <exception cref="DataException">A file or a record does not fit; the message names place and reason.</exception>
    public async Task<Dataset<TExample>> ToDatasetAsync(DataOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new DataOptions();
        var report = new DataReport();
        using var rejects = Rejects.Open(task.BadRecords, options);
        var examples = ReadAsync(options, report, rejects, cancellationToken);
        foreach (var stage in stages)
        {
            examples = stage.ApplyAsync(examples, task, (example, reason) => report.Drop(example.Origin, reason, reason), cancellationToken);
        }

        var split = new Splitter(task);
        var parts = new List<TExample>[] { [], [], [] };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(task.Fingerprint));
        var bytes = new ArrayBufferWriter<byte>();
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var part = example.Origin.Split ?? split.Of(example.InputValue);
            parts[(int)part].Add(example);
            report.Kept++;
            bytes.ResetWrittenCount();
            task.WriteExample(bytes, example.InputValue, example.OutputValue);
            hash.AppendData(bytes.WrittenSpan);
            hash.AppendData([(byte)part]);
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

    private async IAsyncEnumerable<TExample> ReadAsync(DataOptions options, DataReport report, Rejects? rejects, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var source in sources)
        {
            var language = source.Language ?? task.Languages[0];
            if (!task.Languages.Contains(language))
                throw new DataException($"task '{task.Name}': source '{source.Path}' has language '{language}', but the task has {string.Join(", ", task.Languages)}.");
            if (source is { Split: not null, TestKeys: not null })
                throw new DataException($"task '{task.Name}': source '{source.Path}' has both split and test_keys; the one says that all records belong together, the other divides them.");
            var keys = TestKeys.Read(source, options.ProjectDirectory);
            foreach (var path in Files(source.Path, options.ProjectDirectory))
            {
                var name = Path.GetRelativePath(options.ProjectDirectory, path);
                await foreach (var record in Opened(source, path, name, cancellationToken).ConfigureAwait(false))
                {
                    report.Read++;
                    var origin = new RecordOrigin(name, record.Line, record.Key) { Split = source.Split };
                    if (keys is not null && record.Error is null) origin = origin with { Split = keys.Has(origin) ? SplitName.Test : null };
                    if (Parse(source, record, origin, language, out var error) is TExample example)
                    {
                        yield return example;
                        continue;
                    }

                    if (rejects is null) throw new DataException($"{origin}: error: {error}. The task '{task.Name}' ends at the first record that does not fit; 'bad_records: quarantine' sets such records aside instead.");
                    rejects.Write(origin, error!, record.Json.Span);
                    report.Drop(origin, "does not fit the task", error!);
                }
            }

            keys?.CheckAllFound(source);
        }
    }

    private Example? Parse(DataSource source, in SourceRecord record, RecordOrigin origin, string language, out string? error)
    {
        error = record.Error;
        if (error is not null) return null;
        try
        {
            var reader = new RecordReader(record.Json.Span, source, record.TextValues, language);
            return task.ReadExample(ref reader, language) with { Origin = origin, Language = language };
        }
        catch (RecordException e)
        {
            error = e.Message;
            return null;
        }
    }

    /// <summary>A source whose file cannot be opened or read says so as bad data, with the file's name.</summary>
    private static async IAsyncEnumerable<SourceRecord> Opened(DataSource source, string path, string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var records = source.ReadAsync(path, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await records.MoveNextAsync().ConfigureAwait(false)) yield break;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DataException($"{name}: cannot be read: {e.Message}", e);
            }

            yield return records.Current;
        }
    }

    private static string[] Files(string pattern, string directory)
    {
        var path = Path.GetFullPath(pattern, directory);
        if (!pattern.AsSpan().ContainsAny('*', '?'))
            return File.Exists(path) ? [path] : throw new DataException($"{pattern}: there is no such file in {directory}.");
        var folder = Path.GetDirectoryName(path)!;
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, Path.GetFileName(path)) : [];
        if (files.Length == 0) throw new DataException($"{pattern}: no file in {folder} matches.");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }
}
