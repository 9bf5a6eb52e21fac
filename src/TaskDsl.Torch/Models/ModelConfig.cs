using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Disk;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Models;

/// <summary>
/// A model's <c>config.json</c> in Hugging Face's layout, checked. Settings that only others read are kept and written again.
/// </summary>
public sealed class ModelConfig
{
    private readonly ConfigJson json;
    private readonly string? generation;

    private ModelConfig(ConfigJson json, string? generation)
    {
        (this.json, this.generation) = (json, generation);
        Architecture = Family.Describe(json);
        if (json.Has("quantization_config"))
            throw json.Bad(
                "quantization_config is set, and quantised weights are not supported; take the checkpoint that they were made from."
            );
        StoredAs = WeightTypes.Parse(json.Text("dtype", json.Text("torch_dtype", "float32")), json.Path);
        BeginOfText = json.MaybeInt("bos_token_id");
        EndOfText = json.Ids("eos_token_id");
        Padding = json.MaybeInt("pad_token_id");
        Labels = ReadLabels(json);
        InitializerRange = json.Number("initializer_range", 0.02);
        IsBidirectional = json.Flag("use_bidirectional_attention");
        if (Head is MaskedLmHead)
            json.Only("tie_word_embeddings", true);
        ConfigSettings.Refuse(json);
        Notices = [.. OutOfRange(), .. ConfigSettings.Unknown(json), .. ConfigSettings.OfGeneration(ReadGeneration())];
    }

    /// <summary>The family (<c>model_type</c>).</summary>
    public string ModelType => json.Text("model_type");

    /// <summary>Tokens in the vocabulary.</summary>
    public int VocabularySize => Main.Embedding.VocabularySize;

    /// <summary>The width of the residual stream.</summary>
    public int HiddenSize => Main.HiddenSize;

    /// <summary>The layers; of both halves together, where there are two.</summary>
    public int Layers => (Architecture.Encoder?.Layers ?? 0) + (Architecture.Decoder?.Layers ?? 0);

    /// <summary>The attention's query heads.</summary>
    public int Heads => Main.Heads;

    /// <summary>Its key and value heads.</summary>
    public int KeyValueHeads => Main.KeyValueHeads;

    /// <summary>The size of one head.</summary>
    public int HeadSize => Main.HeadSize;

    /// <summary>The longest row that the model is made for.</summary>
    public int MaxPositions => Architecture.MaxPositions;

    /// <summary>Whether the projection to the vocabulary is the embedding itself.</summary>
    public bool IsTied => Architecture.Head.Shape!.Tied;

    /// <summary>Whether a decoder's tokens see those behind them too (<c>use_bidirectional_attention</c>).</summary>
    public bool IsBidirectional { get; }

    /// <summary>The token that begins a text (<c>bos_token_id</c>); null = none.</summary>
    public int? BeginOfText { get; }

    /// <summary>The tokens that end a text (<c>eos_token_id</c>).</summary>
    public IReadOnlyList<int> EndOfText { get; }

    /// <summary>The token that fills rows (<c>pad_token_id</c>); null = none.</summary>
    public int? Padding { get; }

    /// <summary>The numbers that the weights are saved in (<c>dtype</c>).</summary>
    public WeightType StoredAs { get; }

    /// <summary>What the layers' weights are kept as while the model is open; null = as they are. It is no part of the file.</summary>
    public WeightFormat? Weights { get; private init; }

    /// <summary>
    /// The 16-bit numbers that the weights of the layers' linear maps are kept in where the files have them in those, so that nothing is
    /// lost, and no <see cref="Weights"/> are asked for; null = float32.
    /// </summary>
    internal WeightType? Frozen
    {
        get => field == StoredAs && Weights is null ? field : null;
        private init;
    }

    /// <summary>What a classifying head's results mean (<c>id2label</c>), in their order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>What a sequence classification answers (<c>problem_type</c>); null = not said.</summary>
    public string? Problem => json.Has("problem_type") ? json.Text("problem_type") : null;

    /// <summary>The standard deviation of new weights.</summary>
    public double InitializerRange { get; }

    /// <summary>What its user should know: settings that nothing here reads.</summary>
    public IReadOnlyList<string> Notices { get; }

    /// <summary>What the last hidden states become.</summary>
    public Head Head => Architecture.Head.Head;

    /// <summary>What the model is made of.</summary>
    internal Architecture Architecture { get; }

    /// <summary>The file, for messages.</summary>
    internal string Source => json.Path;

    private StackShape Main => Architecture.Decoder ?? Architecture.Encoder!;

    /// <summary>Reads a folder's <c>config.json</c>.</summary>
    /// <exception cref="ModelException">The file is missing, is no such JSON, or describes a model that is not supported.</exception>
    public static ModelConfig Load(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        if (!Directory.Exists(folder))
            throw new ModelException($"there is no model folder '{folder}'.");
        if (!File.Exists(path))
            throw new ModelException($"'{folder}' has no config.json; a model folder in Hugging Face layout was expected.");
        var generation = Path.Combine(folder, "generation_config.json");
        try
        {
            // Read by the document first: a node tree would keep the last of two equal settings and say nothing.
            var text = File.ReadAllText(path);
            using (JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false }))
                return new ModelConfig(
                    new ConfigJson(path, JsonNode.Parse(text) as JsonObject ?? throw new JsonException("it is no object.")),
                    File.Exists(generation) ? File.ReadAllText(generation) : null
                );
        }
        catch (JsonException e)
        {
            throw new ModelException($"{path} is no config.json: {e.Message}", e);
        }
    }

    /// <summary>Checks settings that were made here.</summary>
    /// <exception cref="ModelException">They do not fit each other, or describe a model that is not supported.</exception>
    public static ModelConfig Parse(JsonObject settings) => new(new ConfigJson("config.json", settings.DeepClone().AsObject()), null);

    /// <summary>The same configuration with some settings changed.</summary>
    /// <param name="settings">The settings; null takes one away.</param>
    public ModelConfig With(params IEnumerable<KeyValuePair<string, JsonNode?>> settings)
    {
        var changed = ToJson();
        foreach (var (name, value) in settings)
        {
            changed.Remove(name);
            if (value is not null)
                changed.Add(name, value);
        }

        return new ModelConfig(new ConfigJson(json.Path, changed), generation) { Weights = Weights, Frozen = Frozen };
    }

    /// <summary>The configuration of the same model, whose weights are to be kept in another form.</summary>
    /// <param name="weights">The form; null = as they are.</param>
    public ModelConfig Keep(WeightFormat? weights) => new(json, generation) { Weights = weights, Frozen = Frozen };

    /// <summary>The configuration of the same model, whose <see cref="Frozen"/> weights are kept in some numbers.</summary>
    /// <param name="type">The 16-bit numbers that the model computes in; null = float32.</param>
    internal ModelConfig KeepFrozen(WeightType? type) => new(json, generation) { Weights = Weights, Frozen = type };

    /// <summary>The configuration of the same model with another head.</summary>
    /// <exception cref="ModelException">The family cannot have it.</exception>
    public ModelConfig WithHead(HeadRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var settings = new Dictionary<string, JsonNode?> { ["architectures"] = new JsonArray(Family.ClassWith(request.Head, json)) };
        if (request.Labels.Count > 0)
        {
            settings["id2label"] = new JsonObject(
                request.Labels.Select((label, i) => KeyValuePair.Create(i.ToString(CultureInfo.InvariantCulture), (JsonNode?)label))
            );
            settings["label2id"] = new JsonObject(request.Labels.Select((label, i) => KeyValuePair.Create(label, (JsonNode?)i)));
            settings["num_labels"] = null;
            settings["problem_type"] = request.Problem;
        }

        return With(settings);
    }

    /// <summary>The settings.</summary>
    public JsonObject ToJson() => json.Json.DeepClone().AsObject();

    /// <summary>Writes <c>config.json</c> and <c>generation_config.json</c>.</summary>
    public void Save(string folder)
    {
        var settings = ToJson();
        settings["dtype"] = StoredAs.Word();
        settings["torch_dtype"] = StoredAs.Word(); // What transformers before 4.56 calls it.
        AtomicFile.WriteText(Path.Combine(folder, "config.json"), Text(settings));
        var text = generation;
        if (text is null && Architecture.Decoder is not null)
        {
            var start = new JsonObject();
            foreach (var name in (ReadOnlySpan<string>)["bos_token_id", "decoder_start_token_id", "eos_token_id", "pad_token_id"])
                if (settings[name] is { } value)
                    start[name] = value.DeepClone();
            text = Text(start);
        }

        if (text is not null)
            AtomicFile.WriteText(Path.Combine(folder, "generation_config.json"), text);

        static string Text(JsonObject json) => json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }

    private IEnumerable<string> OutOfRange() =>
        from token in new[] { ("bos_token_id", BeginOfText), ("pad_token_id", Padding) }.Concat(
            EndOfText.Select(id => ("eos_token_id", (int?)id))
        )
        where token.Item2 < 0 || token.Item2 >= VocabularySize
        select $"{token.Item1} is {token.Item2}, but the vocabulary has the ids 0 to {VocabularySize - 1}.";

    private JsonObject? ReadGeneration()
    {
        if (generation is null)
            return null;
        try
        {
            return JsonNode.Parse(generation) as JsonObject ?? throw new JsonException("it is no object.");
        }
        catch (JsonException e)
        {
            throw json.Bad($"generation_config.json beside it cannot be read: {e.Message}");
        }
    }

    private static string[] ReadLabels(ConfigJson json)
    {
        if (json.Part("id2label") is not { } map)
            return [.. Enumerable.Range(0, json.Int("num_labels", 2)).Select(i => $"LABEL_{i}")];
        var labels = new string[map.Json.Count];
        foreach (var (id, label) in map.Json)
        {
            if (!int.TryParse(id, out var i) || (uint)i >= (uint)labels.Length || labels[i] is not null)
                throw map.Bad($"'{id}' is no number of a label; expected each from 0 to {labels.Length - 1} once.");
            labels[i] = map.Text(id);
        }

        return labels;
    }
}
