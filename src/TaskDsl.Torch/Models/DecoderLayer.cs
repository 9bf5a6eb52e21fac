using TaskDsl.Torch.Native;
using TaskDsl.Torch.Tuning;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>One layer: x + attention(norm(x)), then x + feed-forward(norm(x)).</summary>
internal sealed class DecoderLayer
{
    private readonly DecoderConfig config;
    private readonly int index;
    private readonly Parameter attentionNorm, feedForwardNorm;
    private readonly LinearLayer query, key, value, output, gate, up, down;

    public DecoderLayer(DecoderConfig config, int index, Func<string, long[], Parameter> make)
    {
        (this.config, this.index) = (config, index);
        var prefix = $"model.layers.{index}";
        long hidden = config.HiddenSize, queries = (long)config.Heads * config.HeadSize, keys = (long)config.KeyValueHeads * config.HeadSize, inner = config.FeedForwardSize;
        attentionNorm = make($"{prefix}.input_layernorm.weight", [hidden]);
        query = Linear(Site.Query, "self_attn.q_proj", queries, hidden, config.AttentionBias);
        key = Linear(Site.Key, "self_attn.k_proj", keys, hidden, config.AttentionBias);
        value = Linear(Site.Value, "self_attn.v_proj", keys, hidden, config.AttentionBias);
        output = Linear(Site.Output, "self_attn.o_proj", hidden, queries, config.AttentionBias);
        feedForwardNorm = make($"{prefix}.post_attention_layernorm.weight", [hidden]);
        gate = Linear(Site.Gate, "mlp.gate_proj", inner, hidden, config.FeedForwardBias);
        up = Linear(Site.Up, "mlp.up_proj", inner, hidden, config.FeedForwardBias);
        down = Linear(Site.Down, "mlp.down_proj", hidden, inner, config.FeedForwardBias);

        LinearLayer Linear(Site site, string name, long to, long from, bool bias) =>
            new(index, site, $"{prefix}.{name}", make($"{prefix}.{name}.weight", [to, from]), bias ? make($"{prefix}.{name}.bias", [to]) : null);
    }

    public IEnumerable<LinearLayer> Sites => [query, key, value, output, gate, up, down];

    /// <param name="x"><c>[batch, seq, hidden]</c>.</param>
    /// <param name="angles">The rotary angles of the tokens.</param>
    /// <param name="mask">What may be looked at, or null.</param>
    /// <param name="causal">Whether attention is plainly causal.</param>
    /// <param name="cache">The tokens before these.</param>
    /// <param name="dropout">The share of each part that is left out.</param>
    public Tensor Forward(Tensor x, (Tensor Cosine, Tensor Sine) angles, Tensor? mask, bool causal, KvCache? cache, double dropout)
    {
        x = x + Drop(Attend(Ops.RmsNorm(x, attentionNorm, config.NormEpsilon), angles, mask, causal, cache));
        var h = Ops.RmsNorm(x, feedForwardNorm, config.NormEpsilon);
        return x + Drop(down.Forward(nn.functional.silu(gate.Forward(h)) * up.Forward(h)));

        Tensor Drop(Tensor y) => dropout > 0 ? nn.functional.dropout(y, dropout, training: true) : y;
    }

    private Tensor Attend(Tensor h, (Tensor Cosine, Tensor Sine) angles, Tensor? mask, bool causal, KvCache? cache)
    {
        long batch = h.size(0), length = h.size(1);
        var q = Ops.Rotate(Split(query.Forward(h), config.Heads), angles.Cosine, angles.Sine).transpose(1, 2);
        var k = Ops.Rotate(Split(key.Forward(h), config.KeyValueHeads), angles.Cosine, angles.Sine).transpose(1, 2);
        var v = Split(value.Forward(h), config.KeyValueHeads).transpose(1, 2);
        if (v.dtype != k.dtype) (q, k) = (q.to(v.dtype), k.to(v.dtype)); // Under autocast the angles turn bfloat16 into float32.
        if (cache is not null) (k, v) = cache.Append(index, k, v);
        var attended = Ops.Attention(q, k, v, mask, causal);
        return output.Forward(attended.transpose(1, 2).reshape(batch, length, -1));

        Tensor Split(Tensor y, int heads) => y.view(batch, length, heads, config.HeadSize);
    }
}
