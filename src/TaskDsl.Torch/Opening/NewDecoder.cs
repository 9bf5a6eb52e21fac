using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace.NewTokenizers;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Opening;

/// <summary>A new decoder of the Llama family with random weights and a tokenizer of its own, for pre-training.</summary>
[Keyword("decoder")]
public sealed record NewDecoder : NewModel
{
    /// <summary>Key and value heads; they divide the query heads. Default: as many as query heads.</summary>
    [Range(1, 1024)]
    public int? KeyValueHeads { get; init; }

    /// <summary>The width inside the feed-forward. Default: 8/3 of the hidden size, rounded up to a multiple of 32.</summary>
    [Range(1, 1 << 20)]
    public int? FeedForwardSize { get; init; }

    /// <summary>The base of the rotary angles.</summary>
    [Range(1.0, 1e12)]
    public double RopeTheta { get; init; } = 10000;

    /// <summary>Whether the head is the embedding itself.</summary>
    public bool Tied { get; init; } = true;

    /// <summary>Where the tokenizer comes from.</summary>
    public TokenizerSource Tokenizer { get; init; } = new Bpe();

    private protected override TokenizerSource Vocabulary => Tokenizer;

    /// <summary>The configuration of the model.</summary>
    /// <param name="vocabularySize">Tokens in the vocabulary.</param>
    /// <param name="endOfText">The token that ends a text.</param>
    /// <param name="padding">The token that fills rows.</param>
    public ModelConfig Config(int vocabularySize, int endOfText, int padding) =>
        Config(
            new JsonObject
            {
                ["architectures"] = new JsonArray("LlamaForCausalLM"),
                ["attention_bias"] = false,
                ["attention_dropout"] = 0.0,
                ["head_dim"] = HiddenSize / Heads,
                ["hidden_act"] = "silu",
                ["hidden_size"] = HiddenSize,
                ["intermediate_size"] = FeedForwardSize ?? (HiddenSize * 8 / 3 + 31) / 32 * 32,
                ["max_position_embeddings"] = MaxPositions,
                ["mlp_bias"] = false,
                ["model_type"] = "llama",
                ["num_attention_heads"] = Heads,
                ["num_hidden_layers"] = Layers,
                ["num_key_value_heads"] = KeyValueHeads ?? Heads,
                ["rms_norm_eps"] = 1e-6,
                ["rope_theta"] = RopeTheta,
                ["tie_word_embeddings"] = Tied,
                ["use_cache"] = true,
            },
            vocabularySize,
            endOfText,
            padding
        );

    private protected override ModelConfig Config(Tokenizer tokenizer) =>
        Config(tokenizer.VocabularySize, tokenizer.EndOfText, tokenizer.Padding);
}
