using TaskDsl.Generators.Scriban.Terms;
using TaskDsl.Generators.Scriban.Types;
using static TaskDsl.Generators.Scriban.Terms.Functions;

namespace TaskDsl.Generators.Scriban;

/// <summary><c>string.*</c> and <c>object.default</c>.</summary>
internal static class TextCalls
{
    public static IEnumerable<(string Name, TemplateFunction Function)> All =>
        [
            ("string.strip", Span("Strip")),
            ("string.lstrip", Span("StripStart")),
            ("string.rstrip", Span("StripEnd")),
            ("string.upcase", Mapped("Upcase", call => $"buffer.AppendUpcase({call.Text(0).Code});")),
            ("string.downcase", Mapped("Downcase", call => $"buffer.AppendDowncase({call.Text(0).Code});")),
            ("string.remove", Mapped("Remove", count: 2)),
            ("string.remove_first", Mapped("RemoveFirst", count: 2)),
            ("string.remove_last", Mapped("RemoveLast", count: 2)),
            ("string.capitalize", Whole("Capitalize")),
            ("string.capitalizewords", Whole("CapitalizeWords")),
            ("string.strip_newlines", Whole("StripNewlines", call => $"buffer.AppendWithoutNewlines({call.Text(0).Code});")),
            (
                "string.replace",
                Whole("Replace", call => $"buffer.AppendReplaced({call.Text(0).Code}, {call.Text(1).Code}, {call.Text(2).Code});", count: 3)
            ),
            ("string.replace_first", Whole("ReplaceFirst", count: 3)),
            ("string.append", new(2, 2, call => Concatenation(call.Text(0), call.Text(1)))),
            ("string.prepend", new(2, 2, call => Concatenation(call.Text(1), call.Text(0)))),
            (
                "string.truncate",
                new(2, 3, call => new TextTerm(
                    $"{Text}.Truncate({call.String(0)}, {call.Int(1)}{(call.Count > 2 ? ", " + call.String(2) : "")})"
                ))
            ),
            ("string.truncatewords", new(2, 2, call => new TextTerm($"{Text}.TruncateWords({call.String(0)}, {call.Int(1)})"))),
            ("string.pad_left", new(2, 2, call => new TextTerm($"{Text}.PadLeft({call.String(0)}, {call.Int(1)})"))),
            ("string.pad_right", new(2, 2, call => new TextTerm($"{Text}.PadRight({call.String(0)}, {call.Int(1)})"))),
            (
                "string.slice",
                new(2, 3, call => new TextTerm(
                    $"{Text}.Slice({call.Text(0).Code}, {call.Int(1)}{(call.Count > 2 ? ", " + call.Int(2) : "")})"
                )
                {
                    IsSpan = true,
                })
            ),
            ("string.size", new(1, 1, call => new NumberTerm(Size(call.Text(0)), IsWhole: true))),
            ("string.contains", Test("Contains")),
            ("string.starts_with", Test("StartsWith")),
            ("string.ends_with", Test("EndsWith")),
            ("string.empty", new(1, 1, call => new BoolTerm($"string.IsNullOrEmpty({call.String(0)})"))),
            ("string.whitespace", new(1, 1, call => new BoolTerm($"string.IsNullOrWhiteSpace({call.String(0)})"))),
            ("string.split", new(2, 2, call => new ListTerm($"{Text}.Split({call.String(0)}, {call.String(1)})", TemplateType.Text))),
            ("object.default", new(2, 2, Default)),
        ];

    // Cheap ones yield a part of the text that they are given.
    private static TemplateFunction Span(string method) =>
        new(1, 1, call => new TextTerm($"{Text}.{method}({call.Text(0).Code})") { IsSpan = true, NullTest = call.Text(0).NullTest });

    // Null in, null out.
    private static TemplateFunction Mapped(string method, Func<FunctionCall, string>? append = null, int count = 1) =>
        new(count, count, call =>
        {
            var text = call.Text(0);
            var others = string.Concat(Enumerable.Range(1, count - 1).Select(i => ", " + call.String(i)));
            var code = $"{Text}.{method}({text.AsSomeString}{others})";
            return Appended(
                append,
                call,
                new TextTerm(text.NullTest is null ? code : $"({text.NullTest} ? null : {code})") { NullTest = text.NullTest }
            );
        });

    // Null in, empty out.
    private static TemplateFunction Whole(string method, Func<FunctionCall, string>? append = null, int count = 1) =>
        new(count, count, call =>
            Appended(append, call, new TextTerm($"{Text}.{method}({string.Join(", ", Enumerable.Range(0, count).Select(call.String))})"))
        );

    private static TextTerm Appended(Func<FunctionCall, string>? append, FunctionCall call, TextTerm text) =>
        append is null ? text : text with { Appends = [append(call)] };

    private static TextTerm Concatenation(TextTerm left, TextTerm right) =>
        new($"({left.AsString} + {right.AsString})") { Appends = [.. left.Appends, .. right.Appends] };

    private static TemplateFunction Test(string method) =>
        new(2, 2, call => new BoolTerm($"{Text}.{method}({call.String(0)}, {call.String(1)})"));

    private static string Size(TextTerm text) =>
        text.IsSpan || text.NullTest is null ? $"(long){text.Code}.Length" : $"(long)({text.Code}?.Length ?? 0)";

    private static Term Default(FunctionCall call)
    {
        if (call[0] is TextTerm text)
        {
            var other = call.Text(1);
            var isEmpty = $"string.IsNullOrEmpty({text.AsString})";
            return new TextTerm($"({isEmpty} ? {other.AsString} : {text.AsSomeString})")
            {
                NullTest = other.NullTest is null ? null : $"({isEmpty} && {other.NullTest})",
            };
        }

        return Operators.Coalesce(call[0], call[1]) ?? throw call.Wrong(1, call[0].Description);
    }
}
