using System.Buffers;
using System.Globalization;
using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;
using TaskDsl.Unicode;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>BERT's basic cleaning: control characters go, Chinese characters become words, accents and capitals go if wanted.</summary>
internal sealed class BertNormalizer(bool clean, bool chinese, bool stripAccents, bool lowercase) : Normalizer
{
    public static BertNormalizer From(JsonPart json)
    {
        json.Only("clean_text", "handle_chinese_chars", "lowercase", "strip_accents");
        var lowercase = json.Flag("lowercase", true);
        return From(json, lowercase, json.Flag("strip_accents", lowercase), json.Flag("handle_chinese_chars", true));
    }

    /// <summary>The same with settings from elsewhere.</summary>
    public static BertNormalizer From(JsonPart json, bool lowercase, bool stripAccents, bool chinese) =>
        new(json.Flag("clean_text", true), chinese, stripAccents, lowercase);

    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, Place place)
    {
        var output = new ArrayBufferWriter<byte>(utf8.Length + 16);
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            utf8 = utf8[used..];
            if (clean)
            {
                if (IsControl(rune))
                    continue;
                if (Rune.IsWhiteSpace(rune))
                    rune = new Rune(' ');
            }

            if (chinese && IsChinese(rune.Value))
            {
                output.Write((byte)' ');
                output.Write(rune);
                output.Write((byte)' ');
            }
            else
            {
                output.Write(rune);
            }
        }

        var text = output.WrittenSpan;
        if (stripAccents)
            text = WithoutAccents(text);
        return lowercase ? Lower(text) : text;
    }

    private static ReadOnlySpan<byte> WithoutAccents(ReadOnlySpan<byte> utf8)
    {
        utf8 = UnicodeForm.D.Apply(utf8);
        if (System.Text.Ascii.IsValid(utf8))
            return utf8;
        var output = new ArrayBufferWriter<byte>(utf8.Length);
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            if (!Characters.IsNonSpacingMark(rune))
                output.Write(rune);
            utf8 = utf8[used..];
        }

        return output.WrittenSpan;
    }

    private static ReadOnlySpan<byte> Lower(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.ContainsAnyInRange((byte)'A', (byte)'Z') && System.Text.Ascii.IsValid(utf8))
            return utf8;
        var output = new ArrayBufferWriter<byte>(utf8.Length + 16);
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            LowercaseNormalizer.Write(rune, output);
            utf8 = utf8[used..];
        }

        return output.WrittenSpan;
    }

    // The format characters left out are newer than the reference's tables.
    private static bool IsControl(Rune rune) =>
        rune.Value is 0 or 0xFFFD
        || (
            rune.Value is not ('\t' or '\n' or '\r' or 0x890 or 0x891 or 0x8E2 or 0x110CD or (>= 0x13430 and <= 0x1343F))
            && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
        );

    // The gap behind 2B81F is the reference's own.
    private static bool IsChinese(int rune) =>
        rune
            is (>= 0x4E00 and <= 0x9FFF)
                or (>= 0x3400 and <= 0x4DBF)
                or (>= 0x20000 and <= 0x2A6DF)
                or (>= 0x2A700 and <= 0x2B73F)
                or (>= 0x2B740 and <= 0x2B81F)
                or (>= 0x2B920 and <= 0x2CEAF)
                or (>= 0xF900 and <= 0xFAFF)
                or (>= 0x2F800 and <= 0x2FA1F);
}
