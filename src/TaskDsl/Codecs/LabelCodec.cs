using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using TaskDsl.Tasks;

namespace TaskDsl.Codecs;

/// <summary>Format <c>label</c>: the label's surface form.</summary>
public static class LabelCodec
{
    /// <summary>Writes an answer.</summary>
    public static void Write<TLabel>(IBufferWriter<byte> utf8, LabelTable<TLabel> labels, string language, TLabel label)
        where TLabel : struct, Enum => utf8.Write(labels.SurfaceUtf8(label, language));

    /// <summary>Parses an answer; the error says why not.</summary>
    public static bool TryParse<TLabel>(
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
    public static Grammars.Grammar Grammar<TLabel>(LabelTable<TLabel> labels, string language)
        where TLabel : struct, Enum => Grammars.Grammar.Choice([.. labels.Surfaces(language).Select(Grammars.Grammar.Literal)]);
}
