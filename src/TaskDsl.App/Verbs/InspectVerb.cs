using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.Disk;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.ChatFormats;
using TaskDsl.HuggingFace.ChatTemplates;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tuning.Adapters;

namespace TaskDsl.App.Verbs;

/// <summary><c>inspect</c>: what a model's or an adapter's folder holds, and whether it can be used. No weight is read.</summary>
internal static class InspectVerb
{
    private static readonly string[] TokenizerFiles =
    [
        "tokenizer.json",
        "vocab.json",
        "vocab.txt",
        "spiece.model",
        "tokenizer.model",
        "sentencepiece.bpe.model",
    ];

    public static Command Create(Session session)
    {
        var folder = new Argument<string>("folder")
        {
            Description =
                "The folder of a model in Hugging Face layout or of an adapter in PEFT's, or of a run (its best is taken), or "
                + "the run's name.",
        };
        var command = new Verb(
            "inspect",
            "Tell what a model's or an adapter's folder holds, what it takes, and what of it is not supported.",
            "{model}",
            "{recipe}"
        )
        {
            folder,
        };
        command.SetAction(parsed =>
        {
            var found = ModelFolder.Find(session, parsed.GetValue(folder)!);
            return AdapterFolder.IsAdapter(found) ? InspectAdapter(session, found) : InspectModel(session, found);
        });
        return command;
    }

    private static int InspectModel(Session session, string folder)
    {
        var facts = new Facts(session);
        using var outline = ModelOutline.Read(folder);
        facts.Add("model", folder);
        facts.Problems.AddRange(outline.Problems);
        facts.Oddities.AddRange(outline.Oddities);
        AddShape(facts, outline);
        if (outline.Model is { } model)
            AddSize(facts, model, outline.Parameters);
        if (outline.Files.Count > 0)
        {
            facts.Add(
                "weight files",
                $"{outline.Files.Count} ({ByteText.Of(outline.Files.Sum(f => f.Bytes))}): {Some([.. outline.Files.Select(f => f.Name)])}"
            );
            facts.Add(
                "stored as",
                string.Join(", ", outline.Stored.Select(s => $"{TensorEntry.Name(s.Type)} ({Facts.Count(s.Count)} numbers)"))
            );
        }

        AddTokenizer(facts, folder, outline.Config);
        return facts.Show();
    }

    private static void AddShape(Facts facts, ModelOutline outline)
    {
        if (outline.Config is not { } config)
            return;
        var architectures = config.ToJson()["architectures"] is JsonArray all ? string.Join(", ", all.Select(a => a?.ToString())) : "";
        facts.Add("family", architectures.Length > 0 ? $"{config.ModelType} ({architectures})" : config.ModelType);
        if (outline.Model is { } model)
            facts.Add("kind", Kind(model));
        facts.Add(
            "shape",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{config.Layers} layers{(outline.Model is EncoderDecoder ? " in both halves" : "")}, hidden size "
                    + $"{config.HiddenSize:N0}, {config.Heads} "
                    + $"heads{(config.KeyValueHeads == config.Heads ? "" : $" ({config.KeyValueHeads} for keys and values)")} of "
                    + $"{config.HeadSize}"
            )
        );
        facts.Add(
            "vocabulary",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{config.VocabularySize:N0} rows{(config.IsTied ? ", the head is tied to the embedding" : "")}"
            )
        );
        facts.Add(
            "longest row",
            config.MaxPositions == int.MaxValue
                ? "no limit of its own"
                : string.Create(CultureInfo.InvariantCulture, $"{config.MaxPositions:N0} tokens")
        );
    }

    private static string Kind(LanguageModel model)
    {
        var labels = $"{model.Config.Labels.Count} labels: {Some(model.Config.Labels)}";
        var kind = model switch
        {
            Decoder { IsBidirectional: true } => "decoder that sees both ways",
            Decoder => "decoder",
            EncoderDecoder => "encoder–decoder",
            _ => "encoder",
        };
        return model.Head switch
        {
            LmHead => kind,
            TaskHead head => $"{kind} {head.Summary}, {labels}",
            var head => $"{kind} {head.Summary}",
        };
    }

    private static void AddSize(Facts facts, LanguageModel model, long parameters)
    {
        var embedding = model.TokenEmbedding.numel();
        facts.Add(
            "parameters",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Facts.Count(parameters)}, {(double)embedding / parameters:P0} of them the token embedding"
            )
        );
        facts.Add(
            "memory",
            $"weights {ByteText.Of(4 * parameters)} in float32 (as used here), {ByteText.Of(2 * parameters)} in bfloat16 or float16"
        );
        facts.Add(
            "to train all",
            $"{ByteText.Of(16 * parameters)} in float32 (weights, gradients, AdamW's two moments), and what a batch takes"
        );
    }

    private static void AddTokenizer(Facts facts, string folder, ModelConfig? config)
    {
        Tokenizer? tokenizer = null;
        try
        {
            tokenizer = Tokenizer.Load(folder);
            facts.Oddities.AddRange(tokenizer.Notices);
            facts.Add("tokenizer", string.Create(CultureInfo.InvariantCulture, $"{Source(folder)}, {tokenizer.VocabularySize:N0} tokens"));
            facts.Add(
                "special tokens",
                tokenizer.SpecialTokens.Count == 0
                    ? "none"
                    : $"{tokenizer.SpecialTokens.Count}: {Some([.. tokenizer.SpecialTokens.Order(StringComparer.Ordinal)])}"
            );
            if (tokenizer.Prefix.Count + tokenizer.Suffix.Count > 0)
                facts.Add("around a text", $"{Shown(tokenizer, tokenizer.Prefix)} … {Shown(tokenizer, tokenizer.Suffix)}".Trim());
            facts.Add("end of text", Shown(tokenizer, [tokenizer.EndOfText]));
            facts.Add("padding", Shown(tokenizer, [tokenizer.Padding]));
            if (config is not null && tokenizer.VocabularySize > config.VocabularySize)
                facts.Problems.Add(
                    $"the tokenizer has {tokenizer.VocabularySize} tokens, the model only {config.VocabularySize} rows: they do "
                        + "not belong together."
                );
            if (config is { EndOfText.Count: > 0 } && !config.EndOfText.Contains(tokenizer.EndOfText))
                facts.Oddities.Add(
                    $"config.json ends texts by {string.Join(" or ", config.EndOfText)}, the tokenizer by {tokenizer.EndOfText}."
                );
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            if (tokenizer is null)
                facts.Add("tokenizer", "cannot be used");
            facts.Problems.Add(e.Message);
        }

        try
        {
            var template = ChatTemplate.Load(folder);
            facts.Add("chat template", template is null ? "none" : "yes");
            var chosen = Path.Combine(folder, "chat_format.json");
            if (File.Exists(chosen))
                facts.Add("tuned with", string.Concat(File.ReadAllText(chosen).Where(c => !char.IsWhiteSpace(c))));
            if (template is not null && tokenizer is not null)
                _ = new ModelFormat().Of(template, tokenizer.SpecialTokens);
        }
        catch (Exception e) when (e is ChatTemplateException or IOException or UnauthorizedAccessException)
        {
            facts.Oddities.Add(e.Message); // The model can be used with another chat format.
        }
    }

    /// <summary>The tokenizer's file, and what it says of the method.</summary>
    private static string Source(string folder)
    {
        var file = TokenizerFiles.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) ?? "files of its own";
        if (file != TokenizerFiles[0])
            return file;
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, file)));
        return json.RootElement.TryGetProperty("model", out var model) && model.TryGetProperty("type", out var type)
            ? $"{type} in {file}"
            : file;
    }

    /// <summary>Tokens with their ids.</summary>
    private static string Shown(Tokenizer tokenizer, IEnumerable<int> tokens) =>
        string.Join(" ", tokens.Select(id => $"{tokenizer.TokenText(id)} ({id})"));

    private static int InspectAdapter(Session session, string folder)
    {
        var facts = new Facts(session);
        facts.Add("adapter", folder);
        try
        {
            var config =
                JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json"))) as JsonObject
                ?? throw new JsonException("it is no object.");
            facts.Add("type", config["peft_type"]?.ToString() ?? "not named");
            var settings = Settings(config).ToList();
            if (settings.Count > 0)
                facts.Add("settings", string.Join(", ", settings));
            var file = Path.Combine(folder, "adapter_model.safetensors");
            if (File.Exists(file))
                facts.Add("file", $"adapter_model.safetensors ({ByteText.Of(RealFile.Of(file).Length)})");
            facts.Add("made for", config["base_model_name_or_path"]?.ToString() ?? "not named");
            var weights = Path.Combine(folder, "base_weights.json");
            if (File.Exists(weights))
                facts.Add("trained on", string.Concat(File.ReadAllText(weights).Where(c => !char.IsWhiteSpace(c))));
            using var outline = ModelOutline.ReadBase(folder);
            facts.Add("model", outline.Folder);
            facts.Problems.AddRange(outline.Problems);
            AddShape(facts, outline);
            if (outline.Problems.Count == 0 && outline.Model is { } model)
                Apply(facts, model, folder, outline.Parameters);
        }
        catch (Exception e) when (e is JsonException or ModelException or MisfitException or IOException or UnauthorizedAccessException)
        {
            facts.Problems.Add(
                e is JsonException ? $"{Path.Combine(folder, "adapter_config.json")} is no adapter configuration: {e.Message}" : e.Message
            );
        }

        return facts.Show();
    }

    private static void Apply(Facts facts, LanguageModel model, string folder, long parameters)
    {
        foreach (var below in AdapterFolder.Chain(folder).Skip(1).SkipLast(1).Reverse())
            _ = AdapterFolder.Load(model, below); // It stays on the outline, which is let go of as a whole.
        using var adapter = AdapterFolder.Load(model, folder);
        var trained = adapter.Trained.Values.Sum(p => p.numel());
        facts.Add(
            "trained",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Facts.Count(trained)} numbers, {(double)trained / parameters:P2} of the model's {Facts.Count(parameters)}"
            )
        );
        var updated = model.LinearLayers.Where(layer => layer.Updates.Count > 0).ToList();
        if (updated.Count > 0)
            facts.Add(
                "sites",
                $"{updated.Count} linear maps: "
                    + $"{string.Join(", ", updated.SelectMany(l => l.Sites).Distinct().Select(s => s.ToString().ToLowerInvariant()))}"
            );
        var parts = model.Sublayers.Count(part => part.Updates.Count > 0);
        if (parts > 0)
            facts.Add("places", $"{parts} parts of layers");
        facts.Add("merge", adapter.MergeObstacle ?? "possible");
    }

    /// <summary>What a configuration says of a method's size; PEFT writes many more settings.</summary>
    private static IEnumerable<string> Settings(JsonObject config) =>
        from name in AdapterFolder
            .SettingsOf(config["peft_type"]?.ToString() ?? "")
            .Concat(config.Select(setting => setting.Key).Where(name => name.Contains("modules", StringComparison.Ordinal)))
        where
            config[name] is { } value
            && value.GetValueKind() != JsonValueKind.False
            && !(value is JsonArray { Count: > 0 } list && list[0] is JsonObject)
        select $"{name} {(config[name] is JsonArray all ? string.Join(" ", all) : config[name]!.ToString())}";

    private static string Some(IReadOnlyList<string> names) => string.Join(", ", names.Take(8)) + (names.Count > 8 ? ", …" : "");

    /// <summary>What is printed: the facts, then what is odd and what does not work.</summary>
    private sealed class Facts(Session session)
    {
        private readonly Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();

        public List<string> Problems { get; } = [];

        public List<string> Oddities { get; } = [];

        public static string Count(long count) =>
            count < 10_000_000
                ? count.ToString("N0", CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:N1} million");

        public void Add(string name, string value) => grid.AddRow(Markup.Escape(name), Markup.Escape(value));

        public int Show()
        {
            session.Console.Write(grid);
            foreach (var oddity in Oddities)
                session.Console.MarkupLineInterpolated($"[yellow]odd:[/] {oddity}");
            foreach (var problem in Problems)
                session.Console.MarkupLineInterpolated($"[red]error:[/] {problem}");
            if (Problems.Count == 0)
                session.Console.MarkupLine("[green]ready to use[/]");
            return Problems.Count == 0 ? ExitCode.Success : ExitCode.Mistake;
        }
    }
}
