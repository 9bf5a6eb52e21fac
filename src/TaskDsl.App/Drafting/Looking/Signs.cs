using System.Text.RegularExpressions;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>What a text shows at a glance.</summary>
internal static partial class Signs
{
    // What is looked at of one text: a long one shows it early, and must not cost more than others.
    private const int Looked = 2000;

    /// <summary>Whether a mail address stands in a text.</summary>
    public static bool HasMail(string text) => text.Contains('@', StringComparison.Ordinal) && Mail().IsMatch(Head(text));

    /// <summary>
    /// Whether a telephone number seems to stand in a text: with a plus, or in groups of digits, or a Chinese mobile number. Dates, sums
    /// and long numbers of orders are none.
    /// </summary>
    public static bool HasPhone(string text) => text.AsSpan().IndexOfAnyInRange('0', '9') >= 0 && Phone().IsMatch(Head(text));

    /// <summary>Whether a text has HTML tags.</summary>
    public static bool HasMarkup(string text) => text.Contains('<', StringComparison.Ordinal) && Tag().IsMatch(Head(text));

    /// <summary>Whether a text is a date or a moment and nothing else.</summary>
    public static bool IsDate(string text) =>
        text.Length is >= 8 and <= 40 && text.AsSpan().IndexOfAnyInRange('0', '9') >= 0 && Date().IsMatch(text);

    /// <summary>Whether a text is a link and nothing else.</summary>
    public static bool IsLink(string text) =>
        (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        && !text.Contains(' ', StringComparison.Ordinal);

    /// <summary>Whether a text is a list or an object written as text, as JSON and Python write them.</summary>
    public static bool IsStructure(string text) =>
        text.Length >= 2
        && (text[0], text[^1]) is ('{', '}') or ('[', ']')
        && (text is "{}" or "[]" || text.AsSpan().IndexOfAny('"', '\'', ':') >= 0 || text.Contains(',', StringComparison.Ordinal));

    private static string Head(string text) => text.Length <= Looked ? text : text[..Looked];

    [GeneratedRegex(@"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(\.[A-Za-z0-9\-]{1,63})*\.[A-Za-z]{2,24}\b", RegexOptions.None, 1000)]
    private static partial Regex Mail();

    [GeneratedRegex(
        @"(?<![\d.,\-])(\+\d{1,3}[ \-]?(\(\d{1,4}\)[ \-]?)?\d{2,4}([ \-]?\d{2,4}){1,3}"
            + @"|\(?\d{3}\)?[ \-]\d{3}[ \-]\d{4}|1[3-9]\d{9})(?![\d\-])",
        RegexOptions.None,
        1000
    )]
    private static partial Regex Phone();

    [GeneratedRegex(
        @"</?(p|br|div|span|a|b|i|li|ul|ol|td|tr|table|img|h[1-6]|em|strong|html|body|font|code|pre)\b[^<>]{0,500}>",
        RegexOptions.IgnoreCase,
        1000
    )]
    private static partial Regex Tag();

    [GeneratedRegex(
        @"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ,]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AP]M)?( ?(Z|UTC|[+\-]\d{2}:?\d{2}))?)?$",
        RegexOptions.IgnoreCase,
        1000
    )]
    private static partial Regex Date();
}
