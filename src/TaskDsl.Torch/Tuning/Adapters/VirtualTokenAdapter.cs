using System.Text.Json.Nodes;
using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// Virtual tokens: either embeddings in front of a row, or keys and values in front of those of each layer. They are a table, or what a small
/// network makes of a table while it is trained; stored is the result, as PEFT does.
/// </summary>
internal sealed class VirtualTokenAdapter : Adapter
{
    private readonly string type;
    private readonly int count;
    private readonly Parameter table;
    private readonly (Parameter Weight, Parameter Bias)[] network;
    private readonly Tensor? slots;
    private readonly bool bent; // By a hyperbolic tangent; otherwise by max(x, 0).

    private VirtualTokenAdapter(
        LanguageModel model,
        string type,
        int count,
        bool prefix,
        Tensor start,
        bool bent,
        params (Tensor Weight, Tensor Bias)[] network
    )
        : base(model)
    {
        (this.type, this.count, this.bent) = (type, count, bent);
        table = Train(network.Length == 0 ? "prompt_embeddings" : "prompt_encoder.embedding.weight", start);
        this.network =
        [
            .. network.Select(
                (map, i) =>
                    (Train($"prompt_encoder.mlp_head.{2 * i}.weight", map.Weight), Train($"prompt_encoder.mlp_head.{2 * i}.bias", map.Bias))
            ),
        ];
        if (prefix)
        {
            var (layers, heads, size) = model.PrefixShape;
            slots =
                Parts(model) == 1
                    ? null
                    : tensor(
                            Enumerable
                                .Range(0, layers)
                                .SelectMany(i => new[] { 4L * i % (2 * layers), (4L * i + 1) % (2 * layers) })
                                .ToArray(),
                            device: model.Device
                        )
                        .DetachFromDisposeScope();
            model.Prefix = () =>
            {
                var all = Values().view(count, 2 * layers, heads, size);
                return slots is null ? all : all.index_select(1, slots); // PEFT repeats the table for both halves and gives each layer four: only some are read.
            };
        }
        else
        {
            model.Prompt = () => Values().narrow(0, 0, count);
        }
    }

    /// <summary>PEFT stores a head's weights beside virtual tokens under a shorter name.</summary>
    protected override string TaskPrefix => "base_model.";

    private bool IsPrefix => type == "PREFIX_TUNING";

    /// <summary>Embeddings in front of each row.</summary>
    /// <param name="model">The model.</param>
    /// <param name="start">What they begin with, <c>[tokens, embedding size]</c>.</param>
    /// <param name="type">What PEFT calls the method.</param>
    /// <param name="network">Linear maps behind the table, with max(x, 0) between them.</param>
    public static VirtualTokenAdapter Prompt(
        LanguageModel model,
        Tensor start,
        string type = "PROMPT_TUNING",
        params (Tensor Weight, Tensor Bias)[] network
    ) => new(model, type, (int)(start.size(0) / Parts(model)), prefix: false, start, bent: false, network);

    /// <summary>Keys and values in front of those of each layer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="start">What they begin with, <c>[tokens, 2 · layers · key-value heads · head size]</c>, or the table before a network.</param>
    /// <param name="network">Linear maps behind the table, with a hyperbolic tangent between them.</param>
    public static VirtualTokenAdapter Prefix(LanguageModel model, Tensor start, params (Tensor Weight, Tensor Bias)[] network) =>
        new(model, "PREFIX_TUNING", (int)start.size(0), prefix: true, start, bent: true, network);

    /// <summary>The numbers of one virtual token in all layers.</summary>
    public static long PrefixSize(LanguageModel model) =>
        2L * model.PrefixShape.Layers * model.PrefixShape.KeyValueHeads * model.PrefixShape.HeadSize;

    /// <summary>PEFT's tables have rows for both halves of an encoder–decoder; only those of the encoder are read.</summary>
    public static int Parts(LanguageModel model) => model is EncoderDecoder ? 2 : 1;

    /// <summary>A linear map as PyTorch begins with it: uniform in ± 1 / √in.</summary>
    public static (Tensor Weight, Tensor Bias) Linear(long output, long input, int seed, string name)
    {
        var draw = new Draw(seed, Draw.Seed(name));
        return (
            tensor(draw.Uniform(output * input, 1 / Math.Sqrt(input)), [output, input]),
            tensor(draw.Uniform(output, 1 / Math.Sqrt(input)), [output])
        );
    }

    public override string? MergeObstacle =>
        "Virtual tokens change no weight: they cannot be folded into the model. Use the adapter as it is.";

    public override void Dispose()
    {
        if (IsPrefix)
            Model.Prefix = null;
        else
            Model.Prompt = null;
        slots?.Dispose();
        base.Dispose();
    }

    internal override JsonObject Describe() =>
        new()
        {
            ["peft_type"] = type,
            ["num_virtual_tokens"] = count,
            ["num_layers"] = Model.PrefixShape.Layers,
            ["num_attention_heads"] = IsPrefix ? Model.PrefixShape.KeyValueHeads : Model.Config.Heads,
            ["token_dim"] = IsPrefix ? Model.PrefixShape.KeyValueHeads * Model.PrefixShape.HeadSize : Model.TokenEmbedding.size(1),
            ["num_transformer_submodules"] = Parts(Model),
            ["encoder_hidden_size"] =
                IsPrefix || type == "P_TUNING"
                    ? network.Length > 0
                        ? network[0].Weight.size(0)
                        : Model.Config.HiddenSize
                    : null,
            ["prefix_projection"] = IsPrefix ? false : null, // What is stored went through the projection already.
        };

    internal override IEnumerable<KeyValuePair<string, Tensor>> Stored() => [KeyValuePair.Create("prompt_embeddings", Values())];

    private Tensor Values()
    {
        Tensor x = table;
        for (var i = 0; i < network.Length; i++)
        {
            if (i > 0)
                x = bent ? x.tanh() : nn.functional.relu(x);
            x = Ops.Linear(x, network[i].Weight, network[i].Bias);
        }

        return x;
    }
}

/// <summary>Reads <c>PROMPT_TUNING</c>.</summary>
internal class PromptFormat : AdapterFormat
{
    public override string PeftType => "PROMPT_TUNING";

    public override Adapter Load(LanguageModel model, AdapterFile file) =>
        VirtualTokenAdapter.Prompt(
            model,
            file.Read(
                "prompt_embeddings",
                file.Config.Int("num_virtual_tokens") * VirtualTokenAdapter.Parts(model),
                model.TokenEmbedding.size(1)
            ),
            PeftType
        );
}

/// <summary>Reads <c>P_TUNING</c>, of which PEFT stores the result only.</summary>
internal sealed class PTuningFormat : PromptFormat
{
    public override string PeftType => "P_TUNING";
}

/// <summary>Reads <c>PREFIX_TUNING</c>.</summary>
internal sealed class PrefixFormat : AdapterFormat
{
    public override string PeftType => "PREFIX_TUNING";

    public override Adapter Load(LanguageModel model, AdapterFile file) =>
        VirtualTokenAdapter.Prefix(
            model,
            file.Read("prompt_embeddings", file.Config.Int("num_virtual_tokens"), VirtualTokenAdapter.PrefixSize(model))
        );
}
