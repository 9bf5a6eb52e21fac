using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>Writes the members that write, parse, constrain and compare a task's answers.</summary>
internal static class FormatCode
{
    private const string Grammar = "global::TaskDsl.Grammars.Grammar";
    private const string Json = "global::TaskDsl.Codecs.JsonGrammar";
    private const string Items = "global::TaskDsl.Tasks.OutputItems";

    /// <summary>Writes them.</summary>
    public static void Emit(CodeWriter writer, TaskModel model)
    {
        var codec = $"global::TaskDsl.Codecs.{model.Format}Codec";
        var field = model.Output[0];
        var table = field.Labels.Count > 0 ? $"{field.TypeName}Labels, language, " : "";

        writer.Line();
        using (
            writer.Block(
                "public override void WriteOutput(global::System.Buffers.IBufferWriter<byte> utf8, object output, string language)"
            )
        )
        {
            if (model.Format == "Json")
            {
                writer.Line("var writer = global::TaskDsl.Data.RecordWriter.Answer(utf8, language);");
                writer.Line("writer.Begin();");
                writer.Line("WriteFields(ref writer, (Output)output);");
                writer.Line("writer.End();");
            }
            else
            {
                writer.Line($"{codec}.Write(utf8, {table}((Output)output).{field.Property});");
            }
        }

        writer.Line();
        using (
            writer.Block(
                "public override bool TryParseOutput(global::System.ReadOnlySpan<byte> utf8, string language, "
                    + "[global::System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out object? output, [global::System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? error)"
            )
        )
        {
            using (
                writer.Block(
                    $"if (!{codec}.TryParse(utf8, {(model.Format == "Json" ? "language, ReadOutput, " : table)}out var answer, out error))"
                )
            )
            {
                writer.Line("output = null;");
                writer.Line("return false;");
            }

            writer.Line();
            writer.Line($"output = {(model.Format == "Json" ? "answer" : "new Output(answer)")};");
            writer.Line("return true;");
        }

        if (model.Format == "Json")
            RecordCode.ReadMethod(writer, "Output", model.Output);
        OutputGrammar(writer, model, $"{codec}.Grammar({table}");
        OutputItems(writer, model);
    }

    private static void OutputGrammar(CodeWriter writer, TaskModel model, string begin)
    {
        var field = model.Output[0];
        var depends = model.Output.Any(f => f.Of is not null);
        var grammar =
            model.Format == "Json" ? Object(model.Output, model)
            : field.Of is null ? begin.TrimEnd(' ', ',') + ")"
            : $"{begin}{Source(field, model)})";
        writer.Line();
        if (!depends)
            writer.Line($"private readonly global::TaskDsl.Codecs.GrammarCache grammars = new(static language => {grammar});").Line();
        writer.Line(
            $"public override {Grammar} OutputGrammar(object input, string language) => {(depends ? grammar : "grammars[language]")};"
        );
        if (model.Format != "Json")
            return;
        foreach (var record in TaskTypes.Records(model.Output))
            writer.Line().Line($"private static {Grammar} {record.TypeName}Grammar(string language) => {Object(record.Fields, model)};");
    }

    private static string Object(EquatableArray<FieldModel> fields, TaskModel model) =>
        $"{Json}.Object(\n{string.Join(",\n", fields.Select(f => $"    ({CodeWriter.Literal(f.Name)}, {Value(f.Type, f, model)})"))})";

    private static string Value(FieldType type, FieldModel field, TaskModel model)
    {
        var value = type.Kind switch
        {
            FieldKind.Int => $"{Json}.Int",
            FieldKind.Float => $"{Json}.Float",
            FieldKind.Bool => $"{Json}.Bool",
            FieldKind.Label => $"{Json}.Label({field.TypeName}Labels, language)",
            FieldKind.Labels => $"{Json}.Labels({field.TypeName}Labels, language)",
            FieldKind.Entities =>
                $"{Json}.Entities({field.TypeName}Labels, language{(field.Of is null ? "" : $", {Source(field, model)}")})",
            FieldKind.Record => $"{field.TypeName}Grammar(language)",
            FieldKind.List => $"{Json}.List({Value(type.Element!, field, model)})",
            _ => $"{Json}.Text",
        };
        return type.IsOptional ? $"{Json}.Optional({value})" : value;
    }

    private static string Source(FieldModel field, TaskModel model) =>
        $"((Input)input).{model.Input.First(f => f.Name == field.Of).Property}";

    private static void OutputItems(CodeWriter writer, TaskModel model)
    {
        writer.Line();
        using (
            writer.Block(
                "public override global::System.Collections.Generic.IReadOnlyList<global::TaskDsl.Tasks.OutputItem> Items(object output)"
            )
        )
        {
            writer.Line("var value = (Output)output;");
            writer.Line($"var items = new {Items}({(model.Format == "Json" ? "countsAbsent: true" : "")});");
            foreach (var field in model.Output)
                writer.Line(Item(field.Type, field, CodeWriter.Literal(field.Name), $"value.{field.Property}"));
            writer.Line("return items;");
        }

        foreach (var record in TaskTypes.Records(model.Output))
        {
            writer.Line();
            using (writer.Block($"private static void Add({Items} items, string field, {record.TypeName}? value)"))
            {
                using (writer.Block("if (value is null)"))
                {
                    writer.Line("items.AddAbsent(field);");
                    writer.Line("return;");
                }

                writer.Line();
                foreach (var field in record.Fields)
                    writer.Line(Item(field.Type, field, $"field + {CodeWriter.Literal("." + field.Name)}", $"value.{field.Property}"));
            }
        }
    }

    private static string Item(FieldType type, FieldModel field, string path, string value) =>
        type.Kind switch
        {
            FieldKind.Label or FieldKind.Labels or FieldKind.Entities => $"items.Add({path}, {field.TypeName}Labels, {value});",
            FieldKind.Record => $"Add(items, {path}, {value});",
            FieldKind.List =>
                $"items.Add({path}, {value}, static (items, field, value) => {Item(type.Element!, field, "field", "value").TrimEnd(';')});",
            _ => $"items.Add({path}, {value});",
        };
}
