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
            "NFC" => new UnicodeNormalizer(UnicodeForm.C),
            "NFD" => new UnicodeNormalizer(UnicodeForm.D),
            "NFKC" => new UnicodeNormalizer(UnicodeForm.KC),
            "NFKD" => new UnicodeNormalizer(UnicodeForm.KD),
            "Lowercase" => new LowercaseNormalizer(),
            "StripAccents" => new StripAccentsNormalizer(),
            "BertNormalizer" => BertNormalizer.From(json),
            "Prepend" => new PrependNormalizer(json["prepend"].String()),
            "Replace" => new ReplaceNormalizer(Replacement.Read(json)),
            "Strip" => new StripNormalizer(json.Flag("strip_left"), json.Flag("strip_right")),
            "Nmt" => new NmtNormalizer(),
            "Precompiled" => new PrecompiledNormalizer(CharsMap.FromBase64(json["precompiled_charsmap"])),
            "Sequence" => new NormalizerSequence([.. json["normalizers"].Items().Select(Read)]),
            _ => throw json.Unsupported(
                "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, BertNormalizer, Prepend, Replace, Strip, Nmt, Precompiled or Sequence"
            ),
        };
}
