using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>A new model with random weights and a tokenizer of its own, for pre-training.</summary>
public abstract record NewModel : ModelSource
{
    /// <summary>Tokens in the vocabulary; fewer where the corpus does not have so many.</summary>
    [Range(260, 1 << 20)]
    public int VocabularySize { get; init; } = 4096;

    /// <summary>The width of the residual stream.</summary>
    [Range(2, 1 << 16)]
    public int HiddenSize { get; init; } = 256;

    /// <summary>The layers; of each half, where there are two.</summary>
    [Range(1, 1024)]
    public int Layers { get; init; } = 6;

    /// <summary>The attention's query heads; they divide the hidden size.</summary>
    [Range(1, 1024)]
    public int Heads { get; init; } = 8;

    /// <summary>The longest row that the model is made for.</summary>
    [Range(1, 1 << 24)]
    public int MaxPositions { get; init; } = 2048;

    /// <summary>The numbers that the weights are saved in; training always uses float32.</summary>
    public WeightType StoredAs { get; init; } = WeightType.Float32;

    /// <inheritdoc/>
    public override LoadedModel Open(ModelRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (HiddenSize % Heads != 0)
            throw new ModelException($"a hidden size of {HiddenSize} is no multiple of {Heads} heads.");
        var tokenizer = Vocabulary.Create(
            request.Corpus,
            VocabularySize,
            [.. request.SpecialTokens, .. ChatFormat?.SpecialTokens ?? []],
            request.Cancellation
        );
        var config = Config(tokenizer);
        if (request.Head is { } head)
            config = config.WithHead(head);
        return new LoadedModel(
            request.OnMeta ? LanguageModel.OnMeta(config) : LanguageModel.Create(config, request.Seed, request.Device),
            tokenizer
        )
        {
            ChatFormat = ChatFormat,
        };
    }

    /// <summary>Where the tokenizer comes from.</summary>
    private protected abstract TokenizerSource Vocabulary { get; }

    /// <summary>The configuration of the model.</summary>
    private protected abstract ModelConfig Config(Tokenizer tokenizer);

    /// <summary>A configuration of these settings and those that all new models have.</summary>
    private protected ModelConfig Config(JsonObject settings, int vocabularySize, int endOfText, int padding)
    {
        settings["dtype"] = StoredAs.Word();
        settings["eos_token_id"] = endOfText;
        settings["initializer_range"] = 0.02;
        settings["pad_token_id"] = padding;
        settings["vocab_size"] = vocabularySize;
        return ModelConfig.Parse(settings);
    }
}
