namespace TaskDsl.App.Drafting;

/// <summary>Something that a person should see or decide: a comment of the draft.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Text">What was seen, and what can be done.</param>
internal sealed record Remark(Place Place, string Text)
{
    /// <summary>The stage that the draft has because of it; null where it has none.</summary>
    public string? Stage { get; init; }

    /// <summary>Whether the draft is of no use before somebody does something. Default: it trains as it is.</summary>
    public bool NeedsHand { get; init; }
}
