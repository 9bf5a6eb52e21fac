using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Examples of a task that are read out of those of another.</summary>
public static class OtherTasks
{
    /// <summary>
    /// Reads examples of another task as those of this one, each field from the one of its name. What does not fit, and what stands in this
    /// task's test part, is left out and counted.
    /// </summary>
    /// <param name="step">The step that reads.</param>
    /// <param name="task">The task that they become examples of.</param>
    /// <param name="named">The step that has made them, with its <c>$</c>.</param>
    /// <param name="columns">The other task's field for one of this task, where it has another name.</param>
    /// <exception cref="RunException">The other task lacks a field.</exception>
    public static IEnumerable<Example> ReadOther(
        this StepContext step,
        DslTask task,
        string named,
        IReadOnlyDictionary<string, string> columns
    )
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(columns);
        var made = step.Examples(named);
        return Read(
            step,
            task,
            made,
            FieldsOf(task, [.. task.InputFields, .. task.OutputFields], made.Task, $"'{named}' are examples", columns)
        );
    }

    /// <summary>The inputs of examples, of another task too, whose fields are then read by their names.</summary>
    /// <param name="step">The step that reads.</param>
    /// <param name="task">The task that they become inputs of.</param>
    /// <param name="named">The step that has made the examples, with its <c>$</c>.</param>
    /// <exception cref="RunException">The other task lacks a field.</exception>
    /// <exception cref="DataException">One does not fit the task.</exception>
    public static IEnumerable<StepInput> ReadInputs(this StepContext step, DslTask task, string named)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(task);
        var made = step.Examples(named);
        var examples = made.Read(step.CancellationToken);
        if (made.Task.Name == task.Name)
            return examples.Select(example => new StepInput(example.InputValue, example.Language, example.Origin));
        var fields = FieldsOf(task, task.InputFields, made.Task, $"'{named}' are examples", new Dictionary<string, string>());
        return examples.Select(example => new StepInput(Input(task, made.Task, example, fields), example.Language, example.Origin));
    }

    /// <summary>The input of a task that an example of another one has the fields of.</summary>
    /// <exception cref="DataException">It does not fit.</exception>
    public static object Input(DslTask task, DslTask other, Example example, IReadOnlyList<(string Name, string From)> fields)
    {
        try
        {
            var reader = RecordReader.Data(Record(other, example, fields), textValues: false, example.Language);
            return task.ReadInput(ref reader);
        }
        catch (RecordException e)
        {
            throw new DataException($"{example.Origin}: error: {e.Message}", e);
        }
    }

    /// <summary>Which field of another task each is read from.</summary>
    /// <param name="task">The task.</param>
    /// <param name="own">Its fields that are to be read.</param>
    /// <param name="other">The other task.</param>
    /// <param name="examples">What its examples are called.</param>
    /// <param name="columns">The other task's field for one of this task, where it has another name.</param>
    /// <exception cref="RunException">The other task lacks a field.</exception>
    public static IReadOnlyList<(string Name, string From)> FieldsOf(
        DslTask task,
        IReadOnlyList<FieldInfo> own,
        DslTask other,
        string examples,
        IReadOnlyDictionary<string, string> columns
    )
    {
        if (columns.Keys.FirstOrDefault(key => !own.Any(field => field.Name == key)) is { } unknown)
            throw new RunException(
                $"columns: the task '{task.Name}' has no field '{unknown}'{NearestWord.Choice(unknown, own.Select(field => field.Name))}"
            );
        string[] theirs = [.. other.InputFields.Concat(other.OutputFields).Select(field => field.Name)];
        var fields = own.Select(field => (field.Name, From: columns.GetValueOrDefault(field.Name, field.Name))).ToList();
        foreach (var (field, (name, from)) in own.Zip(fields))
            if (!theirs.Contains(from) && (!field.Type.EndsWith('?') || columns.ContainsKey(name)))
                throw new RunException(
                    $"{examples} of the task '{other.Name}', which has no field '{from}' to read '{name}' from"
                        + NearestWord.Choice(from, theirs)
                );
        return fields;
    }

    private static IEnumerable<Example> Read(
        StepContext step,
        DslTask task,
        StepExamples made,
        IReadOnlyList<(string Name, string From)> fields
    )
    {
        var test = TestPart(step, task);
        foreach (var example in made.Read(step.CancellationToken))
        {
            if (!task.Languages.Contains(example.Language))
                step.LeaveOut(example.Origin, $"the task '{task.Name}' is not given in its language");
            else if (step.Fitting(task, Record(made.Task, example, fields), example.Language, example.Origin) is not { } fitting)
                continue;
            else if (test.Contains(StepContext.HashOf(task, fitting.InputValue)))
                step.LeaveOut(example.Origin, "it stands in the task's test part");
            else
                yield return fitting;
        }
    }

    /// <summary>An example as a record of other fields.</summary>
    private static byte[] Record(DslTask task, Example example, IReadOnlyList<(string Name, string From)> fields)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteExample(utf8, example.InputValue, example.OutputValue);
        var record = JsonNode.Parse(utf8.WrittenSpan)!.AsObject();
        var read = new JsonObject(
            fields
                .Where(field => record.ContainsKey(field.From))
                .Select(field => KeyValuePair.Create(field.Name, record[field.From]?.DeepClone()))
        );
        return Encoding.UTF8.GetBytes(read.ToJsonString());
    }

    private static HashSet<UInt128> TestPart(StepContext step, DslTask task)
    {
        if (task.Examples.Count == 0)
            return [];
        using var own = step.Data(task);
        return [.. own[SplitName.Test].Select(example => StepContext.HashOf(task, example.InputValue))];
    }
}
