using System.Buffers.Binary;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>
/// SentencePiece's compiled replacements (<c>precompiled_charsmap</c>): a Darts double-array trie, whose values are offsets into texts
/// that end in zero.
/// </summary>
internal sealed class CharsMap
{
    private readonly uint[] units;
    private readonly byte[] texts;

    /// <exception cref="ModelException">The map is broken.</exception>
    public CharsMap(ReadOnlySpan<byte> blob, string source)
    {
        var size = blob.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(blob) : 0;
        if (size == 0 || size % 4 != 0 || size > blob.Length - 4)
            throw new ModelException($"{source}: its precompiled_charsmap is broken.");
        units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(blob[(4 + i * 4)..]);
        texts = blob[(4 + (int)size)..].ToArray();
    }

    public static CharsMap FromBase64(JsonPart json) =>
        json.String() is not null && json.Value.TryGetBytesFromBase64(out var blob)
            ? new(blob, json.Source)
            : throw json.Bad("is no base64");

    /// <summary>What the shortest or longest known beginning of a text becomes.</summary>
    /// <returns>The length of that beginning; 0 = none is known.</returns>
    public int Find(ReadOnlySpan<byte> text, bool longest, out ReadOnlySpan<byte> replacement)
    {
        var (length, value) = (0, 0u);
        long node = Offset(units[0]);
        for (var i = 0; i < text.Length; i++)
        {
            node ^= text[i];
            if (node >= units.Length || Label(units[node]) != text[i])
                break;
            var unit = units[node];
            node ^= Offset(unit);
            if (node >= units.Length)
                break;
            if ((unit >> 8 & 1) == 0)
                continue;
            (length, value) = (i + 1, units[node] & 0x7FFFFFFF);
            if (!longest)
                break;
        }

        replacement = default;
        if (length == 0 || value >= texts.Length)
            return 0;
        replacement = texts.AsSpan((int)value);
        var end = replacement.IndexOf((byte)0);
        if (end >= 0)
            replacement = replacement[..end];
        return length;
    }

    private static uint Label(uint unit) => unit & 0x800000FF;

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);
}
