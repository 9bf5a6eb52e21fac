using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>Writes the members that write, parse, constrain and compare a task's answers.</summary>
internal static class FormatCode
{
    private const string Grammar = "global::TaskDsl.Grammars.Grammar";
    private const string NotNullWhen = "[global::System.Diagnostics.CodeAnalysis.NotNullWhen";
    private const string Items = "global::TaskDsl.Tasks.OutputItems";

    /// <summary>Writes them.</summary>
    public static void Emit(CodeWriter writer, TaskModel model)
    {
        var isJson = model.Format.IsJson;
        var field = model.Output[0];
        var table = field.Labels.Count > 0 ? $"{field.TypeName}Labels, language, " : "";
        var isChosen = model.Output.Any(f => f.Type.IsChosen);
        var source =
            model.Format.Of is { } of ? $"{Source(field, of, model)}, "
            : !isJson && isChosen ? $"{Source(field, field.Of!, model)}, "
            : "";

        writer.Line();
        using (
            writer.Block(
                "public override void WriteOutput("
                    + "global::System.Buffers.IBufferWriter<byte> utf8, object input, object output, string language)"
            )
        )
        {
            if (isJson)
            {
                writer.Line("var writer = global::TaskDsl.Data.RecordWriter.Answer(utf8, language);");
                writer.Line("writer.Begin();");
                writer.Line($"WriteFields(ref writer, {(isChosen ? "Lettered(input, (Output)output)" : "(Output)output")});");
                writer.Line("writer.End();");
            }
            else
            {
                writer.Line($"format.Write(utf8, {source}{table}((Output)output).{field.Property});");
            }
        }

        writer.Line();
        using (
            writer.Block(
                "public override bool TryParseOutput(global::System.ReadOnlySpan<byte> utf8, object input, string language, "
                    + $"{NotNullWhen}(true)] out object? output, {NotNullWhen}(false)] out string? error)"
            )
        )
        {
            const string chosen = "(ref global::TaskDsl.Data.RecordReader reader) => Chosen(input, ReadOutput(ref reader))";
            var read = isJson ? $"language, {(isChosen ? chosen : "ReadOutput")}, " : source + table;
            using (writer.Block($"if (!format.TryParse(utf8, {read}out var answer, out error))"))
            {
                writer.Line("output = null;");
                writer.Line("return false;");
            }

            writer.Line();
            writer.Line($"output = {(isJson ? "answer" : $"new Output({field.Type.Parsed(field, "answer")})")};");
            writer.Line("return true;");
        }

        if (isJson)
            RecordCode.ReadMethod(writer, "Output", model.Output);
        if (isJson && isChosen)
        {
            Changed(writer, model, "Lettered", (f, value) => $"Letter({value})");
            Changed(writer, model, "Chosen", (f, value) => $"Text({CodeWriter.Literal(f.Name)}, {value})");
        }

        OutputGrammar(writer, model, $"format.Grammar({source}{table}");
        if (model.Output.Any(f => f.AnyOf))
            RightFor(writer, model);
        OutputItems(writer, model);
    }

    /// <summary>An output with letters in the place of options, or the other way round.</summary>
    private static void Changed(CodeWriter writer, TaskModel model, string method, Func<FieldModel, string, string> change)
    {
        writer.Line();
        using (writer.Block($"private Output {method}(object input, Output output) => output with", "};"))
        {
            foreach (var field in model.Output.Where(f => f.Type.IsChosen))
                writer.Line($"{field.Property} = {Source(field, field.Of!, model)}.{change(field, $"output.{field.Property}")},");
        }
    }

    private static void OutputGrammar(CodeWriter writer, TaskModel model, string begin)
    {
        var field = model.Output[0];
        var depends = model.Format.Of is not null || model.Output.Any(f => f.Of is not null);
        var grammar =
            model.Format.IsJson ? Object(model.Output, model)
            : field.Of is null || field.Type.IsChosen ? begin.TrimEnd(' ', ',') + ")"
            : $"{begin}{Source(field, field.Of, model)})";
        writer.Line();
        if (!depends)
            writer.Line($"private readonly global::TaskDsl.Codecs.GrammarCache grammars = new(static language => {grammar});").Line();
        writer.Line(
            $"public override {Grammar} OutputGrammar(object input, string language) => {(depends ? grammar : "grammars[language]")};"
        );
        if (!model.Format.IsJson)
            return;
        foreach (var record in Records(model))
            writer.Line().Line($"private static {Grammar} {record.TypeName}Grammar(string language) => {Object(record.Fields, model)};");
    }

    private static IEnumerable<FieldModel> Records(TaskModel model) =>
        model.Output.SelectMany(field => field.Generated).Where(field => field.Fields.Count > 0);

    private static string Object(EquatableArray<FieldModel> fields, TaskModel model)
    {
        var values = fields.Select(f =>
            $"    ({CodeWriter.Literal(f.Name)}, {f.Type.Value(f, f.Of is null ? null : Source(f, f.Of, model))})"
        );
        return $"global::TaskDsl.Codecs.JsonGrammar.Object(\n{string.Join(",\n", values)})";
    }

    private static string Source(FieldModel field, string of, TaskModel model) => field.Type.Source(model.Input.First(f => f.Name == of));

    /// <summary>Which of several right outputs an answer is held against.</summary>
    private static void RightFor(CodeWriter writer, TaskModel model)
    {
        const string given = "global::TaskDsl.Codecs.LetteredOptions.Given";
        writer.Line();
        using (writer.Block("public override object RightFor(object gold, object? answer) => ((Output)gold) with", "};"))
        {
            foreach (var field in model.Output.Where(f => f.AnyOf))
                writer.Line($"{field.Property} = {given}(((Output)gold).{field.Property}, ((Output?)answer)?.{field.Property}),");
        }
    }

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
            // Of one field alone nothing is there where it has no value; beside others, that it has none is part of the answer.
            var countsAbsent = model.Output.Count > 1 || model.Output[0].Type.Innermost.HasFields;
            writer.Line($"var items = new {Items}({(countsAbsent ? "countsAbsent: true" : "")});");
            foreach (var field in model.Output)
                writer.Line($"{field.Type.Item(field, CodeWriter.Literal(field.Name), $"value.{field.Property}")};");
            writer.Line("return items;");
        }

        foreach (var record in Records(model))
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
                {
                    var path = $"field + {CodeWriter.Literal("." + field.Name)}";
                    writer.Line($"{field.Type.Item(field, path, $"value.{field.Property}")};");
                }
            }
        }
    }
}
