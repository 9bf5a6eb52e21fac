using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace.NewTokenizers;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Opening;

/// <summary>A new encoder–decoder of the T5 family (version 1.1) with random weights and a tokenizer of its own.</summary>
[Keyword("encoder_decoder")]
public sealed record NewEncoderDecoder : NewModel
{
    /// <summary>The width inside the feed-forward. Default: 8/3 of the hidden size, rounded up to a multiple of 32.</summary>
    [Range(1, 1 << 20)]
    public int? FeedForwardSize { get; init; }

    /// <summary>Where the tokenizer comes from.</summary>
    public TokenizerSource Tokenizer { get; init; } = new Bpe();

    private protected override TokenizerSource Vocabulary => Tokenizer;

    private protected override ModelConfig Config(Tokenizer tokenizer) =>
        Config(
            new JsonObject
            {
                ["architectures"] = new JsonArray("T5ForConditionalGeneration"),
                ["d_ff"] = FeedForwardSize ?? (HiddenSize * 8 / 3 + 31) / 32 * 32,
                ["d_kv"] = HiddenSize / Heads,
                ["d_model"] = HiddenSize,
                ["decoder_start_token_id"] = tokenizer.Padding,
                ["dropout_rate"] = 0.0,
                ["feed_forward_proj"] = "gated-gelu",
                ["is_encoder_decoder"] = true,
                ["layer_norm_epsilon"] = 1e-6,
                ["model_type"] = "t5",
                ["num_decoder_layers"] = Layers,
                ["num_heads"] = Heads,
                ["num_layers"] = Layers,
                ["relative_attention_max_distance"] = 128,
                ["relative_attention_num_buckets"] = 32,
                ["tie_word_embeddings"] = false,
            },
            tokenizer.VocabularySize,
            tokenizer.EndOfText,
            tokenizer.Padding
        );
}
