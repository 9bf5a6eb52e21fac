using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Definition;
using TaskDsl.Generators.Values;
using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>Writes the C# of a task.</summary>
public static class TaskEmitter
{
    private const string Json = "global::System.Text.Json.Serialization";
    private const string Lists = "global::System.Collections.Generic.IReadOnlyList";

    /// <summary>The whole file.</summary>
    public static string Emit(TaskModel model, BoundRecord task, EmitContext context)
    {
        var expressions = new TaskExpressions(model, context);
        context = context with { Expression = expressions.Emit };
        var writer = CodeWriter.BeginFile(context.RootNamespace);
        // An expression may test what never changes, or compare a field with itself.
        if (task.All.Any(part => part is BoundScalar { Type.Kind: TypeKind.Expression }))
            writer.Line("#pragma warning disable CS0162, CS1718").Line();
        writer.Summary(model.Summary, $"The task '{model.Name}'.");
        using (writer.Block($"public static partial class {model.ClassName}"))
        {
            writer.Summary("The compiled task.");
            writer.Line("public static global::TaskDsl.Tasks.DslTask<Input, Output> Task { get; } = new Compiled();");
            writer.Line();
            writer.Summary("Begins to build a data set from the task's examples.");
            writer.Line("public static global::TaskDsl.DatasetBuilder<Example> Build() => new(Task);");
            writer.Line();
            Record(writer, "Input", "What goes in.", "", model.Input);
            writer.Line();
            Record(writer, "Output", "What comes out.", "", model.Output);
            writer.Line();
            writer.Summary("One example: an input and its gold answer.");
            writer.Param("Input", "What goes in.").Param("Output", "The gold answer.");
            writer.Line(
                "public sealed record Example(Input Input, Output Output) : global::TaskDsl.Tasks.Example<Input, Output>(Input, Output);"
            );
            foreach (var field in model.Generated)
                Type(writer, field, model);
            writer.Line();
            using (writer.Block("private sealed class Compiled : global::TaskDsl.Tasks.DslTask<Input, Output>"))
            {
                Properties(writer, model, task, context);
                foreach (var (table, words) in expressions.Tables)
                    writer.Line().Line($"private static readonly string[] {table} = {Strings(words)};");
                RecordCode.Emit(writer, model);
                FormatCode.Emit(writer, model);
            }
        }

        return writer.ToString();
    }

    private static void Type(CodeWriter writer, FieldModel field, TaskModel model)
    {
        writer.Line();
        if (field.Labels.Count == 0)
        {
            Record(writer, field.TypeName, field.Summary, $"The record of the field '{field.Name}'.", field.Fields);
            return;
        }

        var what = field.Type.Innermost.LabelWord + "s";
        writer.Summary(field.Summary, $"The {what} of the field '{field.Name}'.");
        // JSON has a label's key.
        writer.Line($"[{Json}.JsonConverter(typeof({Json}.JsonStringEnumConverter<{field.TypeName}>))]");
        using (writer.Block($"public enum {field.TypeName}"))
        {
            for (var i = 0; i < field.Labels.Count; i++)
            {
                var label = field.Labels[i];
                if (i > 0)
                    writer.Line();
                writer.Summary(label.Summary, $"Written '{label.Surfaces[0]}'.");
                writer.Line($"[{Json}.JsonStringEnumMemberName({CodeWriter.Literal(label.Key)})]");
                writer.Line($"{label.Member},");
            }
        }

        writer.Line();
        writer.Summary(
            $"How the {what} of the field '{field.Name}' are written: "
                + $"their key, then their surface form in {string.Join(", ", model.Languages)}."
        );
        using (
            writer.Indented(
                $"public static global::TaskDsl.Tasks.LabelTable<{field.TypeName}> {field.TypeName}Labels {{ get; }} = new(",
                ""
            )
        )
        {
            writer.Line($"{Strings(model.Languages)},");
            for (var i = 0; i < field.Labels.Count; i++)
            {
                var label = field.Labels[i];
                var row = label.Surfaces.All(s => s == label.Key) ? [label.Key] : label.Surfaces.Prepend(label.Key);
                writer.Line(Strings(row) + (i + 1 < field.Labels.Count ? "," : $"){AtLeast(field)};"));
            }
        }
    }

    private static void Record(CodeWriter writer, string name, string summary, string otherwise, EquatableArray<FieldModel> fields)
    {
        writer.Summary(summary, otherwise);
        foreach (var field in fields)
            writer.Param(field.Property, field.Summary, $"The field '{field.Name}'.");
        var parameters = fields.Select(f => $"{f.CSharp} {f.Property}").ToList();
        var line = $"public sealed record {name}({string.Join(", ", parameters)});";
        writer.Line(line.Length <= 120 ? line : $"public sealed record {name}(\n    {string.Join(",\n    ", parameters)});");
    }

    private static void Properties(CodeWriter writer, TaskModel model, BoundRecord task, EmitContext context)
    {
        writer.Line($"public override string Name => {CodeWriter.Literal(model.Name)};").Line();
        writer.Line($"public override string Summary => {CodeWriter.Literal(model.Summary)};").Line();
        writer.Line($"public override {Lists}<string> Languages {{ get; }} = {Strings(model.Languages)};").Line();
        var set = task["format"] is BoundRecord { Properties.Count: > 0 } given ? ValueEmitter.Emit(given, context) : null;
        writer.Line($"private static readonly {model.Format.Type} format = {set ?? "new()"};").Line();
        writer.Line("public override global::TaskDsl.Tasks.OutputFormat Format => format;").Line();
        Infos(writer, "InputFields", model.Input);
        Infos(writer, "OutputFields", model.Output);
        Part(writer, Lists + "<global::TaskDsl.Data.DataSource>", "Examples", task["examples"], context);
        Part(writer, "global::TaskDsl.Data.Split", "Split", task["split"], context);
        Part(writer, Lists + "<global::TaskDsl.Data.Stage>", "Stages", task["stages"], context);
        if (task.Items("metrics").Count > 0)
            Part(writer, Lists + "<global::TaskDsl.Metrics.Counting.Metric>", "Metrics", task["metrics"], context);
        Part(writer, "global::TaskDsl.Data.BadRecords", "BadRecords", task["bad_records"], context);
        writer.Line($"public override string Fingerprint => {CodeWriter.Literal(TaskFingerprint.Of(model, set))};");
    }

    private static void Infos(CodeWriter writer, string property, EquatableArray<FieldModel> fields)
    {
        using (writer.Indented($"public override {Lists}<global::TaskDsl.Tasks.FieldInfo> {property} {{ get; }} =\n[", "];"))
        {
            foreach (var field in fields)
                writer.Line(
                    $"new({CodeWriter.Literal(field.Name)}, {CodeWriter.Literal(field.Type.Written)}, "
                        + $"{CodeWriter.Literal(field.Summary)}, {Strings(field.Labels.Select(l => l.Key))}){AtLeast(field)},"
                );
        }

        writer.Line();
    }

    // What the YAML does not give is left to the definition's defaults.
    private static void Part(CodeWriter writer, string type, string property, BoundValue? value, EmitContext context)
    {
        if (value is null)
            return;
        // What names other definitions is made when it is asked for: they may name this task in turn.
        var begin = value.All.Any(part => part is BoundReference) ? "=>" : "{ get; } =";
        writer.Line($"public override {type} {property} {begin} {ValueEmitter.Emit(value, context)};").Line();
    }

    private static string AtLeast(FieldModel field) => field.AtLeast > 0 ? $" {{ AtLeast = {field.AtLeast} }}" : "";

    private static string Strings(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(CodeWriter.Literal))}]";
}
