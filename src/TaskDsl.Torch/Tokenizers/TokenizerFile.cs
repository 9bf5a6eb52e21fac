using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Tokenizers;

/// <summary>A token that stands outside the learned vocabulary.</summary>
internal sealed record AddedToken(int Id, string Content, bool StripLeft, bool StripRight)
{
    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Content);
}

/// <summary>What <c>tokenizer.json</c> and <c>tokenizer_config.json</c> say, checked. What would change tokens and is not supported is an error.</summary>
internal sealed class TokenizerFile
{
    private readonly bool composes;

    private TokenizerFile(string source, string json, string configJson)
    {
        (Source, Json, ConfigJson) = (source, json, configJson);
        using var document = JsonDocument.Parse(json);
        using var config = JsonDocument.Parse(configJson);
        var root = document.RootElement;
        var bpe = root.GetProperty("model");
        Require(Text(bpe, "type") == "BPE" && !Flag(bpe, "byte_fallback") && !Given(bpe, "continuing_subword_prefix") && !Given(bpe, "end_of_word_suffix"), $"its model is '{Text(bpe, "type")}'; only byte-level BPE is supported.");
        Require(!Given(bpe, "dropout"), "its model has dropout.");
        IgnoreMerges = Flag(bpe, "ignore_merges");
        composes = Composes(root);
        (PreTokenizer, PrefixSpace) = ReadPreTokenizer(root);

        foreach (var token in bpe.GetProperty("vocab").EnumerateObject()) Require(Ids.TryAdd(token.Name, Id(token.Value)), $"the token '{token.Name}' is there twice.");
        var added = root.TryGetProperty("added_tokens", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
        Added = [.. added.Select(t => new AddedToken(Id(t.GetProperty("id")), t.GetProperty("content").GetString()!, Flag(t, "lstrip"), Flag(t, "rstrip"))).OrderByDescending(t => t.Utf8.Length)];
        foreach (var token in Added)
        {
            Require(token.Utf8.Length > 0, "an added token is empty.");
            Ids[token.Content] = token.Id;
        }

        Require(Ids.Values.Distinct().Count() == Ids.Count, "two tokens have the same id.");
        AddedStarts = SearchValues.Create([.. Added.Select(a => a.Utf8[0]).Distinct()]);
        Bytes = [.. Enumerable.Range(0, 256).Select(b => Ids.TryGetValue(ByteAlphabet.Character((byte)b).ToString(), out var id) ? id : throw Bad($"no token stands for the byte 0x{b:X2}."))];
        ReadMerges(bpe);
        Prefix = ReadPrefix(root);
        EndOfText = Special(config.RootElement, "eos_token") ?? Known("<|endoftext|>", "<|end_of_text|>", "</s>", "<|eot_id|>", "<|im_end|>");
        Padding = Special(config.RootElement, "pad_token");
    }

    public string Source { get; }

    public string Json { get; }

    public string ConfigJson { get; }

    public Dictionary<string, int> Ids { get; } = new(StringComparer.Ordinal);

    /// <summary>Longest first.</summary>
    public IReadOnlyList<AddedToken> Added { get; }

    /// <summary>The bytes that added tokens begin with.</summary>
    public SearchValues<byte> AddedStarts { get; }

    public int[] Bytes { get; }

    public Dictionary<(int Left, int Right), (int Rank, int Id)> Merges { get; } = [];

    public bool IgnoreMerges { get; }

    public PreTokenizer PreTokenizer { get; }

    public bool PrefixSpace { get; }

    public IReadOnlyList<int> Prefix { get; }

    public string? EndOfText { get; }

    public string? Padding { get; }

    public static TokenizerFile Load(string folder)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path)) throw new ModelException($"'{folder}' has no tokenizer.json; only byte-level BPE tokenizers in that form are supported.");
        var config = Path.Combine(folder, "tokenizer_config.json");
        return Parse(path, File.ReadAllText(path), File.Exists(config) ? File.ReadAllText(config) : "{}");
    }

    public static TokenizerFile Parse(string source, string json, string configJson)
    {
        try
        {
            return new TokenizerFile(source, json, configJson);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or RegexParseException)
        {
            throw new ModelException($"{source} is no tokenizer.json of a byte-level BPE tokenizer: {e.Message}", e);
        }
    }

    /// <summary>The text in the form that the tokenizer was trained on.</summary>
    public ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> utf8)
    {
        if (!composes || IsComposed(utf8)) return utf8;
        if (!CanCompose) throw new ModelException($"{Source} composes accents (NFC), which this program cannot: it was built with InvariantGlobalization. Set it to false, or give composed text.");
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8).Normalize(NormalizationForm.FormC));
    }

    private static bool CanCompose { get; } = "e\u0301".Normalize(NormalizationForm.FormC) == "\u00E9";

    /// <summary>Whether a text has only characters that NFC never changes; false where this is not certain.</summary>
    private static bool IsComposed(ReadOnlySpan<byte> utf8)
    {
        foreach (var rune in Encoding.UTF8.GetString(utf8).EnumerateRunes())
        {
            if (rune.Value < 0x300) continue;
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark) return false;
            // Letters that decompose into others, and the blocks (Indic, Hangul jamo, compatibility) in which some do.
            if (rune.Value is 0x374 or 0x37E or 0x387 or (>= 0x900 and <= 0xFFF) or (>= 0x1100 and <= 0x11FF) or (>= 0x1F00 and <= 0x1FFF) or 0x2000 or 0x2001
                or 0x2126 or 0x212A or 0x212B or 0x2329 or 0x232A or 0x2ADC or (>= 0xA960 and <= 0xA97F) or (>= 0xD7B0 and <= 0xD7FF) or (>= 0xF900 and <= 0xFAFF)
                or (>= 0xFB1D and <= 0xFB4F) or (>= 0x11000 and <= 0x11FFF) or (>= 0x16000 and <= 0x16FFF) or (>= 0x1D15E and <= 0x1D1C0) or (>= 0x2F800 and <= 0x2FA1F)) return false;
        }

        return true;
    }

    private bool Composes(JsonElement root)
    {
        if (!Given(root, "normalizer")) return false;
        var type = Text(root.GetProperty("normalizer"), "type");
        return type == "NFC" ? true : throw Bad($"its normalizer '{type}' is not supported; expected none or NFC.");
    }

    private (PreTokenizer, bool PrefixSpace) ReadPreTokenizer(JsonElement root)
    {
        Require(Given(root, "pre_tokenizer"), "it has no pre-tokenizer; byte-level BPE needs one.");
        var all = root.GetProperty("pre_tokenizer");
        var stages = new List<Regex>();
        bool prefix = false, byteLevel = false;
        foreach (var one in Text(all, "type") == "Sequence" ? [.. all.GetProperty("pretokenizers").EnumerateArray()] : new List<JsonElement> { all })
        {
            switch (Text(one, "type"))
            {
                case "ByteLevel":
                    byteLevel = true;
                    prefix = Flag(one, "add_prefix_space");
                    if (!one.TryGetProperty("use_regex", out var use) || use.GetBoolean()) stages.Add(PreTokenizer.Expression(PreTokenizer.Gpt2));
                    break;
                case "Split" when Text(one, "behavior") == "Isolated" && !Flag(one, "invert"):
                    var pattern = one.GetProperty("pattern");
                    stages.Add(PreTokenizer.Expression(pattern.TryGetProperty("Regex", out var regex) ? regex.GetString()! : Regex.Escape(pattern.GetProperty("String").GetString()!)));
                    break;
                case "Digits":
                    stages.Add(PreTokenizer.Expression(Flag(one, "individual_digits") ? @"\p{N}" : @"\p{N}+"));
                    break;
                case var type:
                    throw Bad($"its pre-tokenizer '{type}' is not supported in this form; expected ByteLevel, Split (isolated) or Digits.");
            }
        }

        Require(byteLevel, "it has no ByteLevel pre-tokenizer; only byte-level BPE is supported.");
        Require(!prefix || stages.Count <= 1, "a prefix space with several pre-tokenizers is not supported.");
        return (new PreTokenizer(stages), prefix);
    }

    private void ReadMerges(JsonElement bpe)
    {
        var rank = 0;
        foreach (var merge in bpe.GetProperty("merges").EnumerateArray())
        {
            var pair = merge.ValueKind == JsonValueKind.Array ? [.. merge.EnumerateArray().Select(p => p.GetString()!)] : merge.GetString()!.Split(' ');
            Require(pair.Length == 2, $"the merge {merge.GetRawText()} is no pair.");
            Require(Ids.TryGetValue(pair[0], out var left) & Ids.TryGetValue(pair[1], out var right) & Ids.TryGetValue(pair[0] + pair[1], out var both), $"the merge {merge.GetRawText()} names a token that is not there.");
            Merges.TryAdd((left, right), (rank++, both));
        }
    }

    /// <summary>The special tokens that the post-processor puts before a text.</summary>
    private List<int> ReadPrefix(JsonElement root)
    {
        if (!Given(root, "post_processor")) return [];
        var all = root.GetProperty("post_processor");
        var prefix = new List<int>();
        foreach (var one in Text(all, "type") == "Sequence" ? [.. all.GetProperty("processors").EnumerateArray()] : new List<JsonElement> { all })
        {
            if (Text(one, "type") == "RobertaProcessing") prefix.Add(Id(one.GetProperty("cls")[1]));
            if (Text(one, "type") != "TemplateProcessing") continue;
            foreach (var item in one.GetProperty("single").EnumerateArray())
            {
                if (!item.TryGetProperty("SpecialToken", out var token)) break;
                prefix.AddRange(one.GetProperty("special_tokens").GetProperty(token.GetProperty("id").GetString()!).GetProperty("ids").EnumerateArray().Select(Id));
            }
        }

        return prefix;
    }

    private string? Special(JsonElement config, string name)
    {
        if (!Given(config, name)) return null;
        var value = config.GetProperty(name);
        var token = value.ValueKind == JsonValueKind.Object ? Text(value, "content") : value.GetString();
        Require(token is not null && Ids.ContainsKey(token), $"tokenizer_config.json names '{token}' as {name}, which tokenizer.json does not have.");
        return token;
    }

    private string? Known(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (Ids.ContainsKey(name)) return name;
        return null;
    }

    private int Id(JsonElement value) => value.TryGetInt32(out var id) && id is >= 0 and < 1 << 24 ? id : throw Bad($"the token id {value.GetRawText()} is no id.");

    private void Require(bool holds, string otherwise)
    {
        if (!holds) throw Bad(otherwise);
    }

    private ModelException Bad(string problem) => new($"{Source}: {problem}");

    private static bool Given(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static string? Text(JsonElement json, string name) => Given(json, name) ? json.GetProperty(name).GetString() : null;

    private static bool Flag(JsonElement json, string name) => Given(json, name) && json.GetProperty(name).GetBoolean();
}
