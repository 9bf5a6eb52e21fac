namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>How a term has a batch read. Terms with equal ones share one run of the model.</summary>
public sealed record PassInput
{
    /// <summary>The batch as it is, read as the model does.</summary>
    public static PassInput Plain { get; } = new();

    /// <summary>Tokens in the place of the batch's own, <c>[rows · length]</c>. Default: those.</summary>
    public long[]? Ids { get; init; }

    /// <summary>Whether a decoder's tokens see those behind them too. Default: as the model is set.</summary>
    public bool? Bidirectional { get; init; }
}
