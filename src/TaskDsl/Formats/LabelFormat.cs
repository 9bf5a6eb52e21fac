using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Formats;

/// <summary>The one label's surface form.</summary>
[Keyword("label")]
[Writes("label")]
public sealed record LabelFormat : OutputFormat
{
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics => [new Accuracy(), new MacroF1()];

    /// <inheritdoc/>
    public override bool NamesClass => true;

    /// <summary>Writes an answer.</summary>
    public void Write<TLabel>(IBufferWriter<byte> utf8, LabelTable<TLabel> labels, string language, TLabel label)
        where TLabel : struct, Enum => utf8.Write(labels.SurfaceUtf8(label, language));

    /// <summary>Parses an answer; the error says why not.</summary>
    public bool TryParse<TLabel>(
        ReadOnlySpan<byte> utf8,
        LabelTable<TLabel> labels,
        string language,
        out TLabel label,
        [NotNullWhen(false)] out string? error
    )
        where TLabel : struct, Enum
    {
        var found = labels.TryParse(utf8, language, out label);
        error = found ? null : labels.Unknown(utf8, language);
        return found;
    }

    /// <summary>All the texts that parse.</summary>
    public Grammars.Grammar Grammar<TLabel>(LabelTable<TLabel> labels, string language)
        where TLabel : struct, Enum => Grammars.Grammar.Choice([.. labels.Surfaces(language).Select(Grammars.Grammar.Literal)]);
}
