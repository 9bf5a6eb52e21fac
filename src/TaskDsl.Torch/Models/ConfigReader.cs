using System.Text.Json;

namespace TaskDsl.Torch.Models;

/// <summary>Reads <c>config.json</c> strictly: a setting that would change the numbers and is not supported is an error, not a surprise.</summary>
internal sealed class ConfigReader(string path, JsonElement root)
{
    public DecoderConfig Read()
    {
        Only("model_type", "llama");
        Only("hidden_act", "silu", optional: true);
        var heads = Int("num_attention_heads");
        var hidden = Int("hidden_size");
        var rope = Has("rope_parameters", out var parameters) ? parameters : (JsonElement?)null; // transformers 5
        return new DecoderConfig
        {
            VocabularySize = Int("vocab_size"),
            HiddenSize = hidden,
            Layers = Int("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = Int("num_key_value_heads", heads),
            HeadSize = Int("head_dim", heads > 0 ? hidden / heads : 0),
            FeedForwardSize = Int("intermediate_size"),
            MaxPositions = Int("max_position_embeddings", 2048),
            NormEpsilon = Number("rms_norm_eps", 1e-6),
            RopeTheta = rope?.TryGetProperty("rope_theta", out var theta) == true ? theta.GetDouble() : Number("rope_theta", 10000),
            RopeScaling = rope is { } r ? RopeScaling.FromJson(r, path) : Has("rope_scaling", out var scaling) ? RopeScaling.FromJson(scaling, path) : null,
            Tied = Flag("tie_word_embeddings"),
            AttentionBias = Flag("attention_bias"),
            FeedForwardBias = Flag("mlp_bias"),
            InitializerRange = Number("initializer_range", 0.02),
            BeginOfText = Has("bos_token_id", out var begin) ? begin.GetInt32() : null,
            EndOfText = !Has("eos_token_id", out var end) ? [] : end.ValueKind == JsonValueKind.Array ? [.. end.EnumerateArray().Select(e => e.GetInt32())] : [end.GetInt32()],
            Padding = Has("pad_token_id", out var pad) ? pad.GetInt32() : null,
            StoredAs = Has("dtype", out var type) || Has("torch_dtype", out type) ? WeightTypes.Parse(type.GetString()!, path) : WeightType.Float32,
        }.Check();
    }

    private bool Has(string name, out JsonElement value) => root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private int Int(string name, int? otherwise = null) =>
        Has(name, out var value) ? value.GetInt32() : otherwise ?? throw new ModelException($"{path} lacks {name}.");

    private double Number(string name, double otherwise) => Has(name, out var value) ? value.GetDouble() : otherwise;

    private bool Flag(string name) => Has(name, out var value) && value.GetBoolean();

    private void Only(string name, string supported, bool optional = false)
    {
        if (!Has(name, out var value))
        {
            if (optional) return;
            throw new ModelException($"{path} lacks {name}; expected '{supported}'.");
        }

        if (value.GetString() != supported) throw new ModelException($"{path}: {name} is '{value.GetString()}'; only '{supported}' is supported.");
    }
}
