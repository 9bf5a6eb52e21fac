using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace.NewTokenizers;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Opening;

/// <summary>
/// A new encoder of the BERT family with random weights and a tokenizer of its own, for pre-training by <c>masked_lm</c>.
/// </summary>
[Keyword("encoder")]
public sealed record NewEncoder : NewModel
{
    /// <summary>The width inside the feed-forward. Default: four times the hidden size.</summary>
    [Range(1, 1 << 20)]
    public int? FeedForwardSize { get; init; }

    /// <summary>Where the tokenizer comes from.</summary>
    public TokenizerSource Tokenizer { get; init; } = new WordPiece();

    private protected override TokenizerSource Vocabulary => Tokenizer;

    private protected override ModelConfig Config(Tokenizer tokenizer) =>
        Config(
            new JsonObject
            {
                ["architectures"] = new JsonArray("BertForMaskedLM"),
                ["attention_probs_dropout_prob"] = 0.0,
                ["hidden_act"] = "gelu",
                ["hidden_dropout_prob"] = 0.0,
                ["hidden_size"] = HiddenSize,
                ["intermediate_size"] = FeedForwardSize ?? 4 * HiddenSize,
                ["layer_norm_eps"] = 1e-12,
                ["max_position_embeddings"] = MaxPositions,
                ["model_type"] = "bert",
                ["num_attention_heads"] = Heads,
                ["num_hidden_layers"] = Layers,
                ["position_embedding_type"] = "absolute",
                ["type_vocab_size"] = 2,
            },
            tokenizer.VocabularySize,
            tokenizer.EndOfText,
            tokenizer.Padding
        );
}
