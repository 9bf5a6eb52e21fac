namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// Where the scores of the next token come from: one model, or whatever else gives each token of its vocabulary a number.
/// </summary>
public abstract class LogitSource
{
    /// <summary>Begins to write behind some texts.</summary>
    /// <param name="contexts">The texts' tokens, one row each.</param>
    /// <param name="limit">The most tokens that will be written behind one.</param>
    public abstract LogitSourceRun Start(IReadOnlyList<int[]> contexts, int limit);
}
