using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Safetensors;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>Configurations that leave out what the classes take anyway.</summary>
public sealed class ShortConfigTests : TorchTest
{
    /// <summary>What the classes of transformers 4.57.6 take where a config.json says nothing, if no weight's shape shows it.</summary>
    private const string ClassDefaults = """
        {
          "llama": {
            "hidden_act": "silu", "max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "rope_scaling": null,
            "attention_bias": false, "mlp_bias": false, "tie_word_embeddings": false
          },
          "mistral": {
            "hidden_act": "silu", "max_position_embeddings": 131072, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "sliding_window": 4096,
            "num_key_value_heads": 8, "tie_word_embeddings": false
          },
          "qwen2": {
            "hidden_act": "silu", "max_position_embeddings": 32768, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "rope_scaling": null,
            "use_sliding_window": false, "sliding_window": 4096, "max_window_layers": 28, "num_key_value_heads": 32,
            "tie_word_embeddings": false
          },
          "qwen3": {
            "hidden_act": "silu", "max_position_embeddings": 32768, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "head_dim": 128,
            "attention_bias": false, "use_sliding_window": false, "num_key_value_heads": 32, "tie_word_embeddings": false
          },
          "gemma2": {
            "hidden_activation": "gelu_pytorch_tanh", "max_position_embeddings": 8192, "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
            "head_dim": 256, "query_pre_attn_scalar": 256, "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0,
            "sliding_window": 4096, "num_key_value_heads": 4, "attention_bias": false, "tie_word_embeddings": true
          },
          "phi3": {
            "hidden_act": "silu", "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "rope_scaling": null,
            "partial_rotary_factor": 1.0, "sliding_window": null, "tie_word_embeddings": false
          },
          "gpt2": {
            "activation_function": "gelu_new", "n_positions": 1024, "layer_norm_epsilon": 1e-5, "scale_attn_weights": true,
            "scale_attn_by_inverse_layer_idx": false, "tie_word_embeddings": true
          },
          "opt": {
            "activation_function": "relu", "max_position_embeddings": 2048, "do_layer_norm_before": true, "enable_bias": true,
            "layer_norm_elementwise_affine": true, "_remove_final_layer_norm": false, "tie_word_embeddings": true
          },
          "bloom": {"layer_norm_epsilon": 1e-5, "apply_residual_connection_post_layernorm": false, "tie_word_embeddings": true},
          "gpt_neox": {
            "hidden_act": "gelu", "max_position_embeddings": 2048, "layer_norm_eps": 1e-5, "rotary_pct": 0.25, "rope_theta": 10000,
            "use_parallel_residual": true, "attention_bias": true, "tie_word_embeddings": false
          },
          "bert": {"hidden_act": "gelu", "max_position_embeddings": 512, "layer_norm_eps": 1e-12, "type_vocab_size": 2},
          "roberta": {"hidden_act": "gelu", "max_position_embeddings": 512, "layer_norm_eps": 1e-12, "type_vocab_size": 2,
            "pad_token_id": 1},
          "xlm-roberta": {
            "hidden_act": "gelu", "max_position_embeddings": 512, "layer_norm_eps": 1e-12, "type_vocab_size": 2, "pad_token_id": 1
          },
          "electra": {
            "hidden_act": "gelu", "max_position_embeddings": 512, "layer_norm_eps": 1e-12, "type_vocab_size": 2, "embedding_size": 128
          },
          "t5": {
            "feed_forward_proj": "relu", "d_kv": 64, "layer_norm_epsilon": 1e-6, "relative_attention_num_buckets": 32,
            "relative_attention_max_distance": 128, "tie_word_embeddings": true
          },
          "mt5": {
            "feed_forward_proj": "gated-gelu", "d_kv": 64, "layer_norm_epsilon": 1e-6, "relative_attention_num_buckets": 32,
            "relative_attention_max_distance": 128, "tie_word_embeddings": false
          },
          "bart": {
            "activation_function": "gelu", "max_position_embeddings": 1024, "scale_embedding": false, "decoder_start_token_id": 2,
            "tie_word_embeddings": true
          }
        }
        """;

    public static TheoryData<string, string> Settings
    {
        get
        {
            var settings = new TheoryData<string, string>();
            foreach (var (family, defaults) in JsonNode.Parse(ClassDefaults)!.AsObject())
            foreach (var (setting, _) in defaults!.AsObject())
                settings.Add(family, setting);
            return settings;
        }
    }

    /// <summary>As save_pretrained writes it, and without all that its class takes anyway: the scores are the references.</summary>
    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public void The_short_form_is_the_same_model(string name)
    {
        var saved = Json(name, "config_saved.json");
        using (var model = new GoldenModel(name, saved))
            Same(model);
        foreach (var (setting, value) in Defaults(saved["model_type"]!.GetValue<string>()))
            if (JsonNode.DeepEquals(saved[setting], value))
                saved.Remove(setting);
        using var shorter = new GoldenModel(name, saved);
        Same(shorter);

        static void Same(GoldenModel model)
        {
            foreach (var @case in model.Cases)
            {
                var (hidden, _, _) = model.Run(@case);
                var real = model.Kind == "seq2seq" ? ones(1, dtype: ScalarType.Bool) : model.Real(@case).unsqueeze(2);
                Close(model[$"{@case}/last_hidden_state"] * real, hidden * real, 5e-5);
            }

            if (model.Has("full/logits"))
                Close(model["full/logits"], model.Run("full").Logits, 5e-5);
        }
    }

    /// <summary>A setting that is not there is what its class takes: the model's description is the same as where it is said.</summary>
    [Theory, MemberData(nameof(Settings))]
    public void What_is_not_said_is_what_the_class_takes(string family, string setting)
    {
        var name = Directory
            .GetDirectories(Path.Combine(AppContext.BaseDirectory, "Golden"))
            .Select(folder => Path.GetFileName(folder)!)
            .Order(StringComparer.Ordinal)
            .First(folder =>
                File.Exists(Golden(folder, "config.json")) && Json(folder, "config.json")["model_type"]!.GetValue<string>() == family
            );
        var said = Json(name, "config.json");
        foreach (var (other, value) in Defaults(family))
            said[other] = value?.DeepClone();
        said["layer_types"] = null; // Those of the windows that were.
        if (said.ContainsKey("num_key_value_heads"))
            said["num_attention_heads"] = 32; // A multiple of every default.
        if (setting == "sliding_window")
            said["use_sliding_window"] = true;
        var unsaid = said.DeepClone().AsObject();
        unsaid.Remove(setting);
        Assert.Equal(Text(said), Text(unsaid));
    }

    /// <summary>A bare model may have been made without its pooler (sentence-transformers' often are).</summary>
    [Fact]
    public void A_bare_model_without_a_pooler_loads()
    {
        using var golden = new GoldenModel("bert");
        using var folder = new TempFolder();
        File.Copy(Golden("bert", "config.json"), folder.File("config.json"));
        SafetensorsFile.Write(
            folder.File("model.safetensors"),
            golden
                .Model.Parameters.Where(p => !p.Key.StartsWith("pooler", StringComparison.Ordinal))
                .Select(p => KeyValuePair.Create(p.Key, (Tensor)p.Value))
        );
        using var bare = LanguageModel.Load(folder.Path);
        var (hidden, logits, _) = golden.Run(bare, "full");
        Close(golden["full/last_hidden_state"], hidden, 5e-5);
        Close(hidden.select(1, 0), logits, 0); // Nothing stands behind the first token's state.
        using var outline = ModelOutline.Read(folder.Path);
        Assert.Empty(outline.Problems);
        using var again = new TempFolder();
        bare.Save(again.Path);
        using var read = LanguageModel.Load(again.Path);
        Close(hidden, golden.Run(read, "full").Hidden, 0);
    }

    private static string Golden(string name, string file) => Path.Combine(AppContext.BaseDirectory, "Golden", name, file);

    private static JsonObject Json(string name, string file) => JsonNode.Parse(File.ReadAllText(Golden(name, file)))!.AsObject();

    private static JsonObject Defaults(string family) => JsonNode.Parse(ClassDefaults)![family]!.AsObject();

    /// <summary>A model's description as text: records print what they hold, functions of a layer what they give.</summary>
    private static string Text(JsonObject json)
    {
        var all = ModelConfig.Parse(json).Architecture;
        return string.Join('\n', new[] { all.Encoder, all.Decoder }.Select(stack => $"{stack} {Layers(stack)}"))
            + $"{all.Head} {all.MaxPositions} {all.DecoderStart}";

        static string Layers(Torch.Models.Layers.StackShape? stack) =>
            stack is null
                ? ""
                : string.Join(' ', Enumerable.Range(0, stack.Layers).Select(i => $"{stack.Window(i)} {stack.Scale?.Invoke(i)}"));
    }
}
