using TaskDsl.HuggingFace;
using TaskDsl.Torch.Gguf.Types;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Gguf;

/// <summary>A model as GGUF says it: settings and tensors.</summary>
internal sealed class GgufModel
{
    private readonly LanguageModel model;
    private readonly GgufFamily family;
    private readonly StackShape shape;

    private GgufModel(LanguageModel model, GgufFamily family) =>
        (this.model, this.family, shape) = (model, family, model.Config.Architecture.Decoder ?? model.Config.Architecture.Encoder!);

    /// <summary>What GGUF calls the architecture.</summary>
    public string Architecture => family.Architecture;

    /// <summary>What its users should know.</summary>
    public IReadOnlyList<string> Notices
    {
        get
        {
            var notices = family.Notices(model.Config, shape).ToList();
            if (Context < model.Config.MaxPositions && Window is { } window)
                notices.Add(
                    $"the model's tokens see the last {window} only (sliding_window), which {family.Architecture} of llama.cpp does not "
                        + $"know: the file says that rows have at most {window} tokens, up to which the two do the same."
                );
            if (shape.Activation is Activation.Gelu or Activation.GeluTanh)
                notices.Add(
                    "llama.cpp computes GELU by its tanh form, in half precision from a table: its numbers are a little off the model's, "
                        + "whatever the type."
                );
            if (shape.Positions is Rotary { Scaling: LongRopeScaling far })
                notices.Add(
                    $"llama.cpp takes longrope's long factors where the context is opened with more than {far.OriginalPositions} tokens, "
                        + "the model where a row has more."
                );
            return notices;
        }
    }

    private int? Window =>
        family.KnowsWindows ? null : Enumerable.Range(0, shape.Layers).Select(shape.Window).Where(window => window is not null).Min();

    /// <summary>The longest row.</summary>
    private int Context =>
        Math.Min(
            model.Config.MaxPositions == int.MaxValue
                ? model.Config.ToJson()["seq_length"]?.GetValue<int>() ?? 2048
                : model.Config.MaxPositions,
            Window ?? int.MaxValue
        );

    /// <summary>Finds out how GGUF says a model.</summary>
    /// <exception cref="ModelException">It cannot; the text says what.</exception>
    public static GgufModel Of(LanguageModel model)
    {
        var config = model.Config;
        if (!GgufFamily.All.TryGetValue(config.ModelType, out var family))
            throw Refused([$"there is no architecture for it; there are those of {string.Join(", ", GgufFamily.All.Keys)}"]);
        var found = new GgufModel(model, family);
        return family.Obstacles(config, found.shape).ToList() is { Count: > 0 } obstacles ? throw Refused(obstacles) : found;

        ModelException Refused(IEnumerable<string> why) =>
            new($"a {config.ModelType} as it is in {config.Source}, and GGUF cannot say it: {string.Join("; ", why)}.");
    }

    /// <summary>The settings.</summary>
    /// <param name="name">What the model is called.</param>
    /// <param name="type">How its matrices are kept.</param>
    public IEnumerable<KeyValuePair<string, object>> Settings(string name, GgufType type)
    {
        yield return new("general.architecture", family.Architecture);
        yield return new("general.type", "model");
        yield return new("general.name", name);
        yield return new("general.file_type", type.FileType);
        yield return new("general.quantization_version", 2u);
        if (shape.Embedding.TokenTypes is not null)
            yield return new("tokenizer.ggml.token_type_count", (uint)shape.Embedding.TokenTypeCount);
        foreach (var (key, value) in Own())
            yield return new($"{family.Architecture}.{key}", value);
    }

    /// <summary>The tensors.</summary>
    /// <param name="type">How matrices are kept.</param>
    public IReadOnlyList<GgufTensor> Tensors(GgufType type)
    {
        var tensors = new List<GgufTensor>();
        foreach (var part in Parts())
        {
            Add(part, $"{part.Source}.weight", "weight", part.IsTransposed);
            if (model.Parameters.ContainsKey($"{part.Source}.bias"))
                Add(part, $"{part.Source}.bias", "bias", false);
        }

        if (shape.Positions is Rotary rotary)
            foreach (var (name, divisors) in GgufRope.Tensors(rotary))
                tensors.Add(new($"{name}.weight", [divisors.Length], new Float32Type(), () => tensor(divisors)));
        return tensors;

        void Add(GgufPart part, string source, string end, bool turned)
        {
            var made = Made();
            tensors.Add(new($"{part.Name}.{end}", made, TypeOf(made, part.IsExact), Make));

            Tensor Make()
            {
                var own = model.Parameters[source].detach();
                return part.Rows(turned ? own.t() : own).cpu().contiguous();
            }

            long[] Made()
            {
                using var scope = NewDisposeScope();
                using var ungraded = no_grad();
                var own = model.Parameters[source];
                using var nothing = empty(own.shape, device: META);
                return part.Rows(turned ? nothing.t() : nothing).shape;
            }
        }

        GgufType TypeOf(long[] made, bool exact) =>
            made.Length == 1 || exact ? new Float32Type()
            : made[^1] % type.BlockLength == 0 ? type
            : new Float16Type();
    }

    /// <summary>The parts that maps are of, by the model's names: where an update belongs.</summary>
    public GgufPart? PartOf(LinearLayer map) => Parts().FirstOrDefault(part => part.Source == map.Name);

    private IEnumerable<KeyValuePair<string, object>> Own()
    {
        yield return new("context_length", (uint)Context);
        yield return new("embedding_length", (uint)shape.HiddenSize);
        yield return new("block_count", (uint)shape.Layers);
        yield return new("feed_forward_length", (uint)shape.FeedForwardSize);
        yield return new("attention.head_count", (uint)shape.Heads);
        yield return new("attention.head_count_kv", (uint)shape.KeyValueHeads);
        yield return new("attention.key_length", (uint)shape.HeadSize);
        yield return new("attention.value_length", (uint)shape.HeadSize);
        yield return new(
            shape.Norm == NormKind.Layer ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon",
            (float)shape.NormEpsilon
        );
        yield return new("vocab_size", (uint)shape.Embedding.VocabularySize);
        if (shape.Positions is Rotary rotary)
            foreach (var setting in GgufRope.Settings(rotary))
                yield return setting;
        foreach (var setting in family.Settings(model.Config, shape))
            yield return setting;
    }

    private IEnumerable<GgufPart> Parts()
    {
        var (embedding, head) = (shape.Embedding, model.Config.Architecture.Head.Shape!);
        yield return new("token_embd", embedding.Tokens);
        if (embedding.TokenTypes is { } types)
            yield return new("token_types", types) { IsExact = true };
        if (shape.Positions is LearnedPositions learned)
            yield return new("position_embd", learned.Name) { IsExact = true, Rows = x => x.narrow(0, learned.Offset, learned.Count) };
        if (embedding.Norm is { } norm)
            yield return Norm("token_embd_norm", norm);
        for (var i = 0; i < shape.Layers; i++)
            foreach (var part in Layer(i))
                yield return part with
                {
                    Name = $"blk.{i}.{part.Name}",
                    Source = shape.Layer(i) + part.Source,
                };
        if (shape.FinalNorm is { } final)
            yield return Norm("output_norm", final);
        if (model.Config.Head is not LmHead)
            yield break;
        if (!head.Tied)
            yield return new("output", head.Out!);
        else if (family.NeedsOutput)
            yield return new("output", embedding.Tokens);
    }

    private IEnumerable<GgufPart> Layer(int layer)
    {
        var (attention, feedForward) = (shape.Attention, shape.FeedForward);
        // What scores are multiplied by here and not there is in the queries: turning them leaves it be.
        var scale = (shape.Scale?.Invoke(layer) ?? 1 / Math.Sqrt(shape.HeadSize)) / family.Scale(shape);
        if (attention.Norm is { } norm)
            yield return Norm(shape.NormAfter ? "attn_output_norm" : "attn_norm", norm);
        if (attention.Fused is { } fused)
        {
            yield return Map("attn_qkv", fused) with
            {
                Rows = x => Scaled(shape.FusedByHead ? QueriesFirst(x) : x, scale),
            };
        }
        else
        {
            yield return Map("attn_q", attention.Query) with
            {
                Rows = x => Scaled(Turned(x), scale),
            };
            yield return Map("attn_k", attention.Key) with
            {
                Rows = Turned,
            };
            yield return Map("attn_v", attention.Value);
        }

        if (attention.QueryNorm is { } queryNorm)
            yield return Norm("attn_q_norm", queryNorm);
        if (attention.KeyNorm is { } keyNorm)
            yield return Norm("attn_k_norm", keyNorm);
        yield return Map("attn_output", attention.Output);
        if (attention.InnerNorm is { } behindAttention)
            yield return Norm("post_attention_norm", behindAttention);
        if (feedForward.Norm is { } second)
            yield return Norm(shape.NormAfter ? "layer_output_norm" : "ffn_norm", second);
        if (feedForward.Gate is { } gate)
            yield return Map("ffn_gate", gate);
        yield return Map("ffn_up", feedForward.Fused ?? feedForward.Up);
        yield return Map("ffn_down", feedForward.Down);
        if (feedForward.InnerNorm is { } behindFeedForward)
            yield return Norm("post_ffw_norm", behindFeedForward);
    }

    private GgufPart Map(string name, string source) => new(name, source) { IsTransposed = shape.Transposed };

    // A weight that counts from 1 is written as what it is.
    private GgufPart Norm(string name, string source) =>
        shape.Norm == NormKind.RmsFromOne ? new(name, source) { Rows = x => x + 1 } : new(name, source);

    private Tensor Turned(Tensor rows) => family.TurnsNeighbours ? GgufRope.HalvesToNeighbours(rows, shape.HeadSize) : rows;

    /// <summary>Query, key and value head by head, as all queries, all keys, all values: <c>[3 · hidden, …]</c>.</summary>
    private Tensor QueriesFirst(Tensor rows) =>
        rows.reshape([shape.Heads, 3, shape.HeadSize, .. rows.shape[1..]]) // [heads, 3, size, …]
            .transpose(0, 1)
            .reshape(rows.shape);

    /// <summary>The queries, which are the first rows, multiplied.</summary>
    private Tensor Scaled(Tensor rows, double scale)
    {
        if (Math.Abs(scale - 1) < 1e-12)
            return rows;
        var queries = (long)shape.Heads * shape.HeadSize;
        return cat([rows.narrow(0, 0, queries) * scale, rows.narrow(0, queries, rows.size(0) - queries)], 0);
    }
}
