using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Models;

/// <summary>
/// The settings of a <c>config.json</c> that no family asks for: known to change nothing, refused, or told.
/// </summary>
internal static class ConfigSettings
{
    private static readonly string[] Unset = ["false", "null", "{}", "[]", "\"\"", "0", "0.0"];

    /// <summary>Settings that change no score of a model, each group with its reason.</summary>
    private static readonly HashSet<string> Harmless =
    [
        // Who made it, and by what it is opened.
        .. Names(
            """
            _attn_implementation _commit_hash _name_or_path architectures finetuning_task gradient_checkpointing label2id language
            model_name model_type name_or_path task_specific_params tf_legacy_loss tokenizer_class torchscript
            transformers_version unsloth_fixed unsloth_version use_bfloat16
            """
        ),
        // What a call gives back, how fast, and in which pieces.
        .. Names(
            """
            chunk_size_feed_forward output_attentions output_hidden_states output_scores pretraining_tp remove_invalid_values
            reorder_and_upcast_attn return_dict return_dict_in_generate slow_but_exact use_cache
            """
        ),
        // Dropout, which the recipe decides, and how new weights are drawn.
        .. Names(
            """
            activation_dropout attention_dropout attention_probs_dropout_prob attn_pdrop classif_dropout classifier_dropout
            decoder_layerdrop dropout dropout_rate embd_pdrop encoder_layerdrop hidden_dropout hidden_dropout_prob init_std
            initializer_factor layerdrop resid_pdrop
            """
        ),
        // Heads that are made as their classes have them.
        .. Names(
            """
            directionality pooler_fc_size pooler_num_attention_heads pooler_num_fc_layers pooler_size_per_head pooler_type
            summary_activation summary_first_dropout summary_last_dropout summary_proj_to_labels summary_type summary_use_proj
            """
        ),
        // How texts are written, which the recipe's decoding decides.
        .. Names(
            """
            bad_words_ids begin_suppress_tokens diversity_penalty do_sample early_stopping encoder_no_repeat_ngram_size
            exponential_decay_length_penalty forced_bos_token_id forced_eos_token_id length_penalty max_length max_new_tokens
            min_length no_repeat_ngram_size num_beam_groups num_beams num_return_sequences output_past prefix repetition_penalty
            suppress_tokens temperature top_k top_p typical_p
            """
        ),
        // Said again by what is read, or of no use where it is not.
        .. Names(
            """
            cls_token_id decoder_start_token_id dense_act_fn is_encoder_decoder is_gated_act mask_token_id max_window_layers n_ctx
            num_hidden_layers num_labels original_max_position_embeddings problem_type rotary_emb_base sep_token_id
            tie_word_embeddings torch_dtype vocab_type
            """
        ),
    ];

    /// <summary>Settings that would change the numbers of every family.</summary>
    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["add_cross_attention"] = "a decoder that reads an encoder's states",
        ["cross_attention_hidden_size"] = "states of another size from an encoder",
        ["pruned_heads"] = "heads that were cut out",
        ["quantization"] = "quantised weights",
        ["tie_encoder_decoder"] = "two halves of the same weights",
    };

    public static void Refuse(ConfigJson json)
    {
        foreach (var name in json.Unasked)
            if (Refused.TryGetValue(name, out var meaning) && IsSet(json.Json[name]))
                throw json.Bad($"{name} is {json.Json[name]!.ToJsonString()}: {meaning}, which is not supported.");
    }

    /// <summary>What is set and asked for by nobody.</summary>
    public static IEnumerable<string> Unknown(ConfigJson json) =>
        from name in json.Unasked.Except(Harmless).Except(Refused.Keys)
        where IsSet(json.Json[name])
        select $"{json.Path}: '{name}' is not read for a {json.Text("model_type")}, and passed over: see "
            + "whether it should change the numbers.";

    /// <summary>What <c>generation_config.json</c> wants of every text that is written, and nobody does here.</summary>
    public static IEnumerable<string> OfGeneration(JsonObject? generation)
    {
        string[] forced =
        [
            .. Names("bad_words_ids begin_suppress_tokens forced_bos_token_id forced_eos_token_id sequence_bias suppress_tokens")
                .Where(name => generation?[name] is { } value && value.ToJsonString() != "[]"),
        ];
        if (forced.Length > 0)
            yield return $"generation_config.json has {string.Join(", ", forced)}, which decoding here does not use.";
    }

    private static string[] Names(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static bool IsSet(JsonNode? value) => value is not null && !Unset.Contains(value.ToJsonString());
}
