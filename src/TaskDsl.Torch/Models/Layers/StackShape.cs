using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>
/// What one stack of layers is made of: all that tells one family from another. A name that is null is a part that is not there.
/// </summary>
internal sealed record StackShape
{
    /// <summary>The width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    /// <summary>A divisor of <see cref="Heads"/> (arXiv 2305.13245).</summary>
    public required int KeyValueHeads { get; init; }

    public required int HeadSize { get; init; }

    /// <summary>The width inside the feed-forward.</summary>
    public required int FeedForwardSize { get; init; }

    public required Activation Activation { get; init; }

    public required NormKind Norm { get; init; }

    public required double NormEpsilon { get; init; }

    /// <summary>Whether each part is normalised behind its residual (BERT) and not before the part (GPT-2, Llama).</summary>
    public bool NormAfter { get; init; }

    /// <summary>Whether the residual is the normalised input (an option of BLOOM).</summary>
    public bool ResidualFromNorm { get; init; }

    /// <summary>Whether attention and feed-forward stand beside each other (GPT-NeoX).</summary>
    public bool Parallel { get; init; }

    /// <summary>Whether tokens see only those before them.</summary>
    public bool Causal { get; init; } = true;

    public bool QueryKeyValueBias { get; init; }

    public bool OutputBias { get; init; }

    public bool FeedForwardBias { get; init; }

    /// <summary>Whether weights are stored as <c>[in, out]</c> (GPT-2's Conv1D).</summary>
    public bool Transposed { get; init; }

    /// <summary>
    /// Whether a fused map has query, key and value of a head beside each other, head by head; otherwise all queries come first.
    /// </summary>
    public bool FusedByHead { get; init; }

    /// <summary>Multiplies the scores of a layer. Default: 1 / √head size.</summary>
    public Func<int, double>? Scale { get; init; }

    /// <summary>Scores are soft-capped to ± this (Gemma 2).</summary>
    public double? ScoreCap { get; init; }

    /// <summary>Whether attention is by scores alone, so that kernels know it which are told where texts end.</summary>
    public bool CanSplit => ScoreCap is null && !Positions.AddsToScores && HeadSize % 8 == 0;

    /// <summary>How many tokens back a layer sees, itself included; null = all.</summary>
    public Func<int, int?> Window { get; init; } = _ => null;

    public required PositionScheme Positions { get; init; }

    public required EmbeddingShape Embedding { get; init; }

    /// <summary>The width of what is added for a position: that of the embeddings at the place where it is added.</summary>
    public int PositionSize => Embedding.ProjectFirst ? HiddenSize : Embedding.Size;

    /// <summary>The name of layer i up to its parts, dot included.</summary>
    public required Func<int, string> Layer { get; init; }

    public required AttentionNames Attention { get; init; }

    public AttentionNames? CrossAttention { get; init; }

    public required FeedForwardNames FeedForward { get; init; }

    public string? FinalNorm { get; init; }

    /// <summary>A map from the hidden size back to the embedding's (OPT).</summary>
    public string? ProjectOut { get; init; }

    /// <summary>The width of the states behind the stack.</summary>
    public int OutputSize => ProjectOut is null ? HiddenSize : Embedding.Size;

    /// <summary>Throws unless the numbers fit each other.</summary>
    public StackShape Check(string path)
    {
        foreach (
            var (name, value) in (ReadOnlySpan<(string, int)>)
                [
                    ("the hidden size", HiddenSize),
                    ("the number of layers", Layers),
                    ("the number of heads", Heads),
                    ("the number of key-value heads", KeyValueHeads),
                    ("the head size", HeadSize),
                    ("the feed-forward size", FeedForwardSize),
                    ("the embedding size", Embedding.Size),
                    ("the vocabulary size", Embedding.VocabularySize),
                    ("the number of token types", Embedding.TokenTypes is null ? 1 : Embedding.TokenTypeCount),
                ]
        )
        {
            if (value is < 1 or > 1 << 28)
                throw new ModelException($"{path}: {name} is {value}; expected a number from 1.");
        }

        if (Heads % KeyValueHeads != 0)
            throw new ModelException($"{path}: {Heads} heads are no multiple of {KeyValueHeads} key-value heads.");
        if (!(NormEpsilon > 0))
            throw new ModelException($"{path}: the normalisation's epsilon must be positive.");
        Positions.Check(this, path);
        return this;
    }
}

/// <summary>How tokens become vectors.</summary>
internal sealed record EmbeddingShape
{
    public required int VocabularySize { get; init; }

    /// <summary>The width of the table; where it is not the hidden size, <see cref="Project"/> maps between the two.</summary>
    public required int Size { get; init; }

    public required string Tokens { get; init; }

    public double Scale { get; init; } = 1;

    public string? TokenTypes { get; init; }

    public int TokenTypeCount { get; init; }

    /// <summary>A normalisation behind the sum.</summary>
    public string? Norm { get; init; }

    public string? Project { get; init; }

    public bool ProjectBias { get; init; }

    /// <summary>Whether the projection stands before the positions are added (OPT) and not behind the normalisation (ELECTRA).</summary>
    public bool ProjectFirst { get; init; }
}

/// <summary>The names of an attention's parts within a layer.</summary>
internal sealed record AttentionNames
{
    public string? Norm { get; init; }

    /// <summary>A second normalisation behind the part, before its residual (Gemma 2).</summary>
    public string? InnerNorm { get; init; }

    public string Query { get; init; } = "";

    public string Key { get; init; } = "";

    public string Value { get; init; } = "";

    /// <summary>One map for all three.</summary>
    public string? Fused { get; init; }

    /// <summary>Normalisations of each head's queries and keys (Qwen 3).</summary>
    public string? QueryNorm { get; init; }

    public string? KeyNorm { get; init; }

    public required string Output { get; init; }
}

/// <summary>The names of a feed-forward's parts within a layer.</summary>
internal sealed record FeedForwardNames
{
    public string? Norm { get; init; }

    public string? InnerNorm { get; init; }

    public string? Gate { get; init; }

    public string Up { get; init; } = "";

    /// <summary>One map for gate and up.</summary>
    public string? Fused { get; init; }

    public required string Down { get; init; }
}
