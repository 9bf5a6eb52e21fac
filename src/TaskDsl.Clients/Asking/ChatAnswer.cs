namespace TaskDsl.Clients.Asking;

/// <summary>A client's answer.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Finish">Why it ended: <c>stop</c>, <c>length</c>, <c>content_filter</c>; null where the client does not say.</param>
/// <param name="Usage">What it has cost.</param>
public sealed record ChatAnswer(string Text, string? Finish, TokenUsage Usage)
{
    /// <summary>Whether the client did not say what it has cost, so that a token is reckoned for each three bytes.</summary>
    public bool IsEstimated { get; init; }
}
