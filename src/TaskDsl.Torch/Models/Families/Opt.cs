using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Models.Families;

/// <summary>OPT (arXiv 2205.01068): learned positions that begin at row 2, and embeddings that may be narrower than the layers.</summary>
internal sealed partial class Opt : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("opt", "OPT")];

    public override IReadOnlyList<FamilyHead> Heads(ConfigJson json) => [Lm(json, tied: true)];

    public override Architecture Read(ConfigJson json, Head head)
    {
        json.Only("layer_norm_elementwise_affine", true);
        var (hidden, heads, positions) = (
            json.Int("hidden_size"),
            json.Int("num_attention_heads"),
            json.Int("max_position_embeddings", 2048)
        );
        var embedding = json.Int("word_embed_proj_dim", hidden);
        var (before, bias) = (json.Flag("do_layer_norm_before", true), json.Flag("enable_bias", true));
        return new Architecture
        {
            Decoder = new()
            {
                HiddenSize = hidden,
                Layers = json.Int("num_hidden_layers"),
                Heads = heads,
                KeyValueHeads = heads,
                HeadSize = heads > 0 ? hidden / heads : 0,
                FeedForwardSize = json.Int("ffn_dim"),
                Activation = Activations.Of(json, "activation_function", "relu"),
                Norm = NormKind.Layer,
                NormEpsilon = 1e-5,
                NormAfter = !before,
                QueryKeyValueBias = bias,
                OutputBias = bias,
                FeedForwardBias = bias,
                Positions = new LearnedPositions("model.decoder.embed_positions", positions, Offset: 2),
                Embedding = new()
                {
                    VocabularySize = json.Int("vocab_size"),
                    Size = embedding,
                    Tokens = "model.decoder.embed_tokens",
                    Project = embedding != hidden ? "model.decoder.project_in" : null,
                    ProjectFirst = true,
                },
                Layer = i => $"model.decoder.layers.{i}.",
                Attention = new()
                {
                    Norm = "self_attn_layer_norm",
                    Query = "self_attn.q_proj",
                    Key = "self_attn.k_proj",
                    Value = "self_attn.v_proj",
                    Output = "self_attn.out_proj",
                },
                FeedForward = new()
                {
                    Norm = "final_layer_norm",
                    Up = "fc1",
                    Down = "fc2",
                },
                FinalNorm = before && !json.Flag("_remove_final_layer_norm") ? "model.decoder.final_layer_norm" : null,
                ProjectOut = embedding != hidden ? "model.decoder.project_out" : null,
            },
            Prefix = "model.",
            Ignored = SecondNames(),
            MaxPositions = positions,
        };
    }

    [GeneratedRegex(@"^lm_head\.weight$")]
    private static partial Regex SecondNames();
}
