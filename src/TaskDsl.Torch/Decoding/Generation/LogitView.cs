using static TorchSharp.torch;

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

/// <summary>Chooses a token for each row, on the device that holds the scores.</summary>
/// <param name="logits">float32 <c>[rows, vocabulary]</c>, not normalised.</param>
/// <param name="points">float64 <c>[rows]</c>: for each row a number drawn evenly from [0, 1).</param>
/// <returns>int64 <c>[rows]</c>.</returns>
public delegate Tensor DeviceChooser(Tensor logits, Tensor points);
