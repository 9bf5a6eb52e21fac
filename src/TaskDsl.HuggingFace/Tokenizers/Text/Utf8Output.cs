using System.Buffers;
using System.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Text;

/// <summary>Writing UTF-8, character by character.</summary>
internal static class Utf8Output
{
    public static void Write(this ArrayBufferWriter<byte> output, Rune rune) => output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));

    public static void Write(this ArrayBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
