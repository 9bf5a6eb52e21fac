using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using TaskDsl.Codecs;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Formats;

/// <summary>The letter of the one option (as in MMLU, arXiv 2009.03300, and Lawma, arXiv 2407.16615).</summary>
/// <remarks>
/// A record's options are shown under letters in an order that its input alone draws, so that no letter is right more often than another;
/// of several right options the one whose letter comes first is learned.
/// </remarks>
[Keyword("choice")]
[Writes("choice")]
public sealed record ChoiceFormat : OutputFormat
{
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics => [new Accuracy()];

    /// <inheritdoc/>
    public override bool NamesOne => true;

    /// <summary>Writes an answer.</summary>
    public void Write(IBufferWriter<byte> utf8, LetteredOptions options, string text) =>
        Encoding.ASCII.GetBytes(options.Letter(text), utf8);

    /// <summary>Writes one of the answers that are right.</summary>
    public void Write(IBufferWriter<byte> utf8, LetteredOptions options, ValueList<string> right) =>
        Encoding.ASCII.GetBytes(options.Letter(right)[0], utf8);

    /// <summary>Parses an answer; the error says why not.</summary>
    public bool TryParse(
        ReadOnlySpan<byte> utf8,
        LetteredOptions options,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out string? error
    ) => options.TryParse(utf8, out text, out error);

    /// <summary>All the texts that parse.</summary>
    public Grammars.Grammar Grammar(LetteredOptions options) => options.Grammar;
}
