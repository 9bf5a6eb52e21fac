using Scriban.Syntax;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Scriban.Terms;
using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Scriban;

/// <summary>A call of a function, and the values that it is given, typed as the function wants them.</summary>
internal sealed class FunctionCall(string name, ScriptNode node, IReadOnlyList<Term> arguments)
{
    public int Count => arguments.Count;

    public Term this[int index] => arguments[index];

    /// <summary>A value as text: numbers and truth values are printed.</summary>
    public TextTerm Text(int index) => AsText(arguments[index]) ?? throw Wrong(index, "a text");

    /// <summary>C# of type <c>string?</c>.</summary>
    public string String(int index) => Text(index).AsString;

    /// <summary>C# of type <c>int</c>; null counts as 0.</summary>
    public string Int(int index) =>
        arguments[index] is NumberTerm { IsWhole: true } number
            ? number.Constant is long known
                ? $"{known}"
                : $"checked((int){Some(number)})"
            : throw Wrong(index, "a whole number");

    /// <summary>C# of type <c>double</c>; null counts as 0.</summary>
    public string Double(int index) => arguments[index] is NumberTerm number ? Some(number) : throw Wrong(index, "a number");

    /// <summary>A list.</summary>
    public ListTerm List(int index) => arguments[index] as ListTerm ?? throw Wrong(index, "a list");

    public NumberTerm Number(int index) => arguments[index] as NumberTerm ?? throw Wrong(index, "a number");

    public TemplateException Wrong(int index, string expected) =>
        new(Rules.UnsupportedTemplate, node, $"'{name}' is given {arguments[index].Description} where it expects {expected}");

    /// <summary>A value as text; null where it is none and does not print as one.</summary>
    public static TextTerm? AsText(Term term) =>
        term switch
        {
            TextTerm text => text,
            NumberTerm number => Printed(number.Code, number.NullTest),
            BoolTerm truth => Printed(truth.Code, truth.NullTest),
            NullTerm => new TextTerm("(string?)null") { NullTest = "true" },
            _ => null,
        };

    /// <summary>The item at an index; null where there is none.</summary>
    public static Term? ItemAt(ListTerm list, string index)
    {
        var isClass = list.Item is TextType or ListType or RecordType { IsValue: false };
        return isClass || !list.HasNullItems
            ? Term.Of(list.Item, $"{Functions.List}.{(isClass ? "At" : "ValueAt")}({list.Span}, {index})", isNullable: true)
            : null;
    }

    private static TextTerm Printed(string code, string? nullTest) =>
        new($"{Functions.Text}.Print({code}){(nullTest is null ? "!" : "")}")
        {
            NullTest = nullTest,
            Appends = [$"buffer.Append({Parentheses.Strip(code)});"],
        };

    private static string Some(NumberTerm number) => number.NullTest is null ? number.Code : $"({number.Code} ?? 0)";
}
