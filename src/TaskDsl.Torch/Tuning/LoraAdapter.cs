using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>Low-rank updates on a model's layers, in PEFT's layout: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
internal sealed class LoraAdapter : TunedDecoder
{
    private const string Prefix = "base_model.model.";
    private readonly IReadOnlyDictionary<LinearLayer, LowRankUpdate> updates;
    private readonly int rank;
    private readonly double alpha;
    private readonly bool rankStabilised;

    public LoraAdapter(Decoder decoder, IReadOnlyDictionary<LinearLayer, LowRankUpdate> updates, int rank, double alpha, bool rankStabilised = false)
        : base(decoder)
    {
        (this.updates, this.rank, this.alpha, this.rankStabilised) = (updates, rank, alpha, rankStabilised);
        foreach (var parameter in decoder.Parameters.Values) parameter.requires_grad = false;
        foreach (var (layer, update) in updates) layer.Update = update;
        Trained = updates.SelectMany(u => new[] { (Name(u.Key, "A"), u.Value.A), (Name(u.Key, "B"), u.Value.B) }).ToDictionary(t => t.Item1, t => t.Item2);
    }

    public override IReadOnlyDictionary<string, Parameter> Trained { get; }

    public override bool SavesWholeModel => false;

    /// <summary>Puts an adapter that PEFT or <see cref="Save"/> wrote onto a model.</summary>
    public static LoraAdapter Load(Decoder decoder, string folder, JsonElement config)
    {
        Refuse(folder, config, "use_dora", "weight-decomposed updates (DoRA)");
        Refuse(folder, config, "fan_in_fan_out", "transposed weights");
        Refuse(folder, config, "lora_bias", "biases in the update");
        foreach (var pattern in (ReadOnlySpan<string>)["rank_pattern", "alpha_pattern"])
            if (config.TryGetProperty(pattern, out var map) && map.ValueKind == JsonValueKind.Object && map.EnumerateObject().Any())
                throw new NotSupportedException($"{folder}/adapter_config.json: '{pattern}' (a rank or alpha of its own per layer) is not supported.");
        if (config.TryGetProperty("bias", out var bias) && bias.GetString() is not (null or "none"))
            throw new NotSupportedException($"{folder}/adapter_config.json: bias '{bias}' is not supported; only 'none' is.");
        var rank = config.GetProperty("r").GetInt32();
        var alpha = config.GetProperty("lora_alpha").GetDouble();
        var stabilised = config.TryGetProperty("use_rslora", out var rs) && rs.ValueKind == JsonValueKind.True;
        var scale = alpha / (stabilised ? Math.Sqrt(rank) : rank);
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Path.Combine(folder, "adapter_model.safetensors"));
        var updates = new Dictionary<LinearLayer, LowRankUpdate>();
        foreach (var layer in decoder.Sites)
        {
            if (!file.Tensors.ContainsKey(Name(layer, "A"))) continue;
            updates.Add(layer, new LowRankUpdate(Read(Name(layer, "A"), rank, layer.Weight.size(1)), Read(Name(layer, "B"), layer.Weight.size(0), rank), scale));
        }

        var known = updates.Keys.SelectMany(l => new[] { Name(l, "A"), Name(l, "B") }).ToHashSet();
        if (file.Tensors.Keys.FirstOrDefault(name => !known.Contains(name)) is { } other)
            throw new SafetensorsException(file.Path, other, "belongs to no linear layer of this model: the adapter was made for another one, or tunes what is not supported.");
        if (updates.Count == 0) throw new SafetensorsException(file.Path, null, "holds no low-rank update.");
        return new LoraAdapter(decoder, updates, rank, alpha, stabilised);

        Tensor Read(string name, params ReadOnlySpan<long> shape) => file.Read(name, shape).to(ScalarType.Float32).to(decoder.Device, copy: true);
    }

    public override void Save(string folder, string baseModel)
    {
        SafetensorsFile.Write(Path.Combine(folder, "adapter_model.safetensors"), Trained.Select(t => KeyValuePair.Create(t.Key, (Tensor)t.Value)));
        var config = new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = "CAUSAL_LM",
            ["base_model_name_or_path"] = baseModel,
            ["r"] = rank,
            ["lora_alpha"] = alpha == Math.Floor(alpha) ? (int)alpha : alpha,
            ["lora_dropout"] = 0.0,
            ["use_rslora"] = rankStabilised,
            ["use_dora"] = false,
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["modules_to_save"] = null,
            ["target_modules"] = new JsonArray([.. updates.Keys.Select(l => l.Name[(l.Name.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal).Select(n => (JsonNode)n)]),
        };
        AtomicFile.WriteText(Path.Combine(folder, "adapter_config.json"), config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    public override void Dispose()
    {
        foreach (var (layer, update) in updates)
        {
            if (layer.Update == update) layer.Update = null;
            update.Dispose();
        }

        base.Dispose();
    }

    private static string Name(LinearLayer layer, string part) => $"{Prefix}{layer.Name}.lora_{part}.weight";

    private static void Refuse(string folder, JsonElement config, string key, string what)
    {
        if (config.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.True)
            throw new NotSupportedException($"{folder}/adapter_config.json: '{key}' ({what}) is not supported.");
    }
}
