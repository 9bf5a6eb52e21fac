using System.Buffers;
using System.Text;

namespace TaskDsl.Data.Files;

/// <summary>Text that is not in UTF-8.</summary>
internal static class Encodings
{
    /// <summary>What is wrong with bytes that should be UTF-8, and what to do; null where nothing is.</summary>
    public static string? Wrong(ReadOnlySpan<byte> text)
    {
        if (System.Text.Unicode.Utf8.IsValid(text))
            return null;
        var at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out _, out var used) == OperationStatus.Done)
            at += used;
        return $"invalid UTF-8 at byte {at + 1} (0x{text[at]:X2}); if the file is in another encoding, convert it, as with "
            + "'iconv -f WINDOWS-1252 -t UTF-8' (or -f GB18030)";
    }
}
