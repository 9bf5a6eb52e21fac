using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Task;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>
/// Where examples of one task are read as those of another, they must have its fields, under their names or those that <c>columns</c> says:
/// those of another step's task that become this step's, and those of this step's that a word with a task of its own is asked by.
/// </summary>
internal static class FieldsOfOthers
{
    public static void Check(BoundStep step, StepGraph graph, ShapeTable shapes, EmitContext context)
    {
        if (step.Verb is not { } verb || step.Task is not { } name || shapes[new(TaskKind.Name, name)] is not TaskModel own)
            return;
        foreach (var (property, named) in step.Named.Where(n => n.Property.Result!.OfAnyTask))
            if (graph.Find(step, named)?.Step?.Task is { } made && shapes[new(TaskKind.Name, made)] is TaskModel other)
                Check(
                    verb,
                    property.Result!.InputAlone ? own.Input : own.Fields,
                    other,
                    named,
                    $"'{named.Scalar.Value}' are examples",
                    context
                );
        foreach (var word in verb.All.OfType<BoundRecord>().Where(record => record != verb))
            if (word["task"] is BoundReference { Name: var asked } task && shapes[new(TaskKind.Name, asked)] is TaskModel judge)
                Check(word, judge.Input, own, task, "the examples are", context);
        foreach (var word in verb.All.OfType<BoundRecord>())
            if (word["task"] is BoundReference { Name: var of } && shapes[new(TaskKind.Name, of)] is TaskModel columned)
                foreach (var entry in word.Entries("columns").Where(e => !columned.Fields.Any(field => field.Name == e.Key.Value)))
                    context.Report(
                        Rules.BadStep,
                        entry.Key.Span,
                        $"the task '{of}' has no field '{entry.Key.Value}'"
                            + NearestWord.Choice(entry.Key.Value, columned.Fields.Select(field => field.Name))
                    );
    }

    private static void Check(
        BoundRecord word,
        IEnumerable<FieldModel> fields,
        TaskModel other,
        BoundValue named,
        string examples,
        EmitContext context
    )
    {
        var columns = word.Entries("columns").ToDictionary(entry => entry.Key.Value, entry => entry.Value as BoundScalar);
        foreach (var field in fields)
        {
            columns.TryGetValue(field.Name, out var column);
            if (Fault(field, column?.Scalar.Value, other) is { } fault)
                context.Report(Rules.BadStep, ((BoundValue?)column ?? named).Span, $"{examples} of the task '{other.Name}', {fault}");
        }
    }

    private static string? Fault(FieldModel field, string? column, TaskModel other)
    {
        var from = column ?? field.Name;
        if (other.Fields.FirstOrDefault(f => f.Name == from) is { } found)
            return Written(found) == Written(field) || (found.Type.IsText && field.Type.IsText)
                ? null
                : $"whose field '{from}' is {found.Type.Written}, and '{field.Name}' is {field.Type.Written}";
        return column is not null ? $"which has no field '{column}'{NearestWord.Choice(column, other.Fields.Select(f => f.Name))}"
            : field.Type.IsOptional ? null
            : $"which has no field '{field.Name}'; say which it is read from, as columns: {{{field.Name}: {other.Fields[0].Name}}}";
    }

    private static string Written(FieldModel field) => field.Type.Written.TrimEnd('?');
}
