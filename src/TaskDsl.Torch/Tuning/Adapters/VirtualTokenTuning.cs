using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// A method that trains virtual tokens and leaves the model alone: either embeddings in front of a row, or keys and values in front of
/// those of each layer. They are a table, or what a small network makes of a table while it is trained; stored is the result, as PEFT does.
/// </summary>
[
    Harmless("num_attention_heads", "the model has its own, and the tensors' shapes are checked against them"),
    Harmless("num_layers", "the model has its own, and the tensors' shapes are checked against them"),
    Harmless("num_transformer_submodules", "the model has its own, and the tensors' shapes are checked against them"),
    Harmless("token_dim", "the model has its own, and the tensors' shapes are checked against it")
]
public abstract record VirtualTokenTuning : AdapterMethod
{
    /// <summary>How many virtual tokens.</summary>
    [Range(1, 4096), Stored("num_virtual_tokens")]
    public int VirtualTokens { get; init; } = 20;

    /// <inheritdoc/>
    /// <remarks>PEFT stores a head's weights beside virtual tokens under a shorter name.</remarks>
    protected internal override string HeadPrefix => "base_model.";

    /// <summary>Whether they are keys and values of each layer; otherwise they are embeddings.</summary>
    protected abstract bool IsPrefix { get; }

    /// <summary>What gives the table's numbers, one row a token: as wide as <see cref="Width"/> says, trained.</summary>
    protected abstract Func<Tensor> Table(AdapterWeights weights);

    /// <summary>The numbers of one virtual token: an embedding, or keys and values of all layers.</summary>
    protected long Width(LanguageModel model) =>
        IsPrefix
            ? 2L * model.PrefixShape.Layers * model.PrefixShape.KeyValueHeads * model.PrefixShape.HeadSize
            : model.TokenEmbedding.size(1);

    /// <summary>
    /// The table's rows: PEFT's embeddings have rows for both halves of an encoder–decoder, of which only those of the encoder are read.
    /// </summary>
    protected long Rows(LanguageModel model) => (long)VirtualTokens * (IsPrefix ? 1 : Halves(model));

    /// <inheritdoc/>
    public sealed override void Add(Adapter adapter, AdapterWeights weights)
    {
        var (model, table) = (weights.Model, Table(weights));
        if (!IsPrefix)
        {
            adapter.PutSoftPrompt(() => table().narrow(0, 0, VirtualTokens)); // [virtual, embedding]
            return;
        }

        var (layers, heads, size) = model.PrefixShape;
        // PEFT repeats an encoder–decoder's table for both halves and gives each layer four: only some are read.
        var slots =
            Halves(model) == 1
                ? null
                : weights.Keep(
                    tensor(
                        Enumerable.Range(0, layers).SelectMany(i => new[] { 4L * i % (2 * layers), (4L * i + 1) % (2 * layers) }).ToArray(),
                        device: model.Device
                    )
                );
        adapter.PutPrefix(() =>
        {
            var all = table().view(VirtualTokens, 2 * layers, heads, size); // [virtual, 2 · layers, key-value heads, head]
            return slots is null ? all : all.index_select(1, slots); // [virtual, 2 · layers, key-value heads, head]
        });
    }

    /// <inheritdoc/>
    public override void Describe(JsonObject config, AdapterWeights weights)
    {
        var model = weights.Model;
        config["num_layers"] = model.PrefixShape.Layers;
        config["num_attention_heads"] = IsPrefix ? model.PrefixShape.KeyValueHeads : model.Config.Heads;
        config["token_dim"] = IsPrefix ? model.PrefixShape.KeyValueHeads * model.PrefixShape.HeadSize : Width(model);
        config["num_transformer_submodules"] = Halves(model);
    }

    /// <summary>Normal numbers to begin with, <c>[rows, size]</c>.</summary>
    protected static Tensor Normal(AdapterWeights weights, long rows, long size, string drawn)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return tensor(new Draw(weights.Seed, Draw.Seed(drawn)).Normal(rows * size, 1), [rows, size]);
    }

    /// <summary>Linear maps behind a table, with a function between them.</summary>
    /// <param name="weights">Gives the maps.</param>
    /// <param name="table">The table, <c>[rows, first size]</c>.</param>
    /// <param name="between">The function.</param>
    /// <param name="drawn">What the maps' numbers are drawn by.</param>
    /// <param name="sizes">What goes into the first map, and what comes out of each.</param>
    protected static Func<Tensor> Network(
        AdapterWeights weights,
        Tensor table,
        Func<Tensor, Tensor> between,
        string drawn,
        params long[] sizes
    )
    {
        ArgumentNullException.ThrowIfNull(weights);
        var maps = sizes
            .Skip(1)
            .Select((size, i) => weights.Linear($"prompt_encoder.mlp_head.{2 * i}", size, sizes[i], $"{drawn}.{2 * i}"))
            .ToArray();
        return () =>
        {
            var x = table;
            foreach (var (i, (weight, bias)) in maps.Index())
                x = Ops.Linear(i == 0 ? x : between(x), weight, bias);
            return x;
        };
    }

    private static int Halves(LanguageModel model) => model is EncoderDecoder ? 2 : 1;
}
