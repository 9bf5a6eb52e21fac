using System.Buffers;
using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>What a SentencePiece <c>.model</c> does to a text: its replacements, its white space, its ▁ in front.</summary>
internal sealed class SentencePieceNormalizer(CharsMap? map, ByteTrie userDefined, bool dummyPrefix, bool removeExtra, bool escape)
    : Normalizer
{
    private static readonly byte[] Meta = Encoding.UTF8.GetBytes(Characters.Meta.ToString());

    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, Place place)
    {
        var space = escape ? Meta : (ReadOnlySpan<byte>)" "u8;
        if (removeExtra)
            while (!utf8.IsEmpty && Step(utf8, out var used) is [(byte)' '])
                utf8 = utf8[used..];
        if (utf8.IsEmpty)
            return default;
        var output = new ArrayBufferWriter<byte>(utf8.Length * 2);
        if (dummyPrefix && place != Place.Continuing)
            output.Write(space);
        var behindSpace = removeExtra;
        while (!utf8.IsEmpty)
        {
            var piece = Step(utf8, out var used);
            utf8 = utf8[used..];
            if (behindSpace)
                piece = piece.TrimStart((byte)' ');
            if (piece.IsEmpty)
                continue;
            foreach (var b in piece)
            {
                if (b == ' ')
                    output.Write(space);
                else
                    output.Write(b);
            }

            behindSpace = removeExtra && piece[^1] == ' ';
        }

        var result = output.WrittenSpan;
        if (removeExtra)
            while (result.EndsWith(space))
                result = result[..^space.Length];
        return result;
    }

    /// <summary>What the beginning of the text becomes.</summary>
    private ReadOnlySpan<byte> Step(ReadOnlySpan<byte> utf8, out int used)
    {
        used = userDefined.LongestAt(utf8).Length;
        if (used > 0)
            return utf8[..used];
        if (map is not null && (used = map.Find(utf8, longest: true, out var replacement)) > 0)
            return replacement;
        if (Rune.DecodeFromUtf8(utf8, out _, out used) == OperationStatus.Done)
            return utf8[..used];
        return "\uFFFD"u8;
    }
}
