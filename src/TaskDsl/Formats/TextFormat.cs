using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Formats;

/// <summary>The one text as it is.</summary>
[Keyword("text")]
[Writes("text", "string")]
public sealed record TextFormat : OutputFormat
{
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics => [new RougeL(), new ExactMatch()];

    /// <summary>Writes an answer.</summary>
    public void Write(IBufferWriter<byte> utf8, string text) => Encoding.UTF8.GetBytes(text, utf8);

    /// <summary>Parses an answer; the error says why not.</summary>
    public bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        if (!Utf8.IsValid(utf8))
        {
            (text, error) = (null, "the answer is not valid UTF-8");
            return false;
        }

        (text, error) = (Encoding.UTF8.GetString(utf8), null);
        return true;
    }

    /// <summary>All the texts that parse.</summary>
    public Grammars.Grammar Grammar() => Grammars.Grammar.Text;
}
