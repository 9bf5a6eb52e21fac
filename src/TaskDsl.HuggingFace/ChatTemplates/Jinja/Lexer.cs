using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>
/// Cuts a template into tokens by Jinja's own rules, with <c>trim_blocks</c> and <c>lstrip_blocks</c> as transformers sets them.
/// </summary>
internal sealed partial class Lexer
{
    private static readonly string[] Operators =
    [
        "//",
        "**",
        "==",
        "!=",
        ">=",
        "<=",
        "+",
        "-",
        "/",
        "*",
        "%",
        "~",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        ">",
        "<",
        "=",
        ".",
        ":",
        "|",
        ",",
        ";",
    ];
    private readonly List<Token> tokens = [];
    private readonly string source;
    private readonly int[] lines;
    private int at;

    // Whether what was cut last ended a line: white space before a tag then fills its line.
    private bool lineBegins = true;

    private Lexer(string template)
    {
        source = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        if (source.EndsWith('\n'))
            source = source[..^1];
        lines = [0, .. Enumerable.Range(0, source.Length).Where(i => source[i] == '\n').Select(i => i + 1)];
    }

    /// <summary>The tokens, with <see cref="TokenKind.End"/> behind them.</summary>
    /// <exception cref="JinjaException">A tag, a comment or a text is not closed, or there is a sign that Jinja does not have.</exception>
    public static IReadOnlyList<Token> Read(string template)
    {
        var lexer = new Lexer(template);
        while (lexer.at < lexer.source.Length)
            lexer.ReadData();
        lexer.Add(TokenKind.End, "", lexer.source.Length);
        return lexer.tokens;
    }

    private void ReadData()
    {
        var tag = NextTag(at);
        if (tag < 0)
        {
            Add(TokenKind.Data, source[at..], at);
            at = source.Length;
            return;
        }

        if (source[tag + 1] == '%' && RawBegin().Match(source, tag) is { Success: true } raw)
        {
            AddData(tag, raw.Groups[1].Value, isPrint: false);
            Move(raw);
            ReadRaw(tag);
            return;
        }

        var sign = tag + 2 < source.Length && source[tag + 2] is '-' or '+' ? source[tag + 2].ToString() : "";
        AddData(tag, sign, isPrint: source[tag + 1] == '{');
        at = tag + 2 + sign.Length;
        switch (source[tag + 1])
        {
            case '#':
                var end = CommentEnd().Match(source, at);
                if (!end.Success)
                    throw Bad(tag, "the comment is not closed: '#}' is missing.");
                Move(end);
                break;
            case '{':
                Add(TokenKind.PrintBegin, "{{", tag);
                ReadTag(tag, PrintEnd(), TokenKind.PrintEnd, "}}");
                break;
            default:
                Add(TokenKind.TagBegin, "{%", tag);
                ReadTag(tag, TagEnd(), TokenKind.TagEnd, "%}");
                break;
        }
    }

    private int NextTag(int from)
    {
        for (var i = source.IndexOf('{', from); i >= 0 && i + 1 < source.Length; i = source.IndexOf('{', i + 1))
            if (source[i + 1] is '{' or '%' or '#')
                return i;
        return -1;
    }

    /// <summary>The text before a tag, without the white space that the tag takes away.</summary>
    private void AddData(int tag, string sign, bool isPrint)
    {
        var end = tag;
        if (sign == "-")
        {
            while (end > at && char.IsWhiteSpace(source[end - 1]))
                end--;
        }
        else if (sign != "+" && !isPrint)
        {
            var line = source.LastIndexOf('\n', Math.Max(tag - 1, 0), tag - at) + 1;
            if (line == 0)
                line = lineBegins ? at : tag;
            if (string.IsNullOrWhiteSpace(source[line..tag]))
                end = line;
        }

        if (end > at)
            Add(TokenKind.Data, source[at..end], at);
    }

    private void ReadRaw(int tag)
    {
        var end = RawEnd().Match(source, at);
        if (!end.Success)
            throw Bad(tag, "'raw' is not closed: '{% endraw %}' is missing.");
        AddData(end.Index, end.Groups[1].Value, isPrint: false);
        Move(end);
    }

    private void ReadTag(int tag, Regex closing, TokenKind kind, string text)
    {
        var open = new Stack<char>();
        while (true)
        {
            while (at < source.Length && char.IsWhiteSpace(source[at]))
                at++;
            if (at >= source.Length)
                throw Bad(tag, $"the tag is not closed: '{text}' is missing.");
            if (open.Count == 0 && closing.Match(source, at) is { Success: true } end)
            {
                Add(kind, text, at);
                Move(end);
                return;
            }

            if (Number().Match(source, at) is { Success: true } number)
                ReadNumber(number.Value);
            else if (Word().Match(source, at) is { Success: true } word)
                Take(TokenKind.Name, word.Length, word.Value);
            else if (Quoted().Match(source, at) is { Success: true } quoted)
                Take(TokenKind.Text, quoted.Length, Unescape(quoted.Value[1..^1]));
            else if (Array.Find(Operators, o => string.CompareOrdinal(source, at, o, 0, o.Length) == 0) is { } sign)
                ReadOperator(sign, open);
            else
                throw Bad(at, source[at] is '\'' or '"' ? "the text is not closed by a quote." : $"'{source[at]}' is no sign of Jinja.");
        }
    }

    private void ReadOperator(string sign, Stack<char> open)
    {
        if (sign is "(" or "[" or "{")
            open.Push(
                sign[0] switch
                {
                    '(' => ')',
                    '[' => ']',
                    _ => '}',
                }
            );
        if (sign is ")" or "]" or "}" && (!open.TryPop(out var expected) || expected != sign[0]))
            throw Bad(at, $"'{sign}' closes nothing that is open here.");
        Take(TokenKind.Operator, sign.Length, sign);
    }

    private void ReadNumber(string text)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        var radix = digits.Length > 1 && digits[0] == '0' ? char.ToLowerInvariant(digits[1]) : ' ';
        object? value = null;
        if (radix is 'x' && long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
            value = hex;
        else if (
            radix is 'b'
            && long.TryParse(digits.AsSpan(2), NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out var binary)
        )
            value = binary;
        else if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
            value = whole;
        else if (
            digits.IndexOfAny(['.', 'e', 'E']) >= 0
            && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
        )
            value = real;
        Add(TokenKind.Number, text, at, value ?? throw Bad(at, $"the number {text} is not supported."));
        at += text.Length;
    }

    /// <summary>What a text in quotes stands for, by Python's escapes.</summary>
    private string Unescape(string quoted)
    {
        if (!quoted.Contains('\\', StringComparison.Ordinal))
            return quoted;
        var text = new StringBuilder();
        for (var i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] != '\\')
            {
                text.Append(quoted[i]);
                continue;
            }

            var escape = quoted[++i]; // The quote's pattern lets no single backslash stand last.
            var digits = escape switch
            {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            if (digits > 0)
            {
                var given = quoted.AsSpan(i + 1, Math.Min(digits, quoted.Length - i - 1));
                if (
                    given.Length < digits
                    || !int.TryParse(given, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                    || !(Rune.IsValid(code) || code is >= 0xD800 and <= 0xDFFF)
                )
                    throw Bad(at, $"'\\{escape}{given}' is no character.");
                text.Append(code < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32(code));
                i += digits;
            }
            else if (escape is >= '0' and <= '7')
            {
                var end = i + 1;
                while (end < quoted.Length && end < i + 3 && quoted[end] is >= '0' and <= '7')
                    end++;
                text.Append((char)Convert.ToInt32(quoted[i..end], 8));
                i = end - 1;
            }
            else
            {
                text.Append(
                    escape switch
                    {
                        'n' => "\n",
                        't' => "\t",
                        'r' => "\r",
                        'a' => "\a",
                        'b' => "\b",
                        'f' => "\f",
                        'v' => "\v",
                        '\n' => "",
                        '\\' => "\\",
                        '\'' => "'",
                        '"' => "\"",
                        'N' => throw Bad(at, "'\\N' is not supported; write the character itself."),
                        _ => "\\" + escape,
                    }
                );
            }
        }

        return text.ToString();
    }

    private void Take(TokenKind kind, int length, string text)
    {
        Add(kind, text, at);
        at += length;
    }

    private void Add(TokenKind kind, string text, int begin, object? value = null) =>
        tokens.Add(new Token(kind, text, PositionOf(begin), value));

    private void Move(Match match)
    {
        at = match.Index + match.Length;
        lineBegins = match.Length > 0 && source[at - 1] == '\n';
    }

    private JinjaException Bad(int begin, string problem) => new(PositionOf(begin), problem);

    private Position PositionOf(int begin)
    {
        var line = Array.BinarySearch(lines, begin);
        if (line < 0)
            line = ~line - 1;
        return new Position(line + 1, begin - lines[line] + 1);
    }

    [GeneratedRegex(@"\G\{%(-|\+|)\s*raw\s*(?:-%\}\s*|%\})")]
    private static partial Regex RawBegin();

    [GeneratedRegex(@"\{%(-|\+|)\s*endraw\s*(?:\+%\}|-%\}\s*|%\}\n?)")]
    private static partial Regex RawEnd();

    [GeneratedRegex(@"(?:\+#\}|-#\}\s*|#\}\n?)")]
    private static partial Regex CommentEnd();

    [GeneratedRegex(@"\G(?:\+%\}|-%\}\s*|%\}\n?)")]
    private static partial Regex TagEnd();

    [GeneratedRegex(@"\G(?:-\}\}\s*|\}\})")]
    private static partial Regex PrintEnd();

    [GeneratedRegex(
        @"\G(?:(?<!\.)(?:[0-9]+_)*[0-9]+(?:(?:\.(?:[0-9]+_)*[0-9]+)?[eE][+\-]?(?:[0-9]+_)*[0-9]+|\.(?:[0-9]+_)*[0-9]+)"
            + @"|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?[0-9])*|0(?:_?0)*)"
    )]
    private static partial Regex Number();

    [GeneratedRegex(@"\G[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\G(?:'[^'\\]*(?:\\.[^'\\]*)*'|""[^""\\]*(?:\\.[^""\\]*)*"")", RegexOptions.Singleline)]
    private static partial Regex Quoted();
}
