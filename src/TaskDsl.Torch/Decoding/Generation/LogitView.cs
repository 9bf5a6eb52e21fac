namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>What a run looks at of the scores behind an open completion: a GPU sends no more than that to the host.</summary>
public abstract record LogitView
{
    private LogitView() { }

    /// <summary>The scores of all tokens.</summary>
    public static LogitView All { get; } = new Every();

    /// <summary>The scores of some tokens, and what lowers them to log-probabilities among all.</summary>
    public static LogitView Of(int[] tokens) => new Some(tokens);

    /// <summary>The one token that is chosen where the scores are.</summary>
    /// <param name="choose">Chooses it, for many rows at a time.</param>
    /// <param name="point">What is drawn for it, evenly from [0, 1).</param>
    public static LogitView Chosen(DeviceChooser choose, double point) => new One(choose, point);

    internal sealed record Every : LogitView;

    internal sealed record Some(int[] Tokens) : LogitView;

    internal sealed record One(DeviceChooser Choose, double Point) : LogitView;
}
