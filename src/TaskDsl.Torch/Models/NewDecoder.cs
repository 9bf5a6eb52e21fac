using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Inference;
using TaskDsl.Torch.Tokenizers;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Models;

/// <summary>A new decoder of the Llama family with random weights and a tokenizer of its own, for pre-training.</summary>
[Keyword("decoder")]
public sealed record NewDecoder : ModelSource
{
    /// <summary>Tokens in the vocabulary; fewer where the corpus does not have so many.</summary>
    [Range(260, 1 << 20)]
    public int VocabularySize { get; init; } = 4096;

    /// <summary>The width of the residual stream.</summary>
    [Range(2, 1 << 16)]
    public int HiddenSize { get; init; } = 256;

    /// <summary>The layers.</summary>
    [Range(1, 1024)]
    public int Layers { get; init; } = 6;

    /// <summary>The attention's query heads; they divide the hidden size.</summary>
    [Range(1, 1024)]
    public int Heads { get; init; } = 8;

    /// <summary>Key and value heads; they divide the query heads. Default: as many as query heads.</summary>
    [Range(1, 1024)]
    public int? KeyValueHeads { get; init; }

    /// <summary>The width inside the feed-forward. Default: 8/3 of the hidden size, rounded up to a multiple of 32.</summary>
    [Range(1, 1 << 20)]
    public int? FeedForwardSize { get; init; }

    /// <summary>The longest row that the model is made for.</summary>
    [Range(1, 1 << 24)]
    public int MaxPositions { get; init; } = 2048;

    /// <summary>The base of the rotary angles.</summary>
    [Range(1.0, 1e12)]
    public double RopeTheta { get; init; } = 10000;

    /// <summary>Whether the head is the embedding itself.</summary>
    public bool Tied { get; init; } = true;

    /// <summary>The numbers that the weights are saved in; training always uses float32.</summary>
    public WeightType StoredAs { get; init; } = WeightType.Float32;

    /// <summary>Where the tokenizer comes from.</summary>
    public TokenizerSource Tokenizer { get; init; } = new Bpe();

    /// <inheritdoc/>
    public override LoadedModel Open(ModelRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Head is { } head) throw new ModelException($"a new decoder has no head for {head.Kind}: start from a pretrained encoder.");
        if (HiddenSize % Heads != 0) throw new ModelException($"a hidden size of {HiddenSize} is no multiple of {Heads} heads.");
        var tokenizer = Tokenizer.Create(request.Corpus, VocabularySize, [.. request.SpecialTokens, .. ChatFormat?.SpecialTokens ?? []], request.Cancellation);
        var config = Config(tokenizer.VocabularySize, tokenizer.EndOfText, tokenizer.Padding);
        return new LoadedModel(Decoder.Create(config, request.Seed, request.Device), tokenizer) { ChatFormat = ChatFormat };
    }
    /// <summary>The configuration of the model.</summary>
    /// <param name="vocabularySize">Tokens in the vocabulary.</param>
    /// <param name="endOfText">The token that ends a text.</param>
    /// <param name="padding">The token that fills rows.</param>
    public ModelConfig Config(int vocabularySize, int endOfText, int padding) => ModelConfig.Parse(new JsonObject
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["attention_bias"] = false,
        ["attention_dropout"] = 0.0,
        ["bos_token_id"] = null,
        ["dtype"] = StoredAs.Word(),
        ["eos_token_id"] = endOfText,
        ["head_dim"] = HiddenSize / Heads,
        ["hidden_act"] = "silu",
        ["hidden_size"] = HiddenSize,
        ["initializer_range"] = 0.02,
        ["intermediate_size"] = FeedForwardSize ?? (HiddenSize * 8 / 3 + 31) / 32 * 32,
        ["max_position_embeddings"] = MaxPositions,
        ["mlp_bias"] = false,
        ["model_type"] = "llama",
        ["num_attention_heads"] = Heads,
        ["num_hidden_layers"] = Layers,
        ["num_key_value_heads"] = KeyValueHeads ?? Heads,
        ["pad_token_id"] = padding,
        ["rms_norm_eps"] = 1e-6,
        ["rope_scaling"] = null,
        ["rope_theta"] = RopeTheta,
        ["tie_word_embeddings"] = Tied,
        ["use_cache"] = true,
        ["vocab_size"] = vocabularySize,
    });
}
