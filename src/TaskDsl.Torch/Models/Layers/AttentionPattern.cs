using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>Which tokens of a row belong together. Whether a token sees those behind it is the model's matter.</summary>
public sealed class AttentionPattern
{
    private readonly Tensor? segments,
        real;

    private AttentionPattern(Tensor? segments, Tensor? real, IReadOnlyList<int>? lengths = null) =>
        (this.segments, this.real, Lengths) = (segments, real, lengths);

    /// <summary>All of a row, without padding.</summary>
    public static AttentionPattern Whole { get; } = new(null, null);

    /// <summary>Those of its own segment: several examples in a row do not see each other.</summary>
    /// <param name="segments">int64 <c>[batch, sequence]</c>: equal numbers belong together.</param>
    public static AttentionPattern Packed(Tensor segments) => new(segments, null);

    /// <summary>The same, of numbers that the host knows: attention can then do without a mask.</summary>
    /// <param name="segments">For each token, row by row.</param>
    /// <param name="length">Tokens of a row.</param>
    /// <param name="device">Where the rows are.</param>
    internal static AttentionPattern Packed(ReadOnlySpan<long> segments, long length, Device device) =>
        new(FromHost.Tensor(segments, [segments.Length / length, length], device), null) { Runs = Segments.Runs(segments, length) };

    /// <summary>All real ones, in rows padded on either side.</summary>
    /// <param name="real">bool <c>[batch, keys]</c>: tokens that count, with those in the cache first.</param>
    public static AttentionPattern Padded(Tensor real) => new(null, real.to(ScalarType.Bool));

    /// <summary>All real ones, in rows padded on the right. Padding is not computed: its hidden states are 0.</summary>
    /// <param name="lengths">
    /// How many tokens of each row are real. A row of none is computed as one of its first token, so that it sees something; nothing else
    /// sees that.
    /// </param>
    public static AttentionPattern Ragged(IReadOnlyList<int> lengths) => new(null, null, lengths);

    /// <summary>How many tokens of each row are real, where padding is not computed; null = all are, or padding is hidden.</summary>
    internal IReadOnlyList<int>? Lengths { get; }

    /// <summary>How many tokens of packed rows belong together, one run behind the other; null where the host does not know.</summary>
    internal IReadOnlyList<int>? Runs { get; private init; }

    /// <summary>Whether nothing is hidden.</summary>
    internal bool IsWhole => segments is null && real is null && Lengths is null;

    /// <summary>Whether <see cref="Lengths"/> are given and all are as long as the rows: there is no padding.</summary>
    /// <param name="length">The length of the rows.</param>
    internal bool Fills(long length) => Lengths?.All(own => own == length) == true;

    /// <summary>bool <c>[batch, sequence]</c>: which tokens are no padding; null = all.</summary>
    /// <param name="length">The length of the rows.</param>
    /// <param name="device">Where they are.</param>
    internal Tensor? Real(long length, Device device) =>
        Lengths is null ? real
        : Fills(length) ? null
        : arange(length, device: device).unsqueeze(0) < FromHost.Tensor([.. Lengths.Select(own => (long)own)], device).unsqueeze(1);

    /// <summary>bool <c>[batch or 1, 1, 1, keys]</c>: the keys that are no padding.</summary>
    internal Tensor? RealKeys => real?.unsqueeze(1).unsqueeze(1);

    /// <summary>int64 <c>[batch, new]</c>: positions that count real tokens only; null where all are real.</summary>
    internal Tensor? Positions(long queries)
    {
        if (segments is not null)
            throw new ArgumentException("Packed rows need positions: they begin again in each segment.");
        return KeyPositions?.narrow(1, real!.size(1) - queries, queries); // [batch, queries]
    }

    /// <summary>bool, broadcastable to <c>[batch, heads, queries, keys]</c>: what may be seen; null = everything.</summary>
    internal Tensor? Allowed(long queries, long past, bool causal, int? window, Device device)
    {
        var keys = past + queries;
        if (window >= keys)
            window = null;
        if (segments is not null && (past != 0 || segments.size(1) != queries))
            throw new ArgumentException(
                $"Packed rows of {segments.size(1)} tokens were asked for with {queries} tokens and {past} in the cache; "
                    + "packing is for training."
            );
        if (real is not null && real.size(1) != keys)
            throw new ArgumentException($"A padding mask of {real.size(1)} keys was given for {past} cached and {queries} new ones.");
        Tensor? allowed = null;
        if ((causal && queries > 1) || window is not null)
        {
            // [queries, keys]
            var distance = arange(past, keys, device: device).unsqueeze(1) - arange(keys, device: device).unsqueeze(0);
            if (causal)
                allowed = distance.ge(0);
            if (window is { } reach)
            {
                // A window counts real tokens, whatever padding stands between them: [batch, 1, queries, keys]
                if (KeyPositions is { } at)
                    distance = (at.narrow(1, past, queries).unsqueeze(2) - at.unsqueeze(1)).unsqueeze(1);
                allowed = And(distance.abs().lt(reach), allowed);
            }
        }

        if (segments is not null)
            // [batch, 1, queries, keys]
            allowed = And(segments.unsqueeze(1).unsqueeze(3) == segments.unsqueeze(1).unsqueeze(2), allowed);
        if (real is null)
            return allowed;
        var seen = And(RealKeys!, allowed); // [batch, 1, 1 or queries, keys]
        if (!causal || queries == 1)
            return seen;
        // A padding position sees itself, [queries, keys]: a row that sees nothing would become NaN.
        var itself = arange(past, keys, device: device).unsqueeze(1) == arange(keys, device: device).unsqueeze(0);
        return seen.logical_or(itself);
    }

    /// <summary>int64 <c>[batch, keys]</c>, counting real tokens; padding shares a real token's position: nothing sees it.</summary>
    private Tensor? KeyPositions => real is null ? null : (real.to(ScalarType.Int64).cumsum(1) - 1).clamp_min(0);

    private static Tensor And(Tensor a, Tensor? b) => b is null ? a : a.logical_and(b);
}
