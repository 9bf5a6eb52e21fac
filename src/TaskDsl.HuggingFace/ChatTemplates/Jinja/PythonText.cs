using System.Globalization;
using System.Runtime.CompilerServices;

namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>Values as Python prints them and as its <c>json.dumps</c> writes them.</summary>
internal static class PythonText
{
    /// <summary>What <c>{{ value }}</c> prints.</summary>
    public static Text Print(object? value, Position at, Budget budget)
    {
        switch (value)
        {
            case Text text:
                return text;
            case Undefined:
                return Text.Empty;
            default:
                var builder = new TextBuilder();
                Represent(builder, value, at, budget);
                return builder.ToText();
        }
    }

    /// <summary>What <c>tojson</c> writes.</summary>
    public static Text Json(object? value, JsonStyle style, Position at, Budget budget)
    {
        var builder = new TextBuilder();
        WriteJson(builder, value, style, 0, at, budget);
        return builder.ToText();
    }

    /// <summary>A number as Python prints it: the shortest that reads back, with an exponent from 1e16 on.</summary>
    public static string Number(double value)
    {
        if (double.IsNaN(value))
            return "nan";
        if (double.IsInfinity(value))
            return value > 0 ? "inf" : "-inf";
        var size = Math.Abs(value);
        if (size != 0 && (size < 1e-4 || size >= 1e16))
        {
            var text = "";
            for (var digits = 0; digits < 17 && (text.Length == 0 || double.Parse(text, CultureInfo.InvariantCulture) != value); digits++)
                text = value.ToString("E" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            var e = text.IndexOf('E', StringComparison.Ordinal);
            var (mantissa, exponent) = (
                text[..e],
                int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            );
            return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)}";
        }

        var plain = value.ToString("R", CultureInfo.InvariantCulture);
        if (plain.Contains('E', StringComparison.Ordinal))
            plain = value.ToString("F0", CultureInfo.InvariantCulture);
        return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
    }

    private static void Represent(TextBuilder builder, object? value, Position at, Budget budget)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        budget.Spend((value as Text)?.Value.Length ?? 0);
        switch (value)
        {
            case null:
                builder.Append("None");
                break;
            case bool truth:
                builder.Append(truth ? "True" : "False");
                break;
            case long whole:
                builder.Append(whole.ToString(CultureInfo.InvariantCulture));
                break;
            case double real:
                builder.Append(Number(real));
                break;
            case Text text:
                Quote(builder, text);
                break;
            case List<object?> list:
                Join(list, "[", "]");
                break;
            case TupleValue tuple:
                Join(tuple.Items, "(", tuple.Items.Length == 1 ? ",)" : ")");
                break;
            case Dict dict:
                builder.Append("{");
                var first = true;
                foreach (var (key, item) in dict.Items)
                {
                    if (!first)
                        builder.Append(", ");
                    Represent(builder, key, at, budget);
                    builder.Append(": ");
                    Represent(builder, item, at, budget);
                    first = false;
                }

                builder.Append("}");
                break;
            case Undefined:
                builder.Append("Undefined");
                break;
            default:
                throw new JinjaException(at, $"{Operators.Kind(value)} cannot be printed.");
        }

        void Join(IReadOnlyList<object?> items, string begin, string end)
        {
            builder.Append(begin);
            for (var i = 0; i < items.Count; i++)
            {
                if (i > 0)
                    builder.Append(", ");
                Represent(builder, items[i], at, budget);
            }

            builder.Append(end);
        }
    }

    /// <summary>A text in quotes, with Python's escapes.</summary>
    private static void Quote(TextBuilder builder, Text text)
    {
        var quote = text.Value.Contains('\'', StringComparison.Ordinal) && !text.Value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        builder.Append(quote.ToString());
        foreach (var character in text.Characters())
        {
            var c = character.Value[0];
            var escaped = c switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when c == quote => "\\" + c,
                < ' ' or (>= '\x7f' and <= '\xa0') or '\xad' => $"\\x{(int)c:x2}",
                _ when character.Value.Length == 1
                        && char.GetUnicodeCategory(c)
                            is UnicodeCategory.Format
                                or UnicodeCategory.Surrogate
                                or UnicodeCategory.OtherNotAssigned
                                or UnicodeCategory.PrivateUse
                                or UnicodeCategory.LineSeparator
                                or UnicodeCategory.ParagraphSeparator
                                or UnicodeCategory.SpaceSeparator
                        && c != ' ' => $"\\u{(int)c:x4}",
                _ => null,
            };
            if (escaped is null)
                builder.Append(character);
            else
                builder.Append(escaped, character.Origins?[0] ?? Origin.Template);
        }

        builder.Append(quote.ToString());
    }

    private static void WriteJson(TextBuilder builder, object? value, JsonStyle style, int depth, Position at, Budget budget)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        budget.Spend((value as Text)?.Value.Length ?? 0);
        switch (value)
        {
            case null:
                builder.Append("null");
                break;
            case bool truth:
                builder.Append(truth ? "true" : "false");
                break;
            case long whole:
                builder.Append(whole.ToString(CultureInfo.InvariantCulture));
                break;
            case double real:
                builder.Append(
                    double.IsNaN(real) ? "NaN"
                    : double.IsInfinity(real)
                        ? real > 0 ? "Infinity"
                            : "-Infinity"
                    : Number(real)
                );
                break;
            case Text text:
                WriteJson(builder, text, style.Ascii);
                break;
            case Dict { Count: 0 }:
                builder.Append("{}");
                break;
            case Dict dict:
                var items = dict.Items;
                if (style.Sorted)
                    items = items.OrderBy(i =>
                        i.Key is Text key ? key : throw new JinjaException(at, "tojson can sort keys only where all are texts.")
                    );
                builder.Append("{");
                var first = true;
                foreach (var (key, item) in items)
                {
                    Separate(first);
                    WriteJson(builder, KeyText(key, at, budget), style.Ascii);
                    builder.Append(style.Colon);
                    WriteJson(builder, item, style, depth + 1, at, budget);
                    first = false;
                }

                Break(depth);
                builder.Append("}");
                break;
            case List<object?> or TupleValue:
                var all = Operators.Sequence(value)!;
                builder.Append("[");
                for (var i = 0; i < all.Count; i++)
                {
                    Separate(i == 0);
                    WriteJson(builder, all[i], style, depth + 1, at, budget);
                }

                if (all.Count > 0)
                    Break(depth);
                builder.Append("]");
                break;
            default:
                throw new JinjaException(at, $"tojson cannot write {Operators.Kind(value)}.");
        }

        void Separate(bool isFirst)
        {
            if (!isFirst)
                builder.Append(style.Comma);
            Break(depth + 1);
        }

        void Break(int level)
        {
            if (style.Indent is not { } indent)
                return;
            budget.Spend((long)indent.Length * level);
            builder.Append("\n" + string.Concat(Enumerable.Repeat(indent, level)));
        }
    }

    private static Text KeyText(object? key, Position at, Budget budget) =>
        key switch
        {
            Text text => text,
            null => "null",
            bool truth => truth ? "true" : "false",
            long or double => Print(key, at, budget),
            _ => throw new JinjaException(at, $"tojson cannot write {Operators.Kind(key)} as a key."),
        };

    private static void WriteJson(TextBuilder builder, Text text, bool ascii)
    {
        builder.Append("\"");
        var plain = 0;
        for (var i = 0; i < text.Value.Length; i++)
        {
            var c = text.Value[i];
            var escaped = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => $"\\u{(int)c:x4}",
                > '~' when ascii => $"\\u{(int)c:x4}",
                _ => null,
            };
            if (escaped is null)
                continue;
            builder.Append(text.Part(plain, i - plain));
            builder.Append(escaped, text.Origins?[i] ?? Origin.Template);
            plain = i + 1;
        }

        builder.Append(text.Part(plain, text.Value.Length - plain));
        builder.Append("\"");
    }
}

/// <summary>How <c>tojson</c> writes.</summary>
/// <param name="Indent">What a level is indented by; null = all in one line.</param>
/// <param name="Comma">What stands between items.</param>
/// <param name="Colon">What stands behind a key.</param>
/// <param name="Ascii">Whether other characters are escaped.</param>
/// <param name="Sorted">Whether keys are sorted.</param>
internal sealed record JsonStyle(string? Indent, string Comma, string Colon, bool Ascii, bool Sorted);
