using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Inference;
using TaskDsl.Torch.Tokenizers;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Models;

/// <summary>A new decoder of the Llama family with random weights and a tokenizer of its own, for pre-training.</summary>
[Keyword("decoder")]
public sealed record NewDecoder : ModelSource
{
    /// <summary>Tokens in the vocabulary; fewer where the corpus does not have so many.</summary>
    [Range(260, 1 << 20)]
    public int VocabularySize { get; init; } = 4096;

    /// <summary>The width of the residual stream.</summary>
    [Range(2, 1 << 16)]
    public int HiddenSize { get; init; } = 256;

    /// <summary>The layers.</summary>
    [Range(1, 1024)]
    public int Layers { get; init; } = 6;

    /// <summary>The attention's query heads; they divide the hidden size.</summary>
    [Range(1, 1024)]
    public int Heads { get; init; } = 8;

    /// <summary>Key and value heads; they divide the query heads. Default: as many as query heads.</summary>
    [Range(1, 1024)]
    public int? KeyValueHeads { get; init; }

    /// <summary>The width inside the feed-forward. Default: 8/3 of the hidden size, rounded up to a multiple of 32.</summary>
    [Range(1, 1 << 20)]
    public int? FeedForwardSize { get; init; }

    /// <summary>The longest row that the model is made for.</summary>
    [Range(1, 1 << 24)]
    public int MaxPositions { get; init; } = 2048;

    /// <summary>The base of the rotary angles.</summary>
    [Range(1.0, 1e12)]
    public double RopeTheta { get; init; } = 10000;

    /// <summary>Whether the head is the embedding itself.</summary>
    public bool Tied { get; init; } = true;

    /// <summary>The numbers that the weights are saved in; training always uses float32.</summary>
    public WeightType StoredAs { get; init; } = WeightType.Float32;

    /// <summary>Where the tokenizer comes from.</summary>
    public TokenizerSource Tokenizer { get; init; } = new Bpe();

    /// <inheritdoc/>
    public override LoadedModel Open(ModelRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (HiddenSize % Heads != 0) throw new ModelException($"a hidden size of {HiddenSize} is no multiple of {Heads} heads.");
        var tokenizer = Tokenizer.Create(request.Corpus, VocabularySize, [.. request.SpecialTokens, .. ChatFormat?.SpecialTokens ?? []], request.Cancellation);
        var config = new DecoderConfig
        {
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = HiddenSize,
            Layers = Layers,
            Heads = Heads,
            KeyValueHeads = KeyValueHeads ?? Heads,
            HeadSize = HiddenSize / Heads,
            FeedForwardSize = FeedForwardSize ?? (HiddenSize * 8 / 3 + 31) / 32 * 32,
            MaxPositions = MaxPositions,
            RopeTheta = RopeTheta,
            Tied = Tied,
            StoredAs = StoredAs,
            EndOfText = [tokenizer.EndOfText],
            Padding = tokenizer.Padding,
        };
        return new LoadedModel(Decoder.Create(config, request.Seed, request.Device), tokenizer) { ChatFormat = ChatFormat };
    }
}
