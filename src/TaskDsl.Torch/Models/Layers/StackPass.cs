using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>What all layers of a stack share in one forward pass.</summary>
internal sealed class StackPass
{
    private readonly Dictionary<int, (Tensor? Mask, bool Causal)> masks = [];

    public required AttentionPattern Pattern { get; init; }

    /// <summary>The rows where padding is left out; null = they stand as they were given, <c>[batch, sequence]</c>.</summary>
    public RaggedRows? Ragged { get; init; }

    /// <summary>What the rows of each length in <see cref="Ragged"/> see, in their order.</summary>
    public IReadOnlyList<StackPass> Groups { get; init; } = [];

    /// <summary>The texts that attention keeps apart by where they end; null = by masks, or by <see cref="Groups"/>.</summary>
    public Segments? Segments { get; init; }

    public required bool Causal { get; init; }

    public required Device Device { get; init; }

    /// <summary>Real tokens in this pass.</summary>
    public required long Length { get; init; }

    /// <summary>Real tokens in the cache.</summary>
    public long Past { get; init; }

    /// <summary>Virtual tokens among the keys, in front of all others.</summary>
    public long Virtual { get; init; }

    /// <summary>Virtual tokens among the queries: those, where they run through the layers in this pass.</summary>
    public long VirtualQueries { get; init; }

    /// <summary>Keys and values of virtual tokens, <c>[virtual, 2 · layers, key-value heads, head]</c>.</summary>
    public Tensor? Prefix { get; init; }

    public KvCache? Cache { get; init; }

    public double Dropout { get; init; }

    /// <summary>The rotary angles.</summary>
    public (Tensor Cosine, Tensor Sine)? Angles { get; init; }

    /// <summary>Added to the scores, broadcastable to <c>[batch, heads, queries, keys]</c>.</summary>
    public Tensor? Bias { get; init; }

    /// <summary>What an encoder made of its tokens, <c>[batch, tokens, hidden]</c>.</summary>
    public Tensor? States { get; init; }

    /// <summary>
    /// The same, for the values: a tensor of its own where layers are computed again, so that gradients are summed in the same order as
    /// without.
    /// </summary>
    public Tensor? StatesOfValues
    {
        get => field ?? States;
        init;
    }

    /// <summary>Added to the scores over <see cref="States"/>.</summary>
    public Tensor? StatesMask { get; init; }

    public Tensor Drop(Tensor x) => Dropout > 0 ? nn.functional.dropout(x, Dropout, training: true) : x;

    /// <summary>What the layers with a window see: a number to add to the scores, or plainly all before.</summary>
    public (Tensor? Mask, bool Causal) AttentionMask(int? window)
    {
        if (!masks.TryGetValue(window ?? 0, out var made))
        {
            // Made in a layer's scope, used in the following layers too.
            var (mask, causal) = MakeMask(window);
            masks.Add(window ?? 0, made = (mask?.DetachFromDisposeScope(), causal));
        }

        return made;
    }

    /// <summary>All tensors that a layer takes from here, so that it can be computed again with others in their place.</summary>
    public Tensor?[] Tensors(int? window) =>
        [
            Prefix,
            Angles?.Cosine,
            Angles?.Sine,
            StatesOfValues,
            States,
            StatesMask,
            .. Segments is null ? Groups.DefaultIfEmpty(this).Select(seen => seen.AttentionMask(window).Mask) : [Segments.Ends],
        ];

    /// <summary>The same pass for one layer, with other <see cref="Tensors"/>.</summary>
    public StackPass With(ReadOnlySpan<Tensor?> tensors, int? window)
    {
        var pass = new StackPass
        {
            Pattern = Pattern,
            Causal = Causal,
            Device = Device,
            Length = Length,
            Virtual = Virtual,
            VirtualQueries = VirtualQueries,
            Dropout = Dropout,
            Prefix = tensors[0],
            Angles = tensors[1] is null ? null : (tensors[1]!, tensors[2]!),
            StatesOfValues = tensors[3],
            States = tensors[4],
            StatesMask = tensors[5],
            Ragged = Ragged,
            Segments = Segments is null ? null : Segments with { Ends = tensors[6]! },
            Groups =
            [
                .. Groups.Zip(tensors[6..].ToArray(), (group, mask) => group.With([null, null, null, null, null, null, mask], window)),
            ],
        };
        if (Groups.Count == 0 && Segments is null)
            pass.masks.Add(window ?? 0, (tensors[6], AttentionMask(window).Causal));
        return pass;
    }

    /// <summary>Frees the masks. The graph of a step keeps what it needs.</summary>
    public void End()
    {
        foreach (var (mask, _) in masks.Values.Concat(Groups.SelectMany(group => group.masks.Values)))
            mask?.Dispose();
    }

    /// <summary>As a number to add: libtorch would otherwise convert a bool mask in every layer.</summary>
    public static Tensor Additive(Tensor allowed) =>
        zeros(allowed.shape, dtype: ScalarType.Float32, device: allowed.device)
            .masked_fill_(allowed.logical_not(), double.NegativeInfinity);

    private (Tensor? Mask, bool Causal) MakeMask(int? window)
    {
        var narrow = window < Past + Length;
        var several = Length + VirtualQueries > 1;
        if (Pattern.IsWhole && Causal && !narrow && Past == 0 && several && Virtual == VirtualQueries && Bias is null)
            return (null, true);
        var allowed = Pattern.Allowed(Length, Past, Causal, window, Device);
        // A row of one token hides nothing from it, but the virtual tokens in front do not see it.
        if (allowed is null && Causal && VirtualQueries > 0)
            allowed = ones(Length, Past + Length, dtype: ScalarType.Bool, device: Device);
        if (allowed is not null && Virtual > 0)
            allowed = WithVirtual(allowed);
        if (allowed is null)
            return (Bias, false);
        return (Bias is null ? Additive(allowed) : Bias + Additive(allowed), false);
    }

    /// <summary>Every token sees the virtual ones; those see each other, and the others only where the stack looks ahead.</summary>
    private Tensor WithVirtual(Tensor allowed)
    {
        while (allowed.dim() < 4)
            allowed = allowed.unsqueeze(0); // [1, 1, queries, keys] in the end
        allowed = allowed.expand(-1, -1, Length, -1); // [batch or 1, 1, queries, keys]
        var rows = allowed.size(0);
        // [batch or 1, 1, queries, virtual + keys]
        var wide = cat([ones(rows, 1, Length, Virtual, dtype: ScalarType.Bool, device: Device), allowed], 3);
        if (VirtualQueries == 0)
            return wide;
        var among = ones(VirtualQueries, Virtual, dtype: ScalarType.Bool, device: Device); // [virtual, virtual]
        if (Causal)
            among = among.tril();
        // [batch or 1, 1, virtual, keys]
        var ahead = Causal
            ? zeros(rows, 1, VirtualQueries, Past + Length, dtype: ScalarType.Bool, device: Device)
            : (Pattern.RealKeys ?? ones(rows, 1, 1, Length, dtype: ScalarType.Bool, device: Device)).expand(
                rows,
                1,
                VirtualQueries,
                Length
            );
        // [batch or 1, 1, virtual + queries, virtual + keys]
        return cat([cat([among.expand(rows, 1, VirtualQueries, Virtual), ahead], 3), wide], 2);
    }
}
