using System.Text.Json;
using TaskDsl.HuggingFace.Tokenizers.Models;
using TaskDsl.HuggingFace.Tokenizers.Normalizers;

namespace TaskDsl.HuggingFace.Tokenizers.Reading;

/// <summary>
/// What <c>tokenizer_config.json</c> says beside <c>tokenizer.json</c>: what transformers 4 makes of it is done, what else would be at odds
/// is told, and so is what is not known.
/// </summary>
internal static class TokenizerSettings
{
    /// <summary>
    /// The classes that put tokens of their own around a text, whatever <c>tokenizer.json</c> says, and whether BOS is one by default.
    /// </summary>
    private static readonly Dictionary<string, bool> Rebuilding = new(StringComparer.Ordinal)
    {
        ["CodeLlamaTokenizer"] = true,
        ["CohereTokenizer"] = true,
        ["GemmaTokenizer"] = true,
        ["GPTNeoXTokenizer"] = false,
        ["LlamaTokenizer"] = true,
    };

    /// <summary>The classes that put three settings of their own into a BertNormalizer, whatever <c>tokenizer.json</c> says.</summary>
    private static readonly string[] Cleaning = Names(
        """
        BertTokenizer ConvBertTokenizer DistilBertTokenizer DPRContextEncoderTokenizer DPRQuestionEncoderTokenizer
        DPRReaderTokenizer ElectraTokenizer FunnelTokenizer LayoutLMTokenizer LxmertTokenizer MobileBertTokenizer
        RealmTokenizer RetriBertTokenizer SqueezeBertTokenizer
        """
    );

    /// <summary>Settings of tokenizer_config.json that are read, or change no token, each group with its reason.</summary>
    private static readonly string[] Known =
    [
        // Read.
        .. Names(
            """
            add_bos_token add_eos_token add_prefix_space added_tokens_decoder additional_special_tokens bos_token chat_template
            cls_token do_basic_tokenize do_lower_case eos_token extra_ids extra_special_tokens mask_token never_split pad_token
            sep_token split_special_tokens strip_accents tokenize_chinese_chars tokenizer_class unk_token
            """
        ),
        // How rows are filled and cut, which the batches decide.
        .. Names(
            """
            max_length model_input_names model_max_length pad_to_multiple_of pad_token_type_id padding padding_side stride
            truncation truncation_side truncation_strategy
            """
        ),
        // Who made it, of which files, and by what it is opened.
        .. Names(
            """
            backend device_map from_slow is_local local_files_only name_or_path processor_class special_tokens_map_file
            tokenizer_file transformers_version trust_remote_code use_fast vocab_file
            """
        ),
        // How a slow tokenizer works, of which tokenizer.json was made.
        .. Names(
            """
            do_word_tokenize legacy sp_model_kwargs tokenizer_type trim_offsets wordpieces_prefix
            """
        ),
        // How texts are made of tokens, which tokenizer.json's decoder says, and prompts, which the template says.
        .. Names(
            """
            clean_up_tokenization_spaces errors spaces_between_special_tokens use_default_system_prompt
            """
        ),
    ];

    private static readonly string[] Parts =
    [
        "added_tokens",
        "decoder",
        "model",
        "normalizer",
        "padding",
        "post_processor",
        "pre_tokenizer",
        "truncation",
        "version",
    ];

    /// <summary>The tokenizer as transformers 4 would have it, with what its user should know.</summary>
    /// <param name="parts">What tokenizer.json says.</param>
    /// <param name="json">tokenizer.json.</param>
    public static TokenizerParts Apply(TokenizerParts parts, JsonPart json)
    {
        var config = parts.Files.Config;
        var name = config.Text("tokenizer_class")?.Replace("Fast", "", StringComparison.Ordinal) ?? "";
        if (Rebuilding.TryGetValue(name, out var begins))
            parts = parts with
            {
                Frame = Frame.Around(
                    config.Flag("add_bos_token", begins) ? [Role("bos_token")] : [],
                    config.Flag("add_eos_token") ? [Role("eos_token")] : [],
                    1
                ),
            };
        var cleans = Cleaning.Contains(name) && json.Find("normalizer") is { Type: "BertNormalizer" };
        if (cleans)
            parts = Cleaned(parts, json["normalizer"], name);
        return parts with
        {
            Notices = [.. parts.Notices, .. AtOdds(parts, json, cleans), .. Unknown(config, Known), .. Unknown(json, Parts)],
        };

        int Role(string role) =>
            parts.Roles.TryGetValue(role, out var id)
                ? id
                : throw config.Bad(
                    $"puts the {role} around every text (add_{role} of a {name}), and no token is it; expected {role}, or add_{role}: false"
                );
    }

    /// <summary>The parts with the normalizer that a class of BERT's makes (transformers 4.57, BertTokenizerFast).</summary>
    private static TokenizerParts Cleaned(TokenizerParts parts, JsonPart own, string name)
    {
        var config = parts.Files.Config;
        var lowercase = (Wanted: config.Flag("do_lower_case", true), Own: own.Flag("lowercase", true));
        var chinese = (Wanted: config.Flag("tokenize_chinese_chars", true), Own: own.Flag("handle_chinese_chars", true));
        var accents = (Wanted: config.Flag("strip_accents", lowercase.Wanted), Own: own.Flag("strip_accents", lowercase.Own));
        (string Setting, string Own, (bool Wanted, bool Own) Values)[] all =
        [
            ("do_lower_case", "lowercase", lowercase),
            ("strip_accents", "strip_accents", accents),
            ("tokenize_chinese_chars", "handle_chinese_chars", chinese),
        ];
        return parts with
        {
            Normalizer = BertNormalizer.From(own, lowercase.Wanted, accents.Wanted, chinese.Wanted),
            Notices =
            [
                .. all.Where(setting => setting.Values.Wanted != setting.Values.Own)
                    .Select(setting =>
                        $"{config.Source}: {setting.Setting} is {Word(setting.Values.Wanted)}"
                        + (config.Has(setting.Setting) ? "" : $" (a {name}'s default)")
                        + $", and {Path.GetFileName(own.Source)} is at odds with it: its normalizer has {setting.Own}: "
                        + $"{Word(setting.Values.Own)}. What {Path.GetFileName(config.Source)} says holds, as transformers has it for "
                        + $"a {name}."
                    ),
            ],
        };
    }

    private static IEnumerable<string> AtOdds(TokenizerParts parts, JsonPart json, bool cleaned)
    {
        var config = parts.Files.Config;
        if (json.Find("model")?.Text("unk_token") is { Length: > 0 } unknown && parts.Vocabulary.Find(unknown) is null)
            yield return $"{json.Source}: the model's unk_token is '{unknown}', and no token is it: what has no token is left out, or an "
                + "error.";
        foreach (var (role, around) in new[] { ("bos_token", parts.Frame.Prefix), ("eos_token", parts.Frame.Suffix) })
            if (config.Has($"add_{role}") && parts.Roles.TryGetValue(role, out var id) && config.Flag($"add_{role}") != around.Contains(id))
                yield return Odd($"add_{role}", around.Contains(id) ? "its post_processor adds the token" : "its post_processor adds none");
        if (config.Flag("split_special_tokens"))
            yield return Odd("split_special_tokens", "special tokens are recognised");
        foreach (
            var (setting, place, own) in new[]
            {
                ("add_prefix_space", "pre_tokenizer", "add_prefix_space"),
                ("do_lower_case", "normalizer", "lowercase"),
                ("strip_accents", "normalizer", "strip_accents"),
                ("tokenize_chinese_chars", "normalizer", "handle_chinese_chars"),
            }
        )
            if (
                !(cleaned && place == "normalizer")
                && config.Has(setting)
                && json.Find(place) is { } part
                && Values(part, own).FirstOrDefault() is { } said
                && said != config.Flag(setting)
            )
                yield return Odd(setting, $"its {place} has {own}: {Word(said)}");
        foreach (var list in (string[])["additional_special_tokens", "extra_special_tokens"])
            if (config.Find(list) is { Value.ValueKind: JsonValueKind.Array } tokens)
                foreach (var token in tokens.Items())
                {
                    var text = token.Value.ValueKind == JsonValueKind.Object ? token.Text("content") : token.String();
                    if (!parts.Added.Any(added => added.Special && added.Content == text))
                        yield return $"{config.Source}: {list} has '{text}', which is no special token of "
                            + $"{json.Source}: it stays plain text.";
                }

        string Odd(string setting, string other) =>
            $"{config.Source}: {setting} is {config[setting].Value.GetRawText()}, and {Path.GetFileName(json.Source)} is at odds with it: "
            + $"{other}. What {Path.GetFileName(json.Source)} says holds.";
    }

    private static string Word(bool value) => value ? "true" : "false";

    /// <summary>What a part, or a part of it, says of a flag.</summary>
    private static IEnumerable<bool?> Values(JsonPart part, string flag)
    {
        if (part.Has(flag))
            yield return part.Flag(flag);
        foreach (var list in (string[])["normalizers", "pretokenizers"])
            if (part.Find(list) is { } inner)
                foreach (var value in inner.Items().SelectMany(item => Values(item, flag)))
                    yield return value;
    }

    private static IEnumerable<string> Unknown(JsonPart json, IReadOnlyList<string> known) =>
        json
            .Value.EnumerateObject()
            .Where(setting => setting.Value.ValueKind != JsonValueKind.Null && !known.Contains(setting.Name))
            .Select(setting =>
                $"{json.Source}: '{setting.Name}' is not known here, and passed over: see whether it should change the tokens."
            );

    private static string[] Names(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
