using System.Buffers;
using System.Text;
using TaskDsl.Data;
using TaskDsl.Grammars;
using TaskDsl.Tasks;

namespace TaskDsl.Codecs;

/// <summary>The pieces that the grammars of format <c>json</c> are made of: compact JSON, as it is written.</summary>
public static class JsonGrammar
{
    private static readonly Grammar Comma = Grammar.Literal(",");

    /// <summary>A text.</summary>
    public static Grammar Text => Grammar.JsonString;

    /// <summary>A whole number.</summary>
    public static Grammar Int => Grammar.JsonInteger;

    /// <summary>A number.</summary>
    public static Grammar Float => Grammar.JsonNumber;

    /// <summary>True or false.</summary>
    public static Grammar Bool { get; } = Grammar.Choice(Grammar.Literal("true"), Grammar.Literal("false"));

    /// <summary>A value that may be absent.</summary>
    public static Grammar Optional(Grammar value) => Grammar.Choice(value, Grammar.Literal("null"));

    /// <summary>A label.</summary>
    public static Grammar Label<TLabel>(LabelTable<TLabel> labels, string language)
        where TLabel : struct, Enum => Grammar.Choice([.. labels.Surfaces(language).Select(String)]);

    /// <summary>A list of labels, each at most once, in the order of their declaration.</summary>
    public static Grammar Labels<TLabel>(LabelTable<TLabel> labels, string language)
        where TLabel : struct, Enum
    {
        var some = Grammar.SomeOf([.. labels.Surfaces(language).Select(String)], Comma, labels.AtLeast);
        return Grammar.Sequence(Grammar.Literal("["), labels.AtLeast > 0 ? some : Grammar.Optional(some), Grammar.Literal("]"));
    }

    /// <summary>A list of entities with any texts.</summary>
    public static Grammar Entities<TKind>(LabelTable<TKind> kinds, string language)
        where TKind : struct, Enum => List(Object(("kind", Label(kinds, language)), ("text", Text)));

    /// <summary>A list of entities that are copied from a text.</summary>
    public static Grammar Entities<TKind>(LabelTable<TKind> kinds, string language, string? source)
        where TKind : struct, Enum =>
        List(
            Object(
                ("kind", Label(kinds, language)),
                ("text", Grammar.Sequence(Grammar.Literal("\""), Grammar.JsonSubstringOf(source ?? ""), Grammar.Literal("\"")))
            )
        );

    /// <summary>The letter of an option.</summary>
    public static Grammar Choice(LetteredOptions options) => options.JsonGrammar;

    /// <summary>A list.</summary>
    public static Grammar List(Grammar item) =>
        Grammar.Sequence(Grammar.Literal("["), Grammar.Repeat(item, 0, separator: Comma), Grammar.Literal("]"));

    /// <summary>An object with these fields in this order.</summary>
    public static Grammar Object(params ReadOnlySpan<(string Name, Grammar Value)> fields)
    {
        var parts = new List<Grammar>();
        foreach (var (name, value) in fields)
        {
            parts.Add(Grammar.Literal($"{(parts.Count == 0 ? "{" : ",")}\"{name}\":"));
            parts.Add(value);
        }

        parts.Add(Grammar.Literal("}"));
        return Grammar.Sequence(parts);
    }

    private static Grammar String(string text)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        new RecordWriter(utf8).WriteText(text);
        return Grammar.Literal(Encoding.UTF8.GetString(utf8.WrittenSpan));
    }
}
