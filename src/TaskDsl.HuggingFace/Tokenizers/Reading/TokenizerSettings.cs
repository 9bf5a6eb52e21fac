using System.Text.Json;
using TaskDsl.HuggingFace.Tokenizers.Models;

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
        if (
            config.Text("tokenizer_class")?.Replace("Fast", "", StringComparison.Ordinal) is { } name
            && Rebuilding.TryGetValue(name, out var begins)
        )
            parts = parts with
            {
                Frame = Frame.Around(
                    config.Flag("add_bos_token", begins) ? [Role("bos_token")] : [],
                    config.Flag("add_eos_token") ? [Role("eos_token")] : [],
                    1
                ),
            };
        return parts with { Notices = [.. AtOdds(parts, json), .. Unknown(config, Known), .. Unknown(json, Parts)] };

        int Role(string role) =>
            parts.Roles.TryGetValue(role, out var id)
                ? id
                : throw config.Bad(
                    $"puts the {role} around every text (add_{role} of a {name}), and no token is it; expected {role}, or add_{role}: false"
                );
    }

    private static IEnumerable<string> AtOdds(TokenizerParts parts, JsonPart json)
    {
        var config = parts.Files.Config;
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
                config.Has(setting)
                && json.Find(place) is { } part
                && Values(part, own).FirstOrDefault() is { } said
                && said != config.Flag(setting)
            )
                yield return Odd(setting, $"its {place} has {own}: {(said ? "true" : "false")}");
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
