using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;
using TaskDsl.Generators.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TaskDsl.Generators.Yaml;

/// <summary>
/// Reads one YAML document into an immutable tree with positions. Refuses what makes YAML a risk: anchors and aliases, tags, several
/// documents, deep nesting, duplicate keys, huge files. No text makes it throw.
/// </summary>
public sealed class YamlReader
{
    // A key and a colon that is none of YAML's: text before it has a space or other letters.
    private static readonly Regex WrongColon = new(@"^[A-Za-z_][A-Za-z0-9_-]*(：|:(?=[{\[""']))", RegexOptions.CultureInvariant);

    private static readonly Regex KeyAndBracket = new(@"^([A-Za-z_][A-Za-z0-9_-]*) [{\[]", RegexOptions.CultureInvariant);

    // ASCII words with such a comma between them are no text of any language.
    private static readonly Regex WrongComma = new(@"^[A-Za-z_][A-Za-z0-9_-]*[，、](?=[A-Za-z0-9_，、-]*$)", RegexOptions.CultureInvariant);

    private const int DeepestNesting = 64;
    private const int LongestText = 4 * 1024 * 1024;

    private readonly string text;
    private readonly string path;
    private readonly List<Problem> problems;
    private readonly IParser parser;

    private YamlReader(string path, string text, List<Problem> problems)
    {
        (this.path, this.text, this.problems) = (path, text, problems);
        parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>Reads a document; null where it cannot be read, and then there is a problem that says why.</summary>
    public static YamlNode? Read(string path, string text, List<Problem> problems, CancellationToken cancellationToken)
    {
        if (text.Length > LongestText)
        {
            problems.Add(new Problem(Rules.TooLarge, path, default, $"{text.Length / 1024 / 1024} MiB"));
            return null;
        }

        // The compiler takes a byte order mark off; a second one is an accident of tools.
        text = text.TrimStart('\uFEFF');
        try
        {
            return new YamlReader(path, text, problems).ReadDocument(cancellationToken);
        }
        catch (Refused)
        {
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // YamlDotNet throws others, too (InvalidOperationException on an unclosed bracket); a generator must not.
            problems.Add(YamlMistake.Of(e, path, text));
            return null;
        }
    }

    private YamlNode? ReadDocument(CancellationToken cancellationToken)
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            problems.Add(new Problem(Rules.EmptyFile, path, default));
            return null;
        }

        parser.Consume<DocumentStart>();
        var root = ReadNode(0, cancellationToken);
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out var second))
            Refuse(SpanOf(second.Start, second.End), "a second document (---)", "Put it into a file of its own.");
        return root;
    }

    private YamlNode ReadNode(int depth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (parser.Accept<AnchorAlias>(out var alias))
            Refuse(SpanOf(alias.Start, alias.End), $"the alias *{alias.Value}", "Write the value out where it is needed.");
        if (!parser.Accept<NodeEvent>(out var node))
            throw new InvalidOperationException();
        var span = SpanOf(node.Start, node.End);
        if (!node.Anchor.IsEmpty)
            Refuse(span, $"the anchor &{node.Anchor.Value}", "Write the value out where it is needed.");
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
            Refuse(span, $"the tag {node.Tag.Value}", "Types come from where the value stands.");
        if (depth > DeepestNesting)
            Refuse(span, $"nesting deeper than {DeepestNesting}", "Flatten the document.");

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            var (plain, block) = (scalar.Style == ScalarStyle.Plain, scalar.Style == ScalarStyle.Literal);
            var read = new YamlScalar(span, scalar.Value, text.Substring(span.Start, span.Length), plain, block)
            {
                IsCut = plain && text.AsSpan(span.Start + span.Length).TrimStart(' ') is ['#', ..],
            };
            CheckSigns(read, isKey: false);
            return read;
        }

        if (parser.TryConsume<SequenceStart>(out var start))
        {
            var items = new List<YamlNode>();
            while (!parser.Accept<SequenceEnd>(out _))
                items.Add(ReadNode(depth + 1, cancellationToken));
            return new YamlSequence(SpanOf(start.Start, parser.Consume<SequenceEnd>().End), items);
        }

        var mapping = parser.Consume<MappingStart>();
        var entries = new List<YamlEntry>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var isNew = true;
        while (!parser.Accept<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1, cancellationToken);
            CheckSigns(key, isKey: true);
            if (mapping.Style == MappingStyle.Block)
                CheckIndent(key);
            if (mapping.Style == MappingStyle.Flow && key is not YamlScalar && key.Span.Start > 0 && text[key.Span.Start - 1] == '{')
                Refuse(YamlMistake.Template(path, text, key.Span.Start - 1));

            var value = ReadNode(depth + 1, cancellationToken);
            if (key is not YamlScalar name)
                problems.Add(new Problem(Rules.BrokenYaml, path, key.Span, $"a key must be a single word, this is {key.Description}"));
            else if (seen.Add(name.Value))
            {
                entries.Add(new YamlEntry(name, value));
                isNew = true;
            }
            else
            {
                Twice(entries, name, value, isNew);
                isNew = false;
            }
        }

        return new YamlMapping(SpanOf(mapping.Start, parser.Consume<MappingEnd>().End), entries);
    }

    // Where the first has no value, the second is what was meant: nothing misses it on top of that. Several in a row lack the one key that
    // they should stand below.
    private void Twice(List<YamlEntry> entries, YamlScalar name, YamlNode value, bool isFirst)
    {
        if (isFirst)
            problems.Add(new Problem(Rules.DuplicateKey, path, name.Span, name.Value));
        var first = entries.FindIndex(entry => entry.Key.Value == name.Value);
        if (first >= 0 && entries[first].Value is YamlScalar { IsNull: true })
            entries[first] = new YamlEntry(entries[first].Key, value);
    }

    // The parser lets a tab pass that stands behind spaces, and takes other scripts' spaces for letters: the next line's spaces would then
    // not be those of this one.
    private void CheckIndent(YamlNode key)
    {
        var place = key.Span.Start - key.Span.From.Character;
        while (place < key.Span.Start && text[place] != '\t')
            place++;
        if (place < text.Length && text[place] != ' ' && char.IsWhiteSpace(text[place]) && text[place] is not ('\r' or '\n'))
            Refuse(YamlMistake.Indented(path, text, place));
    }

    private void CheckSigns(YamlNode node, bool isKey)
    {
        if (node is not YamlScalar { IsPlain: true } scalar || scalar.Raw != scalar.Value)
            return;
        if (isKey && WrongColon.Match(scalar.Value) is { Success: true, Length: var key })
            Refuse(YamlMistake.Colon(path, text, scalar.Span.Start + key - 1));
        if (isKey && KeyAndBracket.Match(scalar.Value) is { Success: true, Groups: var found })
            Refuse(YamlMistake.NoColon(path, text, scalar.Span.Start, found[1].Value));
        if (WrongComma.Match(scalar.Value) is { Success: true, Length: var word })
            Refuse(YamlMistake.Comma(path, text, scalar.Span.Start + word - 1));
    }

    private void Refuse(SourceSpan span, string what, string instead) => Refuse(new Problem(Rules.RefusedYaml, path, span, what, instead));

    private void Refuse(Problem problem)
    {
        problems.Add(problem);
        throw new Refused();
    }

    private static SourceSpan SpanOf(Mark start, Mark end)
    {
        static LinePosition Position(Mark mark) => new((int)Math.Max(0, mark.Line - 1), (int)Math.Max(0, mark.Column - 1));
        var from = Position(start);
        var to = Position(end);
        var length = (int)(end.Index - start.Index);
        return length > 0 && to > from
            ? new SourceSpan((int)start.Index, length, from, to)
            : new SourceSpan((int)start.Index, 0, from, from);
    }

    private sealed class Refused : Exception;
}
