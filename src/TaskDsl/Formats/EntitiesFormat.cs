using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using TaskDsl.Codecs;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Formats;

/// <summary>
/// The entities, one a line, as <c>kind: text</c> with the kind's surface form, the text escaped as in <c>lines</c>; <c>-</c> for none.
/// </summary>
[Keyword("entities")]
[Writes("entities")]
public sealed record EntitiesFormat : OutputFormat
{
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics => [new MicroF1(), new ExactMatch()];

    /// <summary>Writes an answer.</summary>
    public void Write<TKind>(IBufferWriter<byte> utf8, LabelTable<TKind> kinds, string language, ValueList<Entity<TKind>> entities)
        where TKind : struct, Enum
    {
        if (entities.Count == 0)
            utf8.Write(Lines.None);
        for (var i = 0; i < entities.Count; i++)
        {
            if (i > 0)
                utf8.Write("\n"u8);
            utf8.Write(kinds.SurfaceUtf8(entities[i].Kind, language));
            utf8.Write(": "u8);
            Lines.WriteEscaped(utf8, entities[i].Text);
        }
    }

    /// <summary>Parses an answer; the error says why not.</summary>
    public bool TryParse<TKind>(
        ReadOnlySpan<byte> utf8,
        LabelTable<TKind> kinds,
        string language,
        [NotNullWhen(true)] out ValueList<Entity<TKind>>? entities,
        [NotNullWhen(false)] out string? error
    )
        where TKind : struct, Enum
    {
        entities = null;
        error = Utf8.IsValid(utf8) ? null : "the answer is not valid UTF-8";
        if (error is not null)
            return false;
        var found = new List<Entity<TKind>>();
        if (!utf8.SequenceEqual(Lines.None))
        {
            foreach (var range in utf8.Split((byte)'\n'))
            {
                var line = utf8[range];
                var colon = line.IndexOf(": "u8);
                if (colon < 0)
                {
                    error = $"'{Encoding.UTF8.GetString(line)}' is no entity, which is written 'kind: text'";
                    return false;
                }

                if (!kinds.TryParse(line[..colon], language, out var kind))
                {
                    error = kinds.Unknown(line[..colon], language);
                    return false;
                }

                if (!Lines.TryUnescape(line[(colon + 2)..], out var text, out error))
                    return false;
                found.Add(new Entity<TKind>(kind, text));
            }
        }

        entities = [.. found];
        return true;
    }

    /// <summary>All the texts that parse.</summary>
    public Grammars.Grammar Grammar<TKind>(LabelTable<TKind> kinds, string language)
        where TKind : struct, Enum =>
        Grammar(kinds, language, Grammars.Grammar.Choice(Grammars.Grammar.Line, Grammars.Grammar.Literal("-")));

    /// <summary>The texts that parse and whose entities are copied from a text.</summary>
    public Grammars.Grammar Grammar<TKind>(LabelTable<TKind> kinds, string language, string? source)
        where TKind : struct, Enum => Grammar(kinds, language, Grammars.Grammar.SubstringOf(source ?? ""));

    private static Grammars.Grammar Grammar<TKind>(LabelTable<TKind> kinds, string language, Grammars.Grammar text)
        where TKind : struct, Enum =>
        Lines.Grammar(Grammars.Grammar.Sequence(new LabelFormat().Grammar(kinds, language), Grammars.Grammar.Literal(": "), text));
}
