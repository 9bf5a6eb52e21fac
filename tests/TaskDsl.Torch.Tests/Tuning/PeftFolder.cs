using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Safetensors;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>A LoRA adapter as PEFT 0.18 writes it, with all of its settings.</summary>
internal sealed class PeftFolder : IDisposable
{
    private const string Settings = """
        {
          "alora_invocation_tokens": null, "alpha_pattern": {}, "arrow_config": null, "auto_mapping": null,
          "base_model_name_or_path": "base", "bias": "none", "corda_config": null, "ensure_weight_tying": false, "eva_config": null,
          "exclude_modules": null, "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true, "layer_replication": null,
          "layers_pattern": null, "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 8, "lora_bias": false,
          "lora_dropout": 0.05,
          "megatron_config": null, "megatron_core": "megatron.core", "modules_to_save": null, "peft_type": "LORA", "peft_version": "0.18.0",
          "qalora_group_size": 16, "r": 4, "rank_pattern": {}, "revision": null, "target_modules": ["q_proj", "v_proj"],
          "target_parameters": null, "task_type": "CAUSAL_LM", "trainable_token_indices": null, "use_dora": false, "use_qalora": false,
          "use_rslora": false
        }
        """;
    private readonly TempFolder folder = new();

    /// <summary>An adapter of some settings.</summary>
    /// <param name="settings">What differs, as JSON.</param>
    public PeftFolder(string settings = "{}")
    {
        Config = JsonNode.Parse(Settings)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(settings)!.AsObject())
            Config[name] = value?.DeepClone();
    }

    public JsonObject Config { get; }

    public Dictionary<string, Tensor> Tensors { get; } = [];

    public string Path => folder.Path;

    /// <summary>Normal numbers for a map's A and B.</summary>
    public (Tensor A, Tensor B) Add(LinearLayer map, int rank) => Add(map, randn(rank, map.Inputs) * 0.1, randn(map.Outputs, rank) * 0.1);

    public (Tensor A, Tensor B) Add(LinearLayer map, Tensor a, Tensor b) =>
        (
            Tensors[$"base_model.model.{map.Name}.lora_A.weight"] = a.to(ScalarType.Float32),
            Tensors[$"base_model.model.{map.Name}.lora_B.weight"] = b.to(ScalarType.Float32)
        );

    /// <summary>The folder, written.</summary>
    public string Write()
    {
        File.WriteAllText(folder.File("adapter_config.json"), Config.ToJsonString());
        SafetensorsFile.Write(folder.File("adapter_model.safetensors"), Tensors);
        return Path;
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The queries' and values' maps.</summary>
    public static IEnumerable<LinearLayer> QueriesAndValues(LanguageModel model) =>
        model.LinearLayers.Where(map => map.Sites.Any(site => site is Site.Query or Site.Value));
}
