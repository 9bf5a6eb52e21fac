using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.Tokenizers;
using Xunit;

namespace TaskDsl.Torch.Tests.Tokenizers;

/// <summary>What tokenizer_config.json says beside tokenizer.json.</summary>
public sealed class TokenizerSettingsTests : IDisposable
{
    private readonly TempFolder folder = new();

    /// <summary>
    /// transformers 4.57: these classes put BOS and EOS around a text by two settings, whatever tokenizer.json says
    /// (LlamaTokenizerFast.update_post_processor).
    /// </summary>
    [Theory]
    [InlineData("LlamaTokenizerFast", "true", null, false, true, false)]
    [InlineData("LlamaTokenizer", "false", "true", true, false, true)]
    [InlineData("LlamaTokenizerFast", "false", "false", true, false, false)]
    [InlineData("LlamaTokenizerFast", null, null, false, true, false)]
    [InlineData("GemmaTokenizerFast", "true", "true", false, true, true)]
    [InlineData("CodeLlamaTokenizerFast", null, "true", false, true, true)]
    [InlineData("CohereTokenizerFast", null, null, false, true, false)]
    [InlineData("GPTNeoXTokenizerFast", null, null, true, false, false)]
    [InlineData("PreTrainedTokenizerFast", null, null, true, true, false)]
    [InlineData("PreTrainedTokenizerFast", null, null, false, false, false)]
    public void Some_classes_put_their_own_tokens_around_a_text(
        string name,
        string? bos,
        string? eos,
        bool template,
        bool begins,
        bool ends
    )
    {
        var tokenizer = Load(
            $$"""{"tokenizer_class": "{{name}}", "add_bos_token": {{bos ?? "null"}}, "add_eos_token": {{eos ?? "null"}}}""",
            template
        );
        int[] text = [3, 4];
        Assert.Equal([.. begins ? [1] : Array.Empty<int>(), .. text, .. ends ? [2] : Array.Empty<int>()], tokenizer.Encode("ab"));
        Assert.Equal(
            [
                .. begins ? [1] : Array.Empty<int>(),
                3,
                .. ends ? [2] : Array.Empty<int>(),
                .. begins && name[0] != 'P' ? [1] : Array.Empty<int>(),
                4,
                .. ends ? [2] : Array.Empty<int>(),
            ],
            tokenizer.EncodeText("a", "b").Ids
        );
        Assert.Empty(tokenizer.Notices);
    }

    /// <summary>Other classes leave tokenizer.json alone: where it is at odds with the setting, the user is told.</summary>
    [Theory]
    [InlineData(
        "\"add_bos_token\": true",
        false,
        "add_bos_token is true, and tokenizer.json is at odds with it: its post_processor adds none"
    )]
    [InlineData(
        "\"add_bos_token\": false",
        true,
        "add_bos_token is false, and tokenizer.json is at odds with it: its post_processor adds the"
    )]
    [InlineData("\"add_eos_token\": true", true, "add_eos_token is true")]
    [InlineData("\"add_bos_token\": true", true, null)]
    [InlineData("\"do_lower_case\": false", false, "its normalizer has lowercase: true")]
    [InlineData("\"do_lower_case\": true", false, null)]
    [InlineData("\"split_special_tokens\": true", false, "split_special_tokens is true")]
    [InlineData("\"additional_special_tokens\": [\"<s>\"]", false, null)]
    [InlineData("\"additional_special_tokens\": [\"<new>\"]", false, "has '<new>', which is no special token")]
    [InlineData("\"of_tomorrow\": 1", false, "'of_tomorrow' is not known here, and passed over")]
    [InlineData("\"of_tomorrow\": null", false, null)]
    [InlineData("\"model_max_length\": 512, \"legacy\": false", false, null)]
    public void What_is_at_odds_or_not_known_is_told(string setting, bool template, string? notice)
    {
        var tokenizer = Load($$"""{"tokenizer_class": "PreTrainedTokenizerFast", {{setting}}}""", template);
        if (notice is null)
            Assert.Empty(tokenizer.Notices);
        else
            Assert.Contains(notice, Assert.Single(tokenizer.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_tokenizer_json_that_is_not_known_is_told()
    {
        var tokenizer = Load("{}", template: false, json => json["post_post_processor"] = "x");
        Assert.Contains("'post_post_processor' is not known", Assert.Single(tokenizer.Notices), StringComparison.Ordinal);
    }

    /// <summary>What a part has that no library of today writes is refused with its path; unset, it is nothing.</summary>
    [Theory]
    [InlineData("added_tokens[1]", "regex")]
    [InlineData("decoder.decoders[0]", "keeps")]
    [InlineData("decoder.decoders[1]", "first")]
    [InlineData("decoder.decoders[1].pattern", "Glob")]
    [InlineData("model", "unit_cost")]
    [InlineData("normalizer.normalizers[0]", "title_case")]
    [InlineData("padding", "side")]
    [InlineData("post_processor", "triple")]
    [InlineData("post_processor.single[0]", "Optional")]
    [InlineData("post_processor.single[0].SpecialToken", "times")]
    [InlineData("post_processor.special_tokens.<s>", "alias")]
    [InlineData("pre_tokenizer", "keep_empty")]
    [InlineData("pre_tokenizer.pattern", "Glob")]
    [InlineData("truncation", "side")]
    public void A_key_of_a_part_that_is_not_known_is_refused_with_its_path(string path, string key)
    {
        var thrown = Assert.Throws<ModelException>(() => Load("{}", template: true, json => At(Whole(json), path)[key] = 1));
        Assert.Contains($"'{path}.{key}' is not known here, and may change the tokens", thrown.Message, StringComparison.Ordinal);
        foreach (var unset in (string[])["null", "false", "[]", "{}"])
            Assert.Empty(Load("{}", template: true, json => At(Whole(json), path)[key] = JsonNode.Parse(unset)).Notices);
    }

    [Fact]
    public void A_key_that_stands_twice_is_refused_with_its_path()
    {
        _ = Load("{}", template: false);
        var text = File.ReadAllText(folder.File("tokenizer.json"));
        File.WriteAllText(
            folder.File("tokenizer.json"),
            text.Replace("\"lowercase\":true", "\"lowercase\":true,\"lowercase\":false", StringComparison.Ordinal)
        );
        var thrown = Assert.Throws<ModelException>(() => Tokenizer.Load(folder.Path));
        Assert.Contains("'normalizer.normalizers[0]' has 'lowercase' twice", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// transformers 4.57 (BertTokenizerFast): the class's settings, or their defaults, are put into a BertNormalizer that has others; into
    /// a sequence they are not.
    /// </summary>
    [Theory]
    [InlineData("BertTokenizerFast", "\"do_lower_case\": true", false, "ab", "do_lower_case is true, and tokenizer.json is at odds")]
    [InlineData("BertTokenizer", "\"model_max_length\": 512", false, "ab", "do_lower_case is true (a BertTokenizer's default), and")]
    [InlineData("ElectraTokenizerFast", "\"do_lower_case\": false", true, "??", "holds, as transformers has it for a ElectraTokenizer")]
    [InlineData("DistilBertTokenizer", "\"do_lower_case\": false", false, "??", null)]
    [InlineData("BertTokenizer", "\"do_lower_case\": true, \"strip_accents\": null", true, "ab", null)]
    [InlineData("PreTrainedTokenizerFast", "\"do_lower_case\": true", false, "??", "What tokenizer.json says holds")]
    public void The_settings_of_a_class_of_berts_hold(string name, string setting, bool lowercase, string tokens, string? notice)
    {
        var tokenizer = Load($$"""{"tokenizer_class": "{{name}}", {{setting}}}""", template: false, json =>
            json["normalizer"] = new JsonObject { ["type"] = "BertNormalizer", ["lowercase"] = lowercase }
        );
        Assert.Equal(tokens == "ab" ? [3, 4] : (int[])[0, 0], tokenizer.Encode("AB"));
        if (notice is not null)
            Assert.Contains(tokenizer.Notices, told => told.Contains(notice, StringComparison.Ordinal));
        else
            Assert.Empty(tokenizer.Notices);
    }

    [Fact]
    public void An_unknown_token_that_is_not_there_is_told()
    {
        var tokenizer = Load("{}", template: false, json => json["model"]!["unk_token"] = "<none>");
        Assert.Contains("unk_token is '<none>', and no token is it", Assert.Single(tokenizer.Notices), StringComparison.Ordinal);
    }

    /// <summary>A file with each of its parts.</summary>
    private static JsonObject Whole(JsonObject json)
    {
        json["truncation"] = JsonNode.Parse("""{"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0}""");
        json["padding"] = JsonNode.Parse(
            """
            {
              "strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": 8, "pad_id": 0, "pad_type_id": 0,
              "pad_token": "<unk>"
            }
            """
        );
        json["decoder"] = JsonNode.Parse(
            """
            {
              "type": "Sequence",
              "decoders": [{"type": "Fuse"}, {"type": "Replace", "pattern": {"String": "_"}, "content": " "}]
            }
            """
        );
        return json;
    }

    private static JsonObject At(JsonNode json, string path) =>
        path.Replace("[", ".", StringComparison.Ordinal)
            .Replace("]", "", StringComparison.Ordinal)
            .Split('.')
            .Aggregate(json, (part, name) => int.TryParse(name, out var index) ? part[index]! : part[name]!)
            .AsObject();

    [Fact]
    public void A_token_that_must_stand_before_a_text_and_is_not_there_is_an_error()
    {
        var thrown = Assert.Throws<ModelException>(() =>
            Load("""{"tokenizer_class": "LlamaTokenizerFast", "bos_token": "<none>"}""", template: false)
        );
        Assert.Contains("expected bos_token, or add_bos_token: false", thrown.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private Tokenizer Load(string config, bool template, Action<JsonObject>? change = null)
    {
        var json = JsonNode
            .Parse(
                """
                {
                  "version": "1.0", "truncation": null, "padding": null,
                  "added_tokens": [{"id": 1, "content": "<s>", "special": true}, {"id": 2, "content": "</s>", "special": true}],
                  "normalizer": {"type": "Sequence", "normalizers": [{"type": "BertNormalizer", "lowercase": true}]},
                  "pre_tokenizer": {"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated", "invert": false},
                  "decoder": null,
                  "model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "a": 3, "b": 4}}
                }
                """
            )!
            .AsObject();
        json["pre_tokenizer"] = JsonNode.Parse("""{"type": "Split", "pattern": {"Regex": "."}, "behavior": "Isolated", "invert": false}""");
        if (template)
            json["post_processor"] = JsonNode.Parse(
                """
                {
                  "type": "TemplateProcessing",
                  "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                  "pair": [
                    {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                    {"Sequence": {"id": "B", "type_id": 1}}
                  ],
                  "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}
                }
                """
            );
        change?.Invoke(json);
        File.WriteAllText(folder.File("tokenizer.json"), json.ToJsonString());
        File.WriteAllText(folder.File("tokenizer_config.json"), config);
        return Tokenizer.Load(folder.Path);
    }
}
