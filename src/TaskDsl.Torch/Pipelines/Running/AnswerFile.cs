using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Data.Files;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A file of answers, each joined with the input of the example that it is to.</summary>
public sealed record AnswerFile
{
    /// <summary>The file, from the project's folder.</summary>
    public required string Path { get; init; }

    /// <summary>What columns must say. Default: all records are meant.</summary>
    public IReadOnlyDictionary<string, string> Where { get; init; } = new Dictionary<string, string>();

    /// <summary>The input field whose column says which example an answer is to. Default: <see cref="Number"/>.</summary>
    public string? Key { get; init; }

    /// <summary>The column of the number of the record that an answer is to, in the task's only file, from 0.</summary>
    public string Number { get; init; } = "record";

    /// <summary>The column of what was answered.</summary>
    public string Answer { get; init; } = "answer";

    /// <summary>The answers to examples of a task, in the order of the file; what is to none is left out and counted.</summary>
    /// <param name="step">The step that reads.</param>
    /// <param name="data">The task's examples.</param>
    /// <exception cref="DataException">A record cannot be read, or lacks a column.</exception>
    /// <exception cref="RunException">No record is meant, or the numbers are of several files.</exception>
    public IEnumerable<(UInt128 Input, string Text)> Read(StepContext step, Dataset data)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(data);
        var (inputs, none) = Key is not null
            ? (ByField(data, Key), $"no example has their {Key}")
            : (ByNumber(step, data.Task), "no record has their number");
        var others = new Dictionary<string, HashSet<string>>();
        var count = 0;
        foreach (var (read, origin) in FileRecords.Read(step, Path))
        {
            var record = Parsed(read, origin);
            if (!IsMeant(record, origin, others))
                continue;
            count++;
            var text = Column(record, Answer, origin);
            if (inputs.TryGetValue(Column(record, Key ?? Number, origin), out var input))
                yield return (input, text);
            else
                step.LeaveOut(origin, none);
        }

        if (count == 0)
            throw new RunException(
                $"{Path}: no record is meant by where; "
                    + string.Join(", ", others.Select(o => $"{o.Key} is {string.Join(", ", o.Value.Take(10).Select(v => $"'{v}'"))}"))
                    + "."
            );
    }

    private bool IsMeant(JsonObject record, RecordOrigin origin, Dictionary<string, HashSet<string>> others)
    {
        foreach (var (column, wanted) in Where)
        {
            if (Column(record, column, origin) is var found && found == wanted)
                continue;
            if (!others.TryGetValue(column, out var values))
                others.Add(column, values = []);
            values.Add(found);
            return false;
        }

        return true;
    }

    private static JsonObject Parsed(SourceRecord record, RecordOrigin origin)
    {
        try
        {
            return JsonNode.Parse(record.Json.Span) as JsonObject
                ?? throw new DataException($"{origin}: error: it is no record, expected an object as {{\"answer\": \"…\"}}.");
        }
        catch (JsonException e)
        {
            throw new DataException($"{origin}: error: it is no valid JSON: {e.Message}", e);
        }
    }

    private static Dictionary<string, UInt128> ByField(Dataset data, string field)
    {
        var inputs = new Dictionary<string, UInt128>();
        var utf8 = new ArrayBufferWriter<byte>();
        foreach (var example in new[] { SplitName.Train, SplitName.Validation, SplitName.Test }.SelectMany(split => data[split]))
        {
            utf8.ResetWrittenCount();
            data.Task.WriteInput(utf8, example.InputValue);
            var input = StepContext.HashOf(data.Task, example.InputValue);
            if (Text(JsonNode.Parse(utf8.WrittenSpan)![field]) is var text && !inputs.TryAdd(text, input) && inputs[text] != input)
                throw new RunException(
                    $"key: two examples of the task '{data.Task.Name}' have the {field} '{text}', so that it does not say which is meant; "
                        + "take another field, or number."
                );
        }

        return inputs;
    }

    private Dictionary<string, UInt128> ByNumber(StepContext step, DslTask task)
    {
        var folder = step.Options.FolderOf(task.ProjectDirectory);
        if (task.Examples is not [FileSource source] || SourceFiles.Find(source.Path, folder).ToList() is not [var file])
            throw new RunException(
                $"the task '{task.Name}' is not of one file, whose records '{Number}' could count; name a field of its input by key."
            );
        var inputs = new Dictionary<string, UInt128>();
        var language = source.Language ?? task.Languages[0];
        foreach (
            var (number, record) in source.ReadAsync(file, step.CancellationToken).ToBlockingEnumerable(step.CancellationToken).Index()
        )
            if (InputOf(task, source, record, language) is { } input)
                inputs.Add(number.ToString(CultureInfo.InvariantCulture), input);
        return inputs;
    }

    /// <summary>The input of a record; null where it does not fit the task, which reading the task's data tells.</summary>
    private static UInt128? InputOf(DslTask task, FileSource source, SourceRecord record, string language)
    {
        try
        {
            return record.Error is null
                ? StepContext.HashOf(task, source.ReadExample(task, record.Json.Span, record.TextValues, language, out _).InputValue)
                : null;
        }
        catch (RecordException)
        {
            return null;
        }
    }

    private static string Column(JsonObject record, string column, RecordOrigin origin) =>
        record.TryGetPropertyValue(column, out var value)
            ? Text(value)
            : throw new DataException(
                $"{origin}: error: it has no column '{column}'{NearestWord.Choice(column, record.Select(property => property.Key))}"
            );

    // What is no text is its JSON, and a list of texts is a line for each.
    private static string Text(JsonNode? value) =>
        value switch
        {
            null => "",
            JsonArray items when items.All(item => item?.GetValueKind() == JsonValueKind.String) => string.Join('\n', items.Select(Text)),
            JsonValue => value.ToString(),
            _ => value.ToJsonString(DefinitionJson.Options),
        };
}
