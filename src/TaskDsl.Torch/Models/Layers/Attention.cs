using TaskDsl.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>Multi-head attention (arXiv 1706.03762), among the tokens themselves or to an encoder's.</summary>
internal sealed class Attention : Sublayer
{
    private readonly StackShape shape;
    private readonly LinearLayer? fused,
        query,
        key,
        value;
    private readonly LinearLayer output;
    private readonly Parameter? queryNorm,
        keyNorm;
    private readonly int? window;
    private readonly double? scale;

    public Attention(StackShape shape, int layer, bool cross, ParameterSource make)
        : base(
            shape,
            layer,
            cross ? SublayerKind.CrossAttention : SublayerKind.Attention,
            Name(shape, layer, Names(shape, cross).Norm),
            Name(shape, layer, Names(shape, cross).InnerNorm),
            make
        )
    {
        this.shape = shape;
        var names = Names(shape, cross);
        (window, scale) = (cross ? null : shape.Window(layer), shape.Scale?.Invoke(layer));
        long hidden = shape.HiddenSize,
            queries = (long)shape.Heads * shape.HeadSize,
            keys = (long)shape.KeyValueHeads * shape.HeadSize;
        if (names.Fused is not null)
        {
            fused = Linear([Site.Query, Site.Key, Site.Value], names.Fused, queries + 2 * keys, hidden, shape.QueryKeyValueBias);
        }
        else
        {
            query = Linear([Site.Query], names.Query, queries, hidden, shape.QueryKeyValueBias);
            key = Linear([Site.Key], names.Key, keys, hidden, shape.QueryKeyValueBias);
            value = Linear([Site.Value], names.Value, keys, hidden, shape.QueryKeyValueBias);
        }

        output = Linear([Site.Output], names.Output, hidden, queries, shape.OutputBias);
        if (names.QueryNorm is not null)
            queryNorm = make($"{shape.Layer(layer)}{names.QueryNorm}.weight", shape.HeadSize);
        if (names.KeyNorm is not null)
            keyNorm = make($"{shape.Layer(layer)}{names.KeyNorm}.weight", shape.HeadSize);

        LinearLayer Linear(Site[] sites, string name, long to, long from, bool bias) =>
            new(layer, sites, shape.Layer(layer) + name, to, from, bias, shape.Transposed, make);
    }

    public override IEnumerable<LinearLayer> LinearLayers => fused is null ? [query!, key!, value!, output] : [fused, output];

    private protected override Tensor Compute(Tensor h, StackPass pass)
    {
        if (Kind == SublayerKind.CrossAttention)
            return output.Forward(Cross(h, pass));
        var (q, k, v) = Project(h, pass);
        if (pass.Segments is { } segments)
        {
            // Updates that multiply by float32 leave float32 behind, and autocast does not know these operators. [tokens, heads, head]
            (q, k, v) = (Autocast.Cast(q.flatten(0, 1)), Autocast.Cast(k.flatten(0, 1)), Autocast.Cast(v.flatten(0, 1)));
            var attended = Ops.SegmentAttention(q, k, v, segments, pass.Causal, window, scale);
            return output.Forward(attended.reshape(h.size(0), h.size(1), -1)); // [batch, sequence, heads · head]
        }

        if (pass.Ragged is not { } ragged)
            return output.Forward(Among(q, k, v, pass, pass));
        var groups = ragged
            .Split(q)
            .Zip(ragged.Split(k), ragged.Split(v))
            .Zip(pass.Groups, (of, seen) => Among(of.First, of.Second, of.Third, pass, seen));
        return output.Forward(cat([.. groups.Select(group => group.view(1, -1, group.size(2)))], 1)); // [1, tokens, hidden]
    }

    /// <summary>Attention among the tokens of rows of one length, <c>[batch, sequence, heads · head]</c>.</summary>
    /// <param name="q"><c>[batch, sequence, heads, head]</c>.</param>
    /// <param name="k"><c>[batch, sequence, key-value heads, head]</c>.</param>
    /// <param name="v">The same.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="seen">What these rows see.</param>
    private Tensor Among(Tensor q, Tensor k, Tensor v, StackPass pass, StackPass seen)
    {
        (q, k, v) = (q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)); // [batch, heads, sequence, head]
        if (pass.Cache is not null)
            (k, v) = pass.Cache.Append(Layer, k, v, pass.Prefix is null ? pass.Virtual : 0);
        if (pass.Prefix is not null)
            (k, v) = (cat([Prefix(0).to(k.dtype), k], 2), cat([Prefix(1).to(v.dtype), v], 2)); // [batch, key-value heads, keys, head]
        var (mask, causal) = seen.AttentionMask(window);
        return Attend(q, k, v, mask, causal);

        // [batch, key-value heads, virtual, head]
        Tensor Prefix(int part) => pass.Prefix!.select(1, 2 * Layer + part).transpose(0, 1).unsqueeze(0).expand(q.size(0), -1, -1, -1);
    }

    /// <summary>Attention to an encoder's tokens, <c>[batch, sequence, heads · head]</c>.</summary>
    private Tensor Cross(Tensor h, StackPass pass)
    {
        var q = Split(query!.Forward(h), shape.Heads).transpose(1, 2); // [batch, heads, sequence, head]
        var (k, v) = pass.Cache?.Cross(Layer, States) ?? States();
        return Attend(q, k, v, pass.StatesMask, causal: false);

        // [batch, key-value heads, encoder's tokens, head]
        (Tensor, Tensor) States() =>
            (
                Split(key!.Forward(pass.States!), shape.KeyValueHeads).transpose(1, 2),
                Split(value!.Forward(pass.StatesOfValues!), shape.KeyValueHeads).transpose(1, 2)
            );
    }

    private (Tensor Query, Tensor Key, Tensor Value) Project(Tensor h, StackPass pass)
    {
        Tensor q,
            k,
            v;
        if (fused is null)
        {
            (q, k, v) = (
                Split(query!.Forward(h), shape.Heads), // [batch, sequence, heads, head]
                Split(key!.Forward(h), shape.KeyValueHeads), // [batch, sequence, key-value heads, head]
                Split(value!.Forward(h), shape.KeyValueHeads)
            );
        }
        else if (shape.FusedByHead)
        {
            var all = fused.Forward(h).view(h.size(0), h.size(1), shape.Heads, 3, shape.HeadSize); // [batch, sequence, heads, 3, head]
            (q, k, v) = (all.select(3, 0), all.select(3, 1), all.select(3, 2)); // [batch, sequence, heads, head]
        }
        else
        {
            var all = fused.Forward(h); // [batch, sequence, (heads + 2 · key-value heads) · head]
            long queries = (long)shape.Heads * shape.HeadSize,
                keys = (long)shape.KeyValueHeads * shape.HeadSize;
            (q, k, v) = (
                Split(all.narrow(2, 0, queries), shape.Heads), // [batch, sequence, heads, head]
                Split(all.narrow(2, queries, keys), shape.KeyValueHeads), // [batch, sequence, key-value heads, head]
                Split(all.narrow(2, queries + keys, keys), shape.KeyValueHeads)
            );
        }

        if (queryNorm is not null)
            q = Ops.RmsNorm(q, queryNorm, shape.NormEpsilon);
        if (keyNorm is not null)
            k = Ops.RmsNorm(k, keyNorm, shape.NormEpsilon);
        if (pass.Angles is { } angles)
            (q, k) = (Rotate(q, angles), Rotate(k, angles));
        if (v.dtype != k.dtype)
            (q, k) = (q.to(v.dtype), k.to(v.dtype)); // Under autocast norms make them float32.
        return (q, k, v); // [batch, sequence, heads, head]
    }

    /// <summary>All heads of <c>[batch, heads, sequence, head]</c>, side by side: <c>[batch, sequence, heads · head]</c>.</summary>
    private Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal)
    {
        var attended = shape.ScoreCap is { } cap ? Capped(q, k, v, cap, mask, causal) : Ops.Attention(q, k, v, mask, causal, scale);
        return attended.transpose(1, 2).reshape(q.size(0), q.size(2), -1);
    }

    /// <summary>Turns the first numbers of each head, as many as there are angles.</summary>
    private static Tensor Rotate(Tensor x, (Tensor Cosine, Tensor Sine) angles)
    {
        long size = x.size(3),
            turned = angles.Cosine.size(3);
        if (turned == size)
            return Ops.Rotate(x, angles.Cosine, angles.Sine);
        // [batch, sequence, heads, head]
        return cat([Ops.Rotate(x.narrow(3, 0, turned), angles.Cosine, angles.Sine), x.narrow(3, turned, size - turned)], 3);
    }

    private Tensor Capped(Tensor q, Tensor k, Tensor v, double cap, Tensor? mask, bool causal)
    {
        (k, v) = Ops.Ungrouped(q, k, v); // [batch, heads, keys, head]
        // [batch, heads, queries, keys]
        var scores = (q.matmul(k.transpose(2, 3)) * ((scale ?? 1 / Math.Sqrt(shape.HeadSize)) / cap)).tanh() * cap;
        if (causal)
            scores = scores.masked_fill(
                ones(q.size(2), k.size(2), dtype: ScalarType.Bool, device: q.device).tril().logical_not(),
                double.NegativeInfinity
            );
        if (mask is not null)
            scores = scores + mask;
        return softmax(scores, -1).to(v.dtype).matmul(v); // [batch, heads, queries, head]; a mask may have made them float32
    }

    private Tensor Split(Tensor y, int heads) => y.view(y.size(0), y.size(1), heads, shape.HeadSize); // [batch, sequence, heads, head]

    private static AttentionNames Names(StackShape shape, bool cross) => cross ? shape.CrossAttention! : shape.Attention;

    private static string? Name(StackShape shape, int layer, string? name) => name is null ? null : shape.Layer(layer) + name;
}
