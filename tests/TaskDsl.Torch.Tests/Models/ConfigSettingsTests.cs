using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using Xunit;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>What a config.json says that no family reads.</summary>
public sealed class ConfigSettingsTests
{
    [Theory]
    [InlineData("llama", "residual_multiplier", "0.22", "'residual_multiplier' is not read for a llama")]
    [InlineData("llama", "sliding_window", "512", "'sliding_window' is not read for a llama")]
    [InlineData("llama", "eos_token_id", "[2, 256]", "eos_token_id is 256, but the vocabulary has the ids 0 to 255")]
    [InlineData("llama", "pad_token_id", "-1", "pad_token_id is -1, but the vocabulary has the ids 0 to 255")]
    [InlineData("gpt2", "rope_theta", "500000", "'rope_theta' is not read for a gpt2")]
    [InlineData("bert", "auto_map", "{\"AutoModel\": \"modeling.Mine\"}", "'auto_map' is not read for a bert")]
    public void What_is_set_and_not_read_is_told(string name, string setting, string value, string notice)
    {
        Assert.Empty(Read(name).Notices);
        Assert.Contains(notice, Assert.Single(Read(name, setting, value).Notices), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama", "residual_multiplier", "null")]
    [InlineData("llama", "use_more", "false")]
    [InlineData("qwen2", "sliding_window", "32768")]
    [InlineData("llama", "unsloth_version", "\"2025.9\"")]
    public void What_is_unset_or_changes_nothing_is_not(string name, string setting, string value) =>
        Assert.Empty(Read(name, setting, value).Notices);

    [Theory]
    [InlineData("llama", "pruned_heads", "{\"0\": [1]}", "pruned_heads")]
    [InlineData("bert", "add_cross_attention", "true", "add_cross_attention")]
    [InlineData("t5", "tie_encoder_decoder", "true", "tie_encoder_decoder")]
    [InlineData("bert_mlm", "tie_word_embeddings", "false", "tie_word_embeddings")]
    [InlineData("llama", "quantization", "{\"bits\": 4}", "quantization")]
    public void What_would_change_the_numbers_is_refused(string name, string setting, string value, string named) =>
        Assert.Contains(named, Assert.Throws<ModelException>(() => Read(name, setting, value)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_a_generation_config_forces_is_told()
    {
        using var folder = new TempFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Golden", "bart", "config.json"), folder.File("config.json"));
        File.WriteAllText(folder.File("generation_config.json"), """{"forced_bos_token_id": 0, "suppress_tokens": [5], "num_beams": 4}""");
        Assert.Contains(
            "forced_bos_token_id, suppress_tokens, which decoding here does not use",
            Assert.Single(ModelConfig.Load(folder.Path).Notices),
            StringComparison.Ordinal
        );
        File.WriteAllText(folder.File("generation_config.json"), "[");
        Assert.Contains(
            "generation_config.json",
            Assert.Throws<ModelException>(() => ModelConfig.Load(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    private static ModelConfig Read(string name, string? setting = null, string value = "null")
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Golden", name, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        if (setting is not null)
            json[setting] = JsonNode.Parse(value);
        return ModelConfig.Parse(json);
    }
}
