using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <content>Attention within segments.</content>
public static partial class Ops
{
    /// <summary>
    /// Scaled dot-product attention of each segment's tokens among themselves, without a mask: on a GPU by the kernels that take the
    /// segments' ends (flash attention, arXiv 2307.08691; in float32 the memory-efficient one, arXiv 2112.05682).
    /// </summary>
    /// <param name="query"><c>[tokens, heads, head]</c>.</param>
    /// <param name="key"><c>[tokens, key-value heads, head]</c>; heads is a multiple of key-value heads.</param>
    /// <param name="value">The same.</param>
    /// <param name="segments">The segments, as long as all tokens together.</param>
    /// <param name="causal">Whether a token sees only itself and those before it.</param>
    /// <param name="window">How near a token must be to be seen, itself counted as 1; null = any is.</param>
    /// <param name="scale">Multiplies the scores. Default: 1 / √head.</param>
    /// <returns><c>[tokens, heads, head]</c>.</returns>
    internal static Tensor SegmentAttention(
        Tensor query,
        Tensor key,
        Tensor value,
        Segments segments,
        bool causal,
        int? window = null,
        double? scale = null
    )
    {
        Check(
            query.dim() == 3 && key.dim() == 3 && key.shape.AsSpan().SequenceEqual(value.shape),
            $"segments need [tokens, heads, head], not query {Shape(query)}, key {Shape(key)}, value {Shape(value)}."
        );
        Check(
            query.dtype == key.dtype && query.dtype == value.dtype,
            $"segments need one kind of numbers, not {query.dtype}, {key.dtype} and {value.dtype}."
        );
        Check(
            query.size(0) == key.size(0) && query.size(2) == key.size(2) && query.size(1) % key.size(1) == 0,
            $"attention: query {Shape(query)} does not fit key {Shape(key)}."
        );
        Check(
            segments.Lengths.Sum(length => (long)length) == query.size(0),
            $"{segments.Lengths.Count} segments of {segments.Lengths.Sum()} tokens do not fit {query.size(0)}."
        );
        TorchRuntime.Initialize();
        if (window >= segments.Longest)
            window = null;
        if (query.device_type != DeviceType.CUDA)
            return PlainOps.SegmentAttention(query, key, value, segments, causal, window, scale);
        if (query.dtype != ScalarType.Float32 && query.size(2) <= 256 && HasFlash(query.device_index))
            return Flash(stackalloc ulong[16], query, key, value, segments, causal, window, scale)
                .First("aten::_flash_attention_forward", 5);
        if (window is not null) // The other kernel's backward knows of no window.
            return PlainOps.SegmentAttention(query, key, value, segments, causal, window, scale);
        using var scope = NewDisposeScope();
        var group = query.size(1) / key.size(1);
        if (group > 1) // It has no grouped heads either: [tokens, heads, head].
            (key, value) = (key.repeat_interleave(group, 1), value.repeat_interleave(group, 1));
        return Efficient(stackalloc ulong[16], query, key, value, segments, causal, scale)
            .First("aten::_efficient_attention_forward", 4)
            .squeeze(0)
            .MoveToOuterDisposeScope();
    }

    /// <summary>A call of flash attention, in 16 bits; it has a derivative.</summary>
    internal static OperatorCall Flash(
        Span<ulong> stack,
        Tensor query,
        Tensor key,
        Tensor value,
        Segments segments,
        bool causal,
        int? window,
        double? scale
    ) =>
        new OperatorCall(stack)
            .Add(query)
            .Add(key)
            .Add(value)
            .Add(segments.Ends, optional: true) // of queries
            .Add(segments.Ends, optional: true) // of keys
            .Add((long)segments.Longest)
            .Add((long)segments.Longest)
            .Add(0.0) // dropout_p
            .Add(causal)
            .Add(false) // return_debug_mask
            .Add(scale, optional: true)
            .Add(window - 1L, optional: true) // to the left
            .Add(causal ? (window is null ? null : 0L) : window - 1L, optional: true) // to the right
            .Add((Tensor?)null, optional: true) // seqused_k
            .Add((Tensor?)null, optional: true); // alibi_slopes

    /// <summary>A call of memory-efficient attention; it has a derivative.</summary>
    internal static OperatorCall Efficient(
        Span<ulong> stack,
        Tensor query,
        Tensor key,
        Tensor value,
        Segments segments,
        bool causal,
        double? scale
    ) =>
        new OperatorCall(stack)
            .Add(query.unsqueeze(0)) // One row of all tokens.
            .Add(key.unsqueeze(0))
            .Add(value.unsqueeze(0))
            .Add((Tensor?)null, optional: true) // bias
            .Add(segments.Ends, optional: true) // of queries
            .Add(segments.Ends, optional: true) // of keys
            .Add((long?)segments.Longest, optional: true)
            .Add((long?)segments.Longest, optional: true)
            .Add(0.0) // dropout_p
            .Add(causal ? 1L : 0L) // custom_mask_type: 1 = each sees those before, counted from the segment's first
            .Add(is_grad_enabled()) // compute_log_sumexp, which the backward reads
            .Add(scale, optional: true)
            .Add((Tensor?)null, optional: true) // seqlen_k
            .Add((long?)null, optional: true); // window_size

    /// <summary>Whether a GPU is one of those that flash attention is written for: Ampere or newer.</summary>
    private static bool HasFlash(int index) => Cards.Value is not { } cards || index >= cards.Count || cards[index].Capability.Major >= 8;

    private static readonly Lazy<IReadOnlyList<GpuCard>?> Cards = new(() => GpuDriver.Find()?.Cards);
}
