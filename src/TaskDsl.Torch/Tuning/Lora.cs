using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Low-rank adaptation (Hu et al., arXiv 2106.09685): a frozen weight W is used as W + (alpha / rank) · B A, and only A
/// <c>[rank, in]</c> and B <c>[out, rank]</c> are trained. Saved in PEFT's layout.
/// </summary>
[Keyword("lora")]
public sealed record Lora : TuningMethod
{
    /// <summary>The rank of the update.</summary>
    [Range(1, 4096)]
    public int Rank { get; init; } = 8;

    /// <summary>The update is scaled by alpha / rank.</summary>
    [Range(0.0, 1e6)]
    public double Alpha { get; init; } = 16;

    /// <summary>The sites that get an update. Default: all linear layers of attention and feed-forward. A fused map gets one if any of its sites is named.</summary>
    public IReadOnlyList<Site> Sites { get; init; } = [];

    /// <summary>Whether the update is scaled by alpha / √rank, so that high ranks learn as fast as low ones (rsLoRA, arXiv 2312.03732).</summary>
    public bool Rslora { get; init; }

    /// <summary>Whether the length of each row of the weight is trained apart from its direction (DoRA, arXiv 2402.09353).</summary>
    public bool Dora { get; init; }

    /// <summary>What A and B begin with.</summary>
    public LoraStart Start { get; init; } = LoraStart.Zero;

    /// <summary>How much higher the learning rate of B is than that of A (LoRA+, arXiv 2402.12354, which finds 16 good).</summary>
    [Range(1.0, 1e4)]
    public double BRate { get; init; } = 1;

    /// <inheritdoc/>
    /// <remarks>A begins uniform in ±1/√in, as PEFT's Kaiming initialisation comes to, and B zero: the first step starts at the model as it is.</remarks>
    public override TunedModel Apply(LanguageModel model, int seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var adapter = new LoraAdapter(model, new(Rank, Alpha, Rslora, Dora, BRate));
        foreach (var layer in TuningMethod.Choose(model, Sites, "lora"))
        {
            if (Start == LoraStart.Pissa)
                adapter.AddPrincipal(layer);
            else
                adapter.Add(layer, Draw(layer, seed), zeros(layer.Outputs, Rank), null);
        }

        return adapter;
    }

    private Tensor Draw(LinearLayer layer, int seed)
    {
        var draw = new Draws.Draw(seed, Draws.Draw.Seed("lora"), Draws.Draw.Seed(layer.Name));
        return tensor(draw.Uniform(Rank * layer.Inputs, 1 / Math.Sqrt(layer.Inputs)), [Rank, layer.Inputs]);
    }
}

/// <summary>What a low-rank update begins with.</summary>
public enum LoraStart
{
    /// <summary>Random A and zero B: the model as it is.</summary>
    Zero,

    /// <summary>The weight's principal part, which is taken out of the frozen weight (PiSSA, arXiv 2404.02948). Saved as a plain update of twice the rank.</summary>
    Pissa,
}

/// <summary>The settings of a low-rank adapter.</summary>
internal sealed record LoraShape(int Rank, double Alpha, bool Rslora, bool Dora, double BRate)
{
    public double Scale => Alpha / (Rslora ? Math.Sqrt(Rank) : Rank);
}

/// <summary>Low-rank updates on a model's linear maps.</summary>
internal sealed class LoraAdapter(LanguageModel model, LoraShape shape) : Adapter(model)
{
    private readonly Dictionary<LinearLayer, LowRankUpdate> updates = [];
    private readonly Dictionary<string, Tensor> principal = [];

    public void Add(LinearLayer layer, Tensor a, Tensor b, Tensor? magnitude)
    {
        if (shape.Dora)
            magnitude ??= layer.Matrix.add(b.to(Model.Device).mm(a.to(Model.Device)), alpha: shape.Scale).norm(1, false, 2);
        var update = new LowRankUpdate(
            Train(Name(layer, "lora_A.weight"), a),
            Train(Name(layer, "lora_B.weight"), b),
            shape.Scale,
            magnitude is null ? null : Train(Name(layer, "lora_magnitude_vector"), magnitude)
        );
        updates.Add(layer, update);
        layer.Update = update;
    }

    /// <summary>The weight's largest singular directions become the update, and leave the weight.</summary>
    public void AddPrincipal(LinearLayer layer)
    {
        if (shape.Dora)
            throw new NotSupportedException("tuning.lora: start: pissa and dora do not go together.");
        if (shape.Rank > Math.Min(layer.Inputs, layer.Outputs))
            throw new NotSupportedException(
                $"tuning.lora.rank: {shape.Rank} is more than {layer.Name} has singular values ({Math.Min(layer.Inputs, layer.Outputs)})."
            );
        var (u, s, v) = linalg.svd(layer.Matrix.detach(), false);
        var root = (s.narrow(0, 0, shape.Rank) / shape.Scale).sqrt();
        var (a, b) = (v.narrow(0, 0, shape.Rank) * root.unsqueeze(1), u.narrow(1, 0, shape.Rank) * root);
        var rest = layer.Matrix.add(b.mm(a), alpha: -shape.Scale);
        layer.Weight.copy_(layer.IsTransposed ? rest.t() : rest);
        Add(layer, a, b, null);
        principal.Add(Name(layer, "lora_A.weight"), a.detach().clone().DetachFromDisposeScope());
        principal.Add(Name(layer, "lora_B.weight"), b.detach().clone().DetachFromDisposeScope());
    }

    public override double LearningRateFactor(string name) => name.EndsWith("lora_B.weight", StringComparison.Ordinal) ? shape.BRate : 1;

    public override void Dispose()
    {
        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (var (layer, update) in updates)
            {
                if (layer.Update == update)
                    layer.Update = null;
                if (!principal.TryGetValue(Name(layer, "lora_A.weight"), out var a))
                    continue;
                var back = layer.Matrix.add(principal[Name(layer, "lora_B.weight")].mm(a), alpha: shape.Scale);
                layer.Weight.copy_(layer.IsTransposed ? back.t() : back);
            }
        }

        foreach (var tensor in principal.Values)
            tensor.Dispose();
        principal.Clear();
        updates.Clear();
        base.Dispose();
    }

    public override void Merge()
    {
        base.Merge();
        updates.Clear(); // Nothing is to be given back: the principal part is in the weight again.
    }

    internal override JsonObject Describe()
    {
        // With its start beside it, a PiSSA update is one of twice the rank on the model as it was.
        var (rank, alpha) =
            principal.Count == 0
                ? (shape.Rank, shape.Alpha)
                : (2 * shape.Rank, shape.Scale * (shape.Rslora ? Math.Sqrt(2 * shape.Rank) : 2 * shape.Rank));
        return new JsonObject
        {
            ["peft_type"] = "LORA",
            ["r"] = rank,
            ["lora_alpha"] = alpha == Math.Floor(alpha) ? (int)alpha : alpha,
            ["lora_dropout"] = 0.0,
            ["use_rslora"] = shape.Rslora,
            ["use_dora"] = shape.Dora,
            ["bias"] = "none",
            ["fan_in_fan_out"] = updates.Keys.Any(layer => layer.IsTransposed),
            ["init_lora_weights"] = true,
            ["target_modules"] = Targets(Model, updates.Keys.Select(layer => layer.Name)),
        };
    }

    internal override IEnumerable<KeyValuePair<string, Tensor>> Stored() =>
        base.Stored()
            .Select(stored =>
                !principal.TryGetValue(stored.Key, out var start)
                    ? stored
                    : KeyValuePair.Create(
                        stored.Key,
                        stored.Key.EndsWith("lora_A.weight", StringComparison.Ordinal)
                            ? cat([stored.Value, start], 0)
                            : cat([stored.Value, start.neg()], 1)
                    )
            );

    internal static string Name(LinearLayer layer, string part) => $"base_model.model.{layer.Name}.{part}";
}

/// <summary>Reads <c>LORA</c>, with the options that <see cref="Lora"/> has.</summary>
internal sealed class LoraFormat : AdapterFormat
{
    public override string PeftType => "LORA";

    public override Adapter Load(LanguageModel model, AdapterFile file)
    {
        file.Refuse("lora_bias", "biases in the update");
        file.Refuse("rank_pattern", "a rank of its own per layer");
        file.Refuse("alpha_pattern", "an alpha of its own per layer");
        file.Refuse("use_qalora", "quantisation-aware updates");
        file.Refuse("layer_replication", "layers used twice");
        if (file.Config.Text("bias", "none") is not "none" and var bias)
            throw new NotSupportedException($"{file.Config.Path}: bias '{bias}' is not supported; only 'none' is.");
        var shape = new LoraShape(
            file.Config.Int("r"),
            file.Config.Number("lora_alpha"),
            file.Config.Flag("use_rslora"),
            file.Config.Flag("use_dora"),
            1
        );
        var adapter = new LoraAdapter(model, shape);
        using var ungraded = no_grad();
        foreach (var layer in model.Sites)
        {
            if (!file.Has(Name("lora_A.weight")))
                continue;
            adapter.Add(
                layer,
                file.Read(Name("lora_A.weight"), shape.Rank, layer.Inputs),
                file.Read(Name("lora_B.weight"), layer.Outputs, shape.Rank),
                shape.Dora ? file.Read(Name("lora_magnitude_vector"), layer.Outputs) : null
            );

            string Name(string part) => LoraAdapter.Name(layer, part);
        }

        return adapter;
    }
}

/// <summary>One map's low-rank update: y + scale · (x Aᵀ) Bᵀ; with a magnitude, each row of the whole has that length.</summary>
/// <param name="a"><c>[rank, in]</c>.</param>
/// <param name="b"><c>[out, rank]</c>.</param>
/// <param name="scale">Of the update.</param>
/// <param name="magnitude"><c>[out]</c>, or null.</param>
internal sealed class LowRankUpdate(Parameter a, Parameter b, double scale, Parameter? magnitude) : LinearUpdate
{
    private readonly float scale = (float)scale;

    /// <inheritdoc/>
    public override Tensor Forward(LinearLayer layer, Tensor x)
    {
        var flat = x.reshape(-1, x.size(-1));
        if (magnitude is null)
        {
            var y = layer.Plain(x);
            return addmm(y.reshape(-1, layer.Outputs), flat.mm(a.t()), b.t(), beta: 1, alpha: scale).view(y.shape);
        }

        var turned = addmm(Ops.Linear(flat, layer.Matrix), flat.mm(a.t()), b.t(), beta: 1, alpha: scale) * (magnitude / Lengths(layer));
        return (layer.Bias is null ? turned : turned + layer.Bias).view([.. x.shape[..^1], layer.Outputs]);
    }

    /// <inheritdoc/>
    public override (Tensor Matrix, Tensor? Bias) Merged(LinearLayer layer)
    {
        var sum = layer.Matrix.add(b.mm(a), alpha: scale);
        return (magnitude is null ? sum : sum * (magnitude / Lengths(layer)).unsqueeze(1), null);
    }

    /// <summary>The length of each row of the updated weight; a constant for the gradients, as the paper has it.</summary>
    private Tensor Lengths(LinearLayer layer)
    {
        using var ungraded = no_grad();
        return layer.Matrix.add(b.mm(a), alpha: scale).norm(1, false, 2);
    }
}
