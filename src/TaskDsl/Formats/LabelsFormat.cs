using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using TaskDsl.Codecs;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Formats;

/// <summary>The chosen labels' surface forms, one a line, in the order of their declaration; <c>-</c> for none.</summary>
[Keyword("labels")]
[Writes("labels")]
public sealed record LabelsFormat : OutputFormat
{
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics => [new MicroF1(), new ExactMatch()];

    /// <summary>Writes an answer.</summary>
    public void Write<TLabel>(IBufferWriter<byte> utf8, LabelTable<TLabel> labels, string language, LabelSet<TLabel> set)
        where TLabel : struct, Enum
    {
        if (set.Count == 0)
            utf8.Write(Lines.None);
        for (var i = 0; i < set.Count; i++)
        {
            if (i > 0)
                utf8.Write("\n"u8);
            utf8.Write(labels.SurfaceUtf8(set[i], language));
        }
    }

    /// <summary>Parses an answer, whatever the order of its lines; the error says why not.</summary>
    public bool TryParse<TLabel>(
        ReadOnlySpan<byte> utf8,
        LabelTable<TLabel> labels,
        string language,
        [NotNullWhen(true)] out LabelSet<TLabel>? set,
        [NotNullWhen(false)] out string? error
    )
        where TLabel : struct, Enum
    {
        set = null;
        var found = new List<TLabel>();
        if (!utf8.SequenceEqual(Lines.None))
        {
            foreach (var line in utf8.Split((byte)'\n'))
            {
                if (!labels.TryParse(utf8[line], language, out var label))
                {
                    error = labels.Unknown(utf8[line], language);
                    return false;
                }

                found.Add(label);
            }
        }

        set = [.. found];
        error = labels.Lacking(set.Count) is { } few ? $"{few}; expected {labels.Wanted}" : null;
        return error is null;
    }

    /// <summary>The texts that are written; others that parse have their lines in another order.</summary>
    public Grammars.Grammar Grammar<TLabel>(LabelTable<TLabel> labels, string language)
        where TLabel : struct, Enum
    {
        Grammars.Grammar[] surfaces = [.. labels.Surfaces(language).Select(Grammars.Grammar.Literal)];
        var some = Grammars.Grammar.SomeOf(surfaces, Grammars.Grammar.Literal("\n"), labels.AtLeast);
        return labels.AtLeast > 0 ? some : Grammars.Grammar.Choice(Grammars.Grammar.Literal("-"), some);
    }
}
