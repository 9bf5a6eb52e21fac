namespace TaskDsl.HuggingFace.Tokenizers.Models;

/// <summary>What stands for a text that no token has: a token for each of its bytes, where there are such, or one unknown token.</summary>
/// <param name="Token">The unknown token; null = the text is dropped, or an error.</param>
/// <param name="Bytes">The tokens of the 256 bytes, -1 where there is none; null = no byte fallback.</param>
/// <param name="Fused">Whether unknown texts side by side are one unknown token.</param>
internal sealed record Unknown(int? Token, int[]? Bytes, bool Fused)
{
    /// <summary>Adds the bytes' tokens, if there is one for each.</summary>
    public bool TryBytes(ReadOnlySpan<byte> text, List<int> ids)
    {
        if (Bytes is null)
            return false;
        foreach (var b in text)
            if (Bytes[b] < 0)
                return false;
        foreach (var b in text)
            ids.Add(Bytes[b]);
        return true;
    }

    /// <summary>The byte tokens of a vocabulary: &lt;0x00&gt; and so on.</summary>
    public static int[] FindBytes(Func<string, int?> id) => [.. Enumerable.Range(0, 256).Select(b => id($"<0x{b:X2}>") ?? -1)];
}
