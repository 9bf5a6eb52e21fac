using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>Which positions a position may look at. None ever looks ahead.</summary>
public abstract class AttentionPattern
{
    /// <summary>All positions up to itself.</summary>
    public static AttentionPattern Causal { get; } = new CausalPattern();

    /// <summary>All positions of its own segment up to itself: several examples in a row do not see each other.</summary>
    /// <param name="segments">int64 <c>[batch, seq]</c>: equal numbers belong together.</param>
    public static AttentionPattern Packed(Tensor segments) => new PackedPattern(segments);

    /// <summary>All real positions up to itself, in rows padded on either side.</summary>
    /// <param name="real">bool <c>[batch, keys]</c>: keys that count, with those in the cache first.</param>
    public static AttentionPattern Padded(Tensor real) => new PaddedPattern(real);

    /// <summary>The mask for attention (see <c>Ops.Attention</c>); null and causal where none is needed.</summary>
    internal abstract (Tensor? Mask, bool Causal) Build(long queries, long past, Device device);

    private static Tensor Lower(long queries, long past, Device device) =>
        ones(queries, past + queries, dtype: ScalarType.Bool, device: device).tril(past);

    /// <summary>As a number to add: libtorch would otherwise convert a bool mask in every layer.</summary>
    private static Tensor Additive(Tensor allowed) =>
        zeros(allowed.shape, dtype: ScalarType.Float32, device: allowed.device).masked_fill_(allowed.logical_not(), double.NegativeInfinity);

    private sealed class CausalPattern : AttentionPattern
    {
        internal override (Tensor? Mask, bool Causal) Build(long queries, long past, Device device) =>
            queries == 1 ? (null, false) : past == 0 ? (null, true) : (Additive(Lower(queries, past, device)), false);
    }

    private sealed class PackedPattern(Tensor segments) : AttentionPattern
    {
        internal override (Tensor? Mask, bool Causal) Build(long queries, long past, Device device)
        {
            if (past != 0 || segments.size(1) != queries) throw new ArgumentException($"Packed rows of {segments.size(1)} tokens were asked for with {queries} tokens and {past} in the cache; packing is for training.");
            var same = segments.unsqueeze(1).unsqueeze(3) == segments.unsqueeze(1).unsqueeze(2);
            return (Additive(same.logical_and(Lower(queries, 0, device))), false);
        }
    }

    private sealed class PaddedPattern(Tensor real) : AttentionPattern
    {
        internal override (Tensor? Mask, bool Causal) Build(long queries, long past, Device device)
        {
            if (real.size(1) != past + queries) throw new ArgumentException($"A padding mask of {real.size(1)} keys was given for {past} cached and {queries} new ones.");
            var allowed = real.to(ScalarType.Bool).unsqueeze(1).unsqueeze(1);
            if (queries == 1) return (Additive(allowed), false);
            // A padding position sees itself: a row that sees nothing would become NaN.
            var itself = eye(queries, dtype: ScalarType.Bool, device: device);
            if (past > 0) itself = cat([zeros(queries, past, dtype: ScalarType.Bool, device: device), itself], 1);
            return (Additive(allowed.logical_and(Lower(queries, past, device)).logical_or(itself)), false);
        }
    }
}
