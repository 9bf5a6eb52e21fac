using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>What a stage works with besides the examples.</summary>
public sealed class StageContext
{
    private readonly DataReport report;
    private readonly Rejects? rejects;
    private readonly string? directory;

    internal StageContext(DslTask task, DataReport report, Rejects? rejects) => (Task, this.report, this.rejects) = (task, report, rejects);

    /// <summary>The task of the examples.</summary>
    public DslTask Task { get; }

    /// <summary>The folder that relative paths start from.</summary>
    public string ProjectDirectory
    {
        get => directory ?? Task.ProjectDirectory ?? Environment.CurrentDirectory;
        init => directory = value;
    }

    /// <summary>Counts an example that is left out.</summary>
    /// <param name="example">The example.</param>
    /// <param name="reason">What it is counted under: one of few.</param>
    /// <param name="detail">What is said of this one. Default: the reason.</param>
    public void Drop(Example example, string reason, string? detail = null) => Drop(example.Origin, reason, detail);

    /// <summary>Counts the example of an origin that is left out.</summary>
    public void Drop(RecordOrigin origin, string reason, string? detail = null) => report.Drop(origin, reason, detail ?? reason);

    /// <summary>Counts examples that are more than came: pieces of one that is cut.</summary>
    /// <param name="count">How many more; below zero where several have become one.</param>
    public void Add(int count) => report.Added += count;

    /// <summary>An example as one flat JSON object in UTF-8: what <see cref="Read{T}(ReadOnlySpan{byte}, T)"/> reads back.</summary>
    public void Write(Example example, ArrayBufferWriter<byte> utf8) => ExampleFile.Write(Task, example, utf8);

    /// <summary>An example as a JSON object, to be changed and read back.</summary>
    public JsonObject Record(Example example)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        Write(example, utf8);
        return JsonNode.Parse(utf8.WrittenSpan)!.AsObject();
    }

    /// <inheritdoc cref="Read{T}(ReadOnlySpan{byte}, T)"/>
    public T? Read<T>(JsonObject record, T was)
        where T : Example
    {
        ArgumentNullException.ThrowIfNull(record);
        return Read(Encoding.UTF8.GetBytes(record.ToJsonString(DefinitionJson.Options)), was);
    }

    /// <summary>
    /// The example that a stage has made of another, checked like a record of a file. One that does not fit the task is a bad record: null,
    /// after it is set aside and counted.
    /// </summary>
    /// <param name="record">The example as one flat JSON object in UTF-8.</param>
    /// <param name="was">The example that it is made of: its origin and language stay.</param>
    /// <exception cref="DataException">It does not fit, and the task's bad records end the reading.</exception>
    public T? Read<T>(ReadOnlySpan<byte> record, T was)
        where T : Example
    {
        try
        {
            var reader = RecordReader.Data(record, textValues: false, was.Language);
            return (T)(Task.ReadExample(ref reader, was.Language) with { Origin = was.Origin, Language = was.Language });
        }
        catch (RecordException e)
        {
            Reject(was.Origin, $"{e.Message} (after a stage has changed the record)", record);
            return null;
        }
    }

    /// <summary>Refuses a stage that names a field which the task does not have; in YAML the compiler has refused it.</summary>
    /// <param name="stage">The stage's word.</param>
    /// <param name="names">The fields that it names.</param>
    /// <exception cref="DataException">There is no such field.</exception>
    public void CheckFields(string stage, params IEnumerable<string> names)
    {
        string[] fields = [.. Task.InputFields.Concat(Task.OutputFields).Select(field => field.Name)];
        if (names.FirstOrDefault(name => !fields.Contains(name)) is { } unknown)
            throw new DataException($"{stage}: the task '{Task.Name}' has no field '{unknown}', only {string.Join(", ", fields)}.");
    }

    /// <summary>Sets a record that does not fit aside and counts it.</summary>
    /// <exception cref="DataException">Bad records end the reading.</exception>
    internal void Reject(RecordOrigin origin, string error, ReadOnlySpan<byte> record)
    {
        if (rejects is null)
            throw new DataException(
                $"{origin}: error: {RecordException.Sentence(error)} The task '{Task.Name}' ends at the first record that does not fit; "
                    + "'bad_records: quarantine' sets such records aside instead."
            );
        rejects.Write(origin, error, record);
        Drop(origin, "does not fit the task", error);
    }
}
