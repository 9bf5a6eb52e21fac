using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>
/// Rows of different lengths without their padding: the tokens of all stand one behind the other, the shortest rows first. What looks at
/// one token at a time (maps, norms, activations) computes real tokens only; attention takes the rows of one length together, which needs
/// no mask.
/// </summary>
internal sealed class RaggedRows
{
    private readonly long rows,
        width,
        ahead;
    private readonly Tensor tokens,
        states;
    private readonly Tensor? merged;

    /// <param name="lengths">
    /// How many tokens each row has; what stands behind them is padding. Of a row of none, the first place is kept as a token.
    /// </param>
    /// <param name="width">The length of the padded rows.</param>
    /// <param name="ahead">Virtual tokens that come in front of every row.</param>
    /// <param name="device">Where the rows are.</param>
    public RaggedRows(IReadOnlyList<int> lengths, long width, long ahead, Device device)
    {
        (rows, this.width, this.ahead) = (lengths.Count, width, ahead);
        long[] kept = [.. lengths.Select(length => Math.Max(1, length))]; // A row that sees nothing would become NaN.
        var order = Enumerable.Range(0, kept.Length).OrderBy(row => kept[row]).ToArray();
        Groups = [.. order.GroupBy(row => kept[row] + ahead).Select(g => (g.LongCount(), g.Key))];
        tokens = Places((row, at) => row * width + at, from: 0);
        states = ahead == 0 ? tokens : Places((row, at) => row * (width + ahead) + ahead + at, -ahead);
        Positions = Places((_, at) => ahead + at, -ahead).unsqueeze(0);
        if (ahead > 0)
        {
            var next = ahead;
            merged = Places((_, at) => at < 0 ? ahead + at : next++, -ahead);
        }

        // int64 [tokens], or [virtual + tokens] where those are counted from below 0
        Tensor Places(Func<long, long, long> place, long from) =>
            FromHost.Tensor(
                order.SelectMany(row => Enumerable.Range(0, (int)(kept[row] - from)).Select(i => place(row, from + i))).ToArray(),
                device
            );
    }

    /// <summary>How many rows there are of each length, virtual tokens counted, shortest first.</summary>
    public IReadOnlyList<(long Rows, long Length)> Groups { get; }

    /// <summary>How many tokens each row has, virtual tokens counted, shortest first.</summary>
    public IReadOnlyList<int> Lengths => [.. Groups.SelectMany(g => Enumerable.Repeat((int)g.Length, (int)g.Rows))];

    /// <summary>int64 <c>[1, tokens]</c>: each token's place in its row, virtual ones counted first.</summary>
    public Tensor Positions { get; }

    /// <summary>Leaves padding out: <c>[rows, width]</c> becomes <c>[1, tokens]</c>, without virtual tokens.</summary>
    public Tensor Without(Tensor padded) => padded.expand(rows, width).reshape(-1).index_select(0, tokens).unsqueeze(0);

    /// <summary>Puts virtual tokens in front of each row.</summary>
    /// <param name="front"><c>[virtual, …]</c>, the same for all rows.</param>
    /// <param name="x"><c>[1, tokens, …]</c>.</param>
    /// <returns><c>[1, tokens, …]</c>, virtual ones among them.</returns>
    public Tensor Behind(Tensor front, Tensor x) => cat([front, x.squeeze(0)], 0).index_select(0, merged!).unsqueeze(0);

    /// <summary>Puts padding back, as zeros: <c>[1, tokens, size]</c> becomes <c>[rows, virtual + width, size]</c>.</summary>
    public Tensor Padded(Tensor x) =>
        zeros([rows * (ahead + width), x.size(2)], x.dtype, x.device).index_copy(0, states, x.squeeze(0)).view(rows, ahead + width, -1);

    /// <summary>Splits by length: <c>[1, tokens, heads, head]</c> becomes a <c>[rows, length, heads, head]</c> of each group.</summary>
    public IEnumerable<Tensor> Split(Tensor x) =>
        x.split([.. Groups.Select(g => g.Rows * g.Length)], 1)
            .Zip(Groups, (part, group) => part.view(group.Rows, group.Length, x.size(2), x.size(3)));
}
