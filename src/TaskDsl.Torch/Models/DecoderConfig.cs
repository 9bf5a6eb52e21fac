using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Safetensors;

namespace TaskDsl.Torch.Models;

/// <summary>The shape of a decoder of the Llama family, as Hugging Face's <c>config.json</c> gives it.</summary>
public sealed record DecoderConfig
{
    /// <summary>Tokens in the vocabulary (<c>vocab_size</c>).</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The width of the residual stream (<c>hidden_size</c>).</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The layers (<c>num_hidden_layers</c>).</summary>
    public required int Layers { get; init; }

    /// <summary>The attention's query heads (<c>num_attention_heads</c>).</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads, a divisor of the query heads (<c>num_key_value_heads</c>).</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>The size of one head, an even number (<c>head_dim</c>; hidden size / heads where it is not given).</summary>
    public required int HeadSize { get; init; }

    /// <summary>The width inside the feed-forward (<c>intermediate_size</c>).</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>The longest row that the model is made for (<c>max_position_embeddings</c>).</summary>
    public int MaxPositions { get; init; } = 2048;

    /// <summary>Added to the mean square in each normalisation (<c>rms_norm_eps</c>).</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The base of the rotary angles (<c>rope_theta</c>).</summary>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>How the rotary angles are stretched (<c>rope_scaling</c>). Default: not.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>Whether the head is the embedding itself (<c>tie_word_embeddings</c>).</summary>
    public bool Tied { get; init; }

    /// <summary>Whether the attention's four projections have a bias (<c>attention_bias</c>).</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the feed-forward's three projections have a bias (<c>mlp_bias</c>).</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>The standard deviation of new weights (<c>initializer_range</c>).</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The token that begins a text (<c>bos_token_id</c>); null = none.</summary>
    public int? BeginOfText { get; init; }

    /// <summary>The tokens that end a text (<c>eos_token_id</c>).</summary>
    public IReadOnlyList<int> EndOfText { get; init; } = [];

    /// <summary>The token that fills rows (<c>pad_token_id</c>); null = none.</summary>
    public int? Padding { get; init; }

    /// <summary>The numbers that the weights are saved in (<c>dtype</c>).</summary>
    public WeightType StoredAs { get; init; }

    /// <summary>Reads a folder's <c>config.json</c>.</summary>
    /// <exception cref="ModelException">The file is missing, is no such JSON, or describes a model that is not supported.</exception>
    public static DecoderConfig Load(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        if (!Directory.Exists(folder)) throw new ModelException($"there is no model folder '{folder}'.");
        if (!File.Exists(path)) throw new ModelException($"'{folder}' has no config.json; a model folder in Hugging Face layout was expected.");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return new ConfigReader(path, document.RootElement).Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new ModelException($"{path} is no config.json: {e.Message}", e);
        }
    }

    /// <summary>Writes <c>config.json</c> and <c>generation_config.json</c>.</summary>
    public void Save(string folder)
    {
        JsonNode? ends = EndOfText.Count switch { 0 => null, 1 => EndOfText[0], _ => new JsonArray([.. EndOfText.Select(e => (JsonNode)e)]) };
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["attention_bias"] = AttentionBias,
            ["attention_dropout"] = 0.0,
            ["bos_token_id"] = BeginOfText,
            ["dtype"] = StoredAs.Word(),
            ["eos_token_id"] = ends,
            ["head_dim"] = HeadSize,
            ["hidden_act"] = "silu",
            ["hidden_size"] = HiddenSize,
            ["initializer_range"] = InitializerRange,
            ["intermediate_size"] = FeedForwardSize,
            ["max_position_embeddings"] = MaxPositions,
            ["mlp_bias"] = FeedForwardBias,
            ["model_type"] = "llama",
            ["num_attention_heads"] = Heads,
            ["num_hidden_layers"] = Layers,
            ["num_key_value_heads"] = KeyValueHeads,
            ["pad_token_id"] = Padding,
            ["rms_norm_eps"] = NormEpsilon,
            ["rope_scaling"] = RopeScaling?.ToJson(),
            ["rope_theta"] = RopeTheta,
            ["tie_word_embeddings"] = Tied,
            ["torch_dtype"] = StoredAs.Word(), // What transformers before 4.56 calls dtype.
            ["use_cache"] = true,
            ["vocab_size"] = VocabularySize,
        };
        Write("config.json", config);
        Write("generation_config.json", new JsonObject { ["bos_token_id"] = BeginOfText, ["eos_token_id"] = ends?.DeepClone(), ["pad_token_id"] = Padding });

        void Write(string name, JsonObject json) =>
            AtomicFile.WriteText(Path.Combine(folder, name), new StringBuilder(json.ToJsonString(new JsonSerializerOptions { WriteIndented = true })).Append('\n').ToString());
    }

    /// <summary>Throws unless the numbers fit each other.</summary>
    /// <exception cref="ModelException">They do not; the text says which.</exception>
    public DecoderConfig Check()
    {
        foreach (var (name, value) in (ReadOnlySpan<(string, int)>)[("vocab_size", VocabularySize), ("hidden_size", HiddenSize), ("num_hidden_layers", Layers), ("num_attention_heads", Heads),
            ("num_key_value_heads", KeyValueHeads), ("head_dim", HeadSize), ("intermediate_size", FeedForwardSize), ("max_position_embeddings", MaxPositions)])
        {
            if (value is < 1 or > 1 << 28) throw new ModelException($"{name} is {value}; expected a number from 1.");
        }

        if (Heads % KeyValueHeads != 0) throw new ModelException($"{Heads} heads are no multiple of {KeyValueHeads} key-value heads.");
        if (HeadSize % 2 != 0) throw new ModelException($"the head size {HeadSize} is odd; rotary positions need an even one.");
        if (!(NormEpsilon > 0) || !(RopeTheta > 0)) throw new ModelException("rms_norm_eps and rope_theta must be positive.");
        return this;
    }
}
