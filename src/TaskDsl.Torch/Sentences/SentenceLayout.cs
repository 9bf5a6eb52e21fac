using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Tuning.Adapters;

namespace TaskDsl.Torch.Sentences;

/// <summary>
/// How a model's folder makes one vector of a text, by the files that sentence-transformers writes (sbert.net): <c>modules.json</c>,
/// <c>1_Pooling/config.json</c>, <c>sentence_bert_config.json</c>, <c>config_sentence_transformers.json</c>. Of a folder without them: the
/// mean of all tokens' states, of length 1.
/// </summary>
public sealed record SentenceLayout
{
    // Of a pooling's config.json, and what it means here; null = not supported.
    private static readonly (string Mode, string Setting, Pooling? Pooling)[] Modes =
    [
        ("mean", "pooling_mode_mean_tokens", Pooling.Mean),
        ("cls", "pooling_mode_cls_token", Pooling.First),
        ("lasttoken", "pooling_mode_lasttoken", Pooling.Last),
        ("max", "pooling_mode_max_tokens", null),
        ("mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens", null),
        ("weightedmean", "pooling_mode_weightedmean_tokens", null),
    ];

    /// <summary>How a text's hidden states become one vector.</summary>
    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>Whether vectors have the length 1.</summary>
    public bool IsNormalised { get; init; } = true;

    /// <summary>The most tokens of a text, with those that stand around it; null = as many as the model takes.</summary>
    public int? Longest { get; init; }

    /// <summary>What stands before every text.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>Reads a folder's; of an adapter's, that of the model below.</summary>
    /// <exception cref="ModelException">A file is broken, or asks for what is not supported; the text says what.</exception>
    public static SentenceLayout Read(string folder)
    {
        folder = AdapterFolder.Chain(folder)[^1];
        var path = Path.Combine(folder, "modules.json");
        if (!File.Exists(path))
            return new();
        var layout = new SentenceLayout { IsNormalised = false };
        foreach (var module in Parse(path) as JsonArray ?? throw new ModelException($"{path}: it is no list."))
        {
            var json = Part(path, module);
            var (type, place) = (json.Text("type").Split('.')[^1], json.Text("path", ""));
            layout = type switch
            {
                "Transformer" when place.Length == 0 => layout,
                "Transformer" => throw json.Bad($"the model lies in '{place}'; it is read only from the folder itself."),
                "Pooling" => layout with { Pooling = PoolingOf(Path.Combine(folder, place, "config.json")) },
                "Normalize" => layout with { IsNormalised = true },
                _ => throw json.Bad($"the module '{type}' is not supported; expected Transformer, Pooling and Normalize."),
            };
        }

        var reading = Settings(Path.Combine(folder, "sentence_bert_config.json"));
        reading?.Only("do_lower_case", false);
        var prompts = Settings(Path.Combine(folder, "config_sentence_transformers.json"));
        return layout with
        {
            Longest = reading?.MaybeInt("max_seq_length"),
            Prompt =
                prompts?.Has("default_prompt_name") == true && prompts.Part("prompts") is { } texts
                    ? texts.Text(prompts.Text("default_prompt_name"))
                    : "",
        };
    }

    private static Pooling PoolingOf(string path)
    {
        var json = Settings(path) ?? throw new ModelException($"there is no '{path}', which modules.json beside it names.");
        string[] modes = json.Has("pooling_mode")
            ? [json.Text("pooling_mode")]
            : [.. Modes.Where(mode => json.Flag(mode.Setting)).Select(mode => mode.Mode)];
        return modes is [var one] && Array.Find(Modes, mode => mode.Mode == one).Pooling is { } pooling
            ? pooling
            : throw json.Bad($"texts are pooled by '{string.Join(", ", modes)}'; supported is one of mean, cls, lasttoken.");
    }

    private static ConfigJson? Settings(string path) => File.Exists(path) ? Part(path, Parse(path)) : null;

    private static ConfigJson Part(string path, JsonNode? json) =>
        new(path, json as JsonObject ?? throw new ModelException($"{path}: an object was expected."));

    private static JsonNode? Parse(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path));
        }
        catch (JsonException e)
        {
            throw new ModelException($"{path} is no JSON: {e.Message}", e);
        }
    }
}
