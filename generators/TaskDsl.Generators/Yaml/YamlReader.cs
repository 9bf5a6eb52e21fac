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
    private const int DeepestNesting = 64;
    private const string Unfinished = "the text ends in the middle of something; is a bracket, a brace or a quote not closed?";
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
        catch (YamlException e)
        {
            problems.Add(Explain(e, path, text));
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // YamlDotNet throws others, too (InvalidOperationException on an unclosed bracket); a generator must not.
            problems.Add(new Problem(Rules.BrokenYaml, path, EndOf(text), Unfinished));
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
            return new YamlScalar(
                span,
                scalar.Value,
                text.Substring(span.Start, span.Length),
                scalar.Style == ScalarStyle.Plain,
                scalar.Style == ScalarStyle.Literal
            );

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
        while (!parser.Accept<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1, cancellationToken);
            // The parser lets a tab pass that stands behind spaces; the next line's spaces would then not be those of this one.
            if (
                mapping.Style == MappingStyle.Block
                && text.LastIndexOf('\t', Math.Max(0, key.Span.Start - 1), Math.Min(key.Span.From.Character, key.Span.Start))
                    is var tab
                        and >= 0
            )
            {
                problems.Add(Tab(path, SourceText.From(text).Lines, key.Span.From.Line, tab - (key.Span.Start - key.Span.From.Character)));
                throw new Refused();
            }

            var value = ReadNode(depth + 1, cancellationToken);
            if (key is not YamlScalar name)
                problems.Add(new Problem(Rules.BrokenYaml, path, key.Span, $"a key must be a single word, this is {key.Description}"));
            else if (!seen.Add(name.Value))
                problems.Add(new Problem(Rules.DuplicateKey, path, key.Span, name.Value));
            else
                entries.Add(new YamlEntry(name, value));
        }

        return new YamlMapping(SpanOf(mapping.Start, parser.Consume<MappingEnd>().End), entries);
    }

    private void Refuse(SourceSpan span, string what, string instead)
    {
        problems.Add(new Problem(Rules.RefusedYaml, path, span, what, instead));
        throw new Refused();
    }

    private static Problem Explain(YamlException e, string path, string text)
    {
        // The parser speaks of "tokens" where a tab indents, and points at what stands above; this is the commonest mistake of all.
        var lines = SourceText.From(text).Lines;
        for (
            var i = Math.Min((int)Math.Max(0, e.Start.Line - 1), lines.Count - 1);
            i < lines.Count && (i <= e.End.Line || e.Message.Contains(" tab "));
            i++
        )
            if (IndentingTab(lines[i].ToString()) is var tab and >= 0)
                return Tab(path, lines, i, tab);

        if (e.Start.Index >= text.TrimEnd().Length)
            return new Problem(Rules.BrokenYaml, path, EndOf(text), Unfinished);
        var message = e.Message;
        var colon = message.IndexOf("): ", StringComparison.Ordinal);
        if (message.StartsWith("(", StringComparison.Ordinal) && colon > 0)
            message = message.Substring(colon + 3);
        return new Problem(Rules.BrokenYaml, path, SpanOf(e.Start, e.End), message.TrimEnd('.'));
    }

    private static int IndentingTab(string line)
    {
        for (var i = 0; i < line.Length && line[i] is ' ' or '\t'; i++)
            if (line[i] == '\t')
                return i;
        return -1;
    }

    private static Problem Tab(string path, TextLineCollection lines, int line, int column) =>
        new(
            Rules.BrokenYaml,
            path,
            new SourceSpan(lines[line].Start + column, 1, new LinePosition(line, column), new LinePosition(line, column + 1)),
            "a tab indents this line; YAML indents by spaces only"
        );

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

    private static SourceSpan EndOf(string text)
    {
        var lines = SourceText.From(text).Lines;
        var position = lines.GetLinePosition(text.Length);
        return new SourceSpan(text.Length, 0, position, position);
    }

    private sealed class Refused : Exception;
}
