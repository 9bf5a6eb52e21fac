using System.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Text;

/// <summary>GPT-2's alphabet: each of the 256 bytes as one printable character, so that tokens can be written as text.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Make();
    private static readonly Dictionary<char, byte> Bytes = Characters.Select((c, b) => (c, b)).ToDictionary(p => p.c, p => (byte)p.b);

    public static char Character(byte value) => Characters[value];

    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
            text.Append(Characters[value]);
        return text.ToString();
    }

    public static bool TryRead(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
            if (!Bytes.TryGetValue(text[i], out bytes[i]))
                return false;
        return true;
    }

    private static char[] Make()
    {
        var characters = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
            characters[b] = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? (char)b : (char)next++;
        return characters;
    }
}
