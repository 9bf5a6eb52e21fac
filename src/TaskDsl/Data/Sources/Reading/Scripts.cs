using System.Buffers;
using System.Text;

namespace TaskDsl.Data.Sources.Reading;

/// <summary>Scripts that put no space between words: Chinese, Japanese, Thai, Lao, Tibetan, Myanmar, Khmer.</summary>
internal static class Scripts
{
    private static readonly (int First, int Last)[] Spaceless =
    [
        (0x0E00, 0x0FFF),
        (0x1000, 0x109F),
        (0x1780, 0x17FF),
        (0x2E80, 0x312F),
        (0x31A0, 0x9FFF),
        (0xF900, 0xFAFF),
        (0xFF65, 0xFF9F),
        (0x20000, 0x3FFFF),
    ];

    /// <summary>Whether a token begins with a character of such a script.</summary>
    public static bool IsSpaceless(string token) =>
        Rune.DecodeFromUtf16(token, out var rune, out _) == OperationStatus.Done
        && Spaceless.Any(range => rune.Value >= range.First && rune.Value <= range.Last);
}
