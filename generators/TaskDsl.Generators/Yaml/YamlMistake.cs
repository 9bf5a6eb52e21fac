using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;
using TaskDsl.Generators.Diagnostics;
using YamlDotNet.Core;

namespace TaskDsl.Generators.Yaml;

/// <summary>
/// Why a text is no YAML, in words for the person who wrote it: the parser speaks of tokens, and often points behind the mistake.
/// </summary>
internal sealed class YamlMistake
{
    // A key, whatever stands where its colon should.
    private static readonly Regex Key = new(@"^\s*([A-Za-z_][\w-]*)(?=：|:[^\s/]|\s*$)", RegexOptions.CultureInvariant);

    private static readonly Regex FirstWord = new(@"^\s*([A-Za-z_][\w-]*) +\S", RegexOptions.CultureInvariant);

    // What a line has before its value. An item of words and a colon, as '- Rate this: …', is a text and no mapping.
    private static readonly Regex BeforeValue = new(@"^\s*(?:- (?![a-z_]+: )|(?:- )?[^:]*: )", RegexOptions.CultureInvariant);

    // A swept value that braces around it would end, in no quotes.
    private static readonly Regex Each = new(@"(?<=[{\[].*)(?<![""'])\$\{each\.[^}]*\}", RegexOptions.CultureInvariant);

    private readonly string path;
    private readonly string text;
    private readonly TextLineCollection lines;

    private YamlMistake(string path, string text) => (this.path, this.text, lines) = (path, text, SourceText.From(text).Lines);

    /// <summary>What a parser's error means.</summary>
    public static Problem Of(Exception error, string path, string text)
    {
        var mistake = new YamlMistake(path, text);
        return error is YamlException { Start.Line: > 0 } placed
            ? mistake.Tab(placed) ?? mistake.Placed(placed)
            : mistake.Unclosed() ?? mistake.At(text.Length, 0, "the text ends in the middle of something");
    }

    /// <summary>Another space or a tab that indents a line.</summary>
    public static Problem Indented(string path, string text, int place) =>
        new YamlMistake(path, text).At(place, 1, $"{Space(text[place])} indents this line; YAML indents by plain spaces only");

    /// <summary>A colon that ends no key: a full-width one, or one without a space behind it.</summary>
    public static Problem Colon(string path, string text, int place) => new YamlMistake(path, text).Colon(place);

    /// <summary>A key that a bracket follows, and no colon.</summary>
    public static Problem NoColon(string path, string text, int place, string word) => new YamlMistake(path, text).NoColon(place, word);

    /// <summary>A comma of Chinese and Japanese.</summary>
    public static Problem Comma(string path, string text, int place) =>
        new YamlMistake(path, text).At(place, 1, $"'{text[place]}' is a full-width comma; write ', ', a comma and a space");

    /// <summary>A template that YAML takes for a mapping in a mapping.</summary>
    public static Problem Template(string path, string text, int open)
    {
        var mistake = new YamlMistake(path, text);
        var (begins, value) = Value(mistake.lines.GetLineFromPosition(open));
        if (begins >= 0 && begins < open && value.IndexOf(": ", StringComparison.Ordinal) is >= 0 and var colon && begins + colon < open)
            return mistake.At(begins + colon, 1, $"a text with ': ' in it needs quotes: {Quoted(value)}");
        value = text.Substring(open, mistake.lines.GetLineFromPosition(open).End - open).TrimEnd();
        return mistake.At(open, value.Length, $"a text that begins with '{{{{' needs quotes: {Quoted(value)}");
    }

    private Problem Placed(YamlException error)
    {
        var (place, said) = ((int)Math.Min(error.Start.Index, text.Length), error.Message);
        if (place >= text.TrimEnd().Length)
            return Unclosed() ?? At(text.Length, 0, "the text ends in the middle of something");
        if (Each.Match(lines.GetLineFromPosition(place).ToString()) is { Success: true } each)
            return At(
                lines.GetLineFromPosition(place).Start + each.Index,
                each.Length,
                $"within {{ }} or [ ] a swept value needs quotes: \"{each.Value}\""
            );
        if (said.Contains("quoted scalar"))
            return said.Contains("escape")
                ? At((int)error.End.Index, 2, "a backslash in double quotes begins an escape, and this is none; write \\\\, or use '…'")
                : At(place, 1, $"this {text[place]} is never closed");
        if (said.Contains("block scalar"))
            return At(place, 1, $"the text behind '{text[place]}' begins in the next line, indented; to begin a text with it, use quotes");
        if (said.Contains("cannot start"))
            return At(place, 1, $"a text that begins with '{text[place]}' needs quotes");
        if (text[place] is ']' or '}')
            return Closing(place);
        if (said.Contains("node content") && Unclosed() is { } unclosed)
            return unclosed;
        var line = lines.GetLineFromPosition(place);
        if (text[place] == '-' && Indent(line) == place - line.Start && said.Contains("expected key"))
            return Indentation(line, place)
                ?? At(place, 1, "an item of a list where a key is expected; is the list's key missing above it?");
        return BadKey(line)
            ?? BehindValue(line, place)
            ?? Indentation(line, place)
            ?? NoColon(line)
            ?? At(place, (int)error.End.Index - place, Own(said));
    }

    /// <summary>The line, or the one above it, has a key and no colon behind it that YAML would know.</summary>
    private Problem? BadKey(TextLine line)
    {
        foreach (var at in new[] { Above(line), line })
            if (at is { } tried && Key.Match(tried.ToString()) is { Success: true } key && !tried.ToString().Contains(": "))
            {
                var (end, word) = (tried.Start + key.Index + key.Length, key.Groups[1].Value);
                if (end < tried.End && text[end] is '：' or ':')
                    return Colon(end);
                if (tried == line)
                    return NoColon(tried.Start + key.Groups[1].Index, word);
            }

        return null;
    }

    /// <summary>The line, or the one above it, begins with a word that should be a key.</summary>
    private Problem? NoColon(TextLine line)
    {
        foreach (var at in new[] { Above(line), line })
            if (
                at is { } tried
                && !tried.ToString().Contains(": ")
                && FirstWord.Match(tried.ToString()) is { Success: true, Groups: var found }
            )
                return NoColon(tried.Start + found[1].Index, found[1].Value);
        return null;
    }

    private Problem NoColon(int place, string word) => At(place, word.Length, $"a colon is missing behind '{word}'; write '{word}: …'");

    /// <summary>Something stands behind a value that is complete, or that quotes should hold together.</summary>
    private Problem? BehindValue(TextLine line, int place)
    {
        var (begins, value) = Value(line);
        if (begins < 0 || begins >= place || value.Length == 0)
            return null;
        if (text[place] == ':' && value.LastIndexOf('}') is >= 0 and var last && value.Count(c => c == '}') > value.Count(c => c == '{'))
            return Closing(begins + last);
        if (text[place] == ':')
            return At(place, 1, "a text with ': ' in it needs quotes" + (value[0] is '[' or '{' ? "" : $": {Quoted(value)}"));
        return value[0] switch
        {
            '\'' => At(place, 1, "the quotes end before this; put all of it into quotes, and write '' for each inside"),
            '"' => At(place, 1, "the quotes end before this; put all of it into quotes, and write \\\" for each inside"),
            '[' or '{' => At(begins, 1, $"a text that begins with '{value[0]}' needs quotes: {Quoted(value)}"),
            _ => null,
        };
    }

    private static (int Begins, string Value) Value(TextLine line) =>
        BeforeValue.Match(line.ToString()) is { Success: true, Length: var length }
            ? (line.Start + length, line.ToString().Substring(length).TrimEnd())
            : (-1, "");

    /// <summary>The line is indented as none is that it could belong to.</summary>
    private Problem? Indentation(TextLine line, int place)
    {
        var indent = Indent(line);
        if (Above(line) is not { } above || (place != line.Start + indent && text[place] != ':'))
            return null;
        var wrong = (Start: line.Start, Length: Math.Max(1, indent));
        if (indent > Indent(above))
            return At(
                wrong.Start,
                wrong.Length,
                $"this line is indented by {indent}, the one above it, which has its value already, by {Indent(above)}; indent both alike"
            );
        var levels = new List<int>();
        for (TextLine? up = above; up is { } other; up = Above(other))
            if (levels.Count == 0 || Indent(other) < levels[levels.Count - 1])
                levels.Add(Indent(other));
        if (levels.Contains(indent))
            return null;
        var near = levels.Where(level => level > indent).Reverse().Take(1).Concat(levels.Where(level => level < indent).Take(1));
        return At(
            wrong.Start,
            wrong.Length,
            $"this line is indented by {indent}, the lines that it could belong to by {string.Join(" or ", near)}"
        );
    }

    private Problem Closing(int place) => At(place, 1, $"this '{text[place]}' closes nothing that is open");

    private Problem Colon(int place) =>
        At(
            place,
            1,
            text[place] == '：'
                ? "'：' is a full-width colon; write ': ', a colon and a space"
                : "a space is missing behind this colon; only ': ' ends a key"
        );

    private Problem? Tab(YamlException error)
    {
        // The parser points at what stands above; this is the commonest mistake of all.
        for (
            var i = Math.Min((int)Math.Max(0, error.Start.Line - 1), lines.Count - 1);
            i < lines.Count && (i <= error.End.Line || error.Message.Contains(" tab "));
            i++
        )
        {
            var line = lines[i];
            var at = line.Start;
            while (at < line.End && text[at] == ' ')
                at++;
            if (at < line.End && text[at] == '\t')
                return Indented(path, text, at);
        }

        return null;
    }

    /// <summary>The bracket that the end of the text leaves open.</summary>
    private Problem? Unclosed()
    {
        var open = new Stack<int>();
        // What stands before, but for spaces: only at the beginning of a value a bracket or a quote is one.
        var before = '\n';
        for (var i = 0; i < text.Length; i++)
        {
            var begins = before is '\n' or ':' or '-' || (open.Count > 0 && before is '[' or '{' or ',');
            if (text[i] == '#' && (i == 0 || char.IsWhiteSpace(text[i - 1])))
                i = lines.GetLineFromPosition(i).End;
            else if (begins && text[i] is '"' or '\'')
                i = text.IndexOf(text[i], i + 1) is >= 0 and var end ? end : text.Length;
            else if (begins && text[i] is '[' or '{')
                open.Push(i);
            else if (text[i] is ']' or '}' && open.Count > 0)
                open.Pop();
            if (i < text.Length && text[i] is not (' ' or '\r'))
                before = text[i];
        }

        return open.Count == 0
            ? null
            : At(open.Peek(), 1, $"this '{text[open.Peek()]}' is never closed by '{(text[open.Peek()] == '[' ? ']' : '}')}'");
    }

    private TextLine? Above(TextLine line)
    {
        for (var i = line.LineNumber - 1; i >= 0; i--)
            if (lines[i].ToString().TrimStart() is { Length: > 0 } written && written[0] != '#')
                return lines[i];
        return null;
    }

    private static int Indent(TextLine line) => line.ToString().TakeWhile(c => c == ' ').Count();

    private static string Quoted(string value) =>
        value.Length > 60 ? "'…'"
        : value.Contains('"') || value.Contains('\\') ? $"'{value.Replace("'", "''")}'"
        : $"\"{value}\"";

    private static string Own(string said) =>
        said.Substring(said.IndexOf(", ", StringComparison.Ordinal) is >= 0 and var at ? at + 2 : 0).TrimEnd('.');

    private static string Space(char space) =>
        space switch
        {
            '\t' => "a tab",
            '\u3000' => "a full-width space",
            '\u00a0' => "a no-break space",
            _ => $"a space that is none (U+{(int)space:X4})",
        };

    private Problem At(int start, int length, string message)
    {
        start = Math.Min(start, text.Length);
        var span = TextSpan.FromBounds(start, Math.Min(text.Length, start + Math.Max(0, length)));
        var place = lines.GetLinePositionSpan(span);
        return new Problem(Rules.BrokenYaml, path, new SourceSpan(span.Start, span.Length, place.Start, place.End), message);
    }
}
