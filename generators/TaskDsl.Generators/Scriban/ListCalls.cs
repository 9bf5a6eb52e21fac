using TaskDsl.Generators.Scriban.Terms;
using TaskDsl.Generators.Scriban.Types;
using static TaskDsl.Generators.Scriban.Terms.Functions;

namespace TaskDsl.Generators.Scriban;

/// <summary><c>array.*</c>.</summary>
internal static class ListCalls
{
    public static IEnumerable<(string Name, TemplateFunction Function)> All =>
        [
            ("array.size", new(1, 1, call => new NumberTerm($"(long){call.List(0).Span}.Length", IsWhole: true))),
            ("array.first", new(1, 1, call => FunctionCall.ItemAt(call.List(0), "0") ?? throw call.Wrong(0, "a list without nulls"))),
            ("array.last", new(1, 1, call => FunctionCall.ItemAt(call.List(0), "-1") ?? throw call.Wrong(0, "a list without nulls"))),
            ("array.limit", new(2, 2, call => call.List(0) with { Span = $"{List}.Limit({call.List(0).Span}, {call.Int(1)})" })),
            ("array.offset", new(2, 2, call => call.List(0) with { Span = $"{List}.Offset({call.List(0).Span}, {call.Int(1)})" })),
            ("array.reverse", new(1, 1, call => call.List(0) with { Span = $"{List}.Reverse({call.List(0).Span})", NullTest = null })),
            ("array.contains", new(2, 2, Contains)),
            ("array.join", new(2, 2, Join)),
        ];

    private static BoolTerm Contains(FunctionCall call)
    {
        var words = call.List(0).Item switch
        {
            TextType => call.List(0).Span,
            LabelType label => $"{List}.Words({call.List(0).Span}, {label.Words})",
            _ => throw call.Wrong(0, "a list of texts"),
        };
        return call[1] is TextTerm text ? new BoolTerm($"{List}.Contains({words}, {text.AsString})") : throw call.Wrong(1, "a text");
    }

    private static TextTerm Join(FunctionCall call)
    {
        var list = call.List(0);
        var item = FunctionCall.AsText(Term.Of(list.Item, "item", list.HasNullItems))
            ?? throw call.Wrong(0, "a list of texts, numbers or labels");
        return new TextTerm($"{List}.Join({list.Span}, {call.String(1)}, static item => {item.AsString})") { Join = (list, call.Text(1)) };
    }
}
