using TaskDsl.HuggingFace.Tokenizers.Text;
using TaskDsl.Unicode;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>Brings a text into the form that the vocabulary was learned from.</summary>
internal abstract class Normalizer
{
    /// <summary>The normal form; the text itself where nothing changes.</summary>
    public abstract ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, Place place);

    public static Normalizer Read(JsonPart json) =>
        json.Type switch
        {
            "BertNormalizer" => BertNormalizer.From(json),
            "Prepend" => new PrependNormalizer(json.Only("prepend")["prepend"].String()),
            "Replace" => new ReplaceNormalizer(Replacement.Read(json)),
            "Strip" => new StripNormalizer(json.Only("strip_left", "strip_right").Flag("strip_left"), json.Flag("strip_right")),
            "Precompiled" => new PrecompiledNormalizer(CharsMap.FromBase64(json.Only("precompiled_charsmap")["precompiled_charsmap"])),
            "Sequence" => new NormalizerSequence([.. json.Only("normalizers")["normalizers"].Items().Select(Read)]),
            _ => Plain(json),
        };

    private static Normalizer Plain(JsonPart json)
    {
        Normalizer plain = json.Type switch
        {
            "NFC" => new UnicodeNormalizer(UnicodeForm.C),
            "NFD" => new UnicodeNormalizer(UnicodeForm.D),
            "NFKC" => new UnicodeNormalizer(UnicodeForm.KC),
            "NFKD" => new UnicodeNormalizer(UnicodeForm.KD),
            "Lowercase" => new LowercaseNormalizer(),
            "StripAccents" => new StripAccentsNormalizer(),
            "Nmt" => new NmtNormalizer(),
            _ => throw json.Unsupported(
                "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, BertNormalizer, Prepend, Replace, Strip, Nmt, Precompiled or Sequence"
            ),
        };
        json.Only();
        return plain;
    }
}
