using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Draws;
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
/// <remarks>
/// A begins uniform in ±1/√in, as PEFT's Kaiming initialisation comes to, and B zero: the first step starts at the model as it is.
/// PEFT calls it <c>LORA</c>. It can be merged; an update of the embedding or the head where the two are not tied.
/// </remarks>
[Keyword("lora"), Peft("LORA")]
[
    Refuses("bias", "biases that are trained too"),
    Refuses("lora_bias", "biases in the update"),
    Refuses("rank_pattern", "a rank of its own per layer"),
    Refuses("alpha_pattern", "an alpha of its own per layer"),
    Refuses("use_qalora", "quantisation-aware updates"),
    Refuses("layer_replication", "layers used twice")
]
public sealed record Lora : LinearTuning
{
    /// <summary>The rank of the update.</summary>
    [Range(1, 4096), Stored("r"), AlsoCalled("lora_r", "lora_rank")]
    public int Rank { get; init; } = 8;

    /// <summary>The update is scaled by alpha / rank.</summary>
    [Range(0.0, 1e6), Stored("lora_alpha")]
    public double Alpha { get; init; } = 16;

    /// <summary>
    /// Whether the update is scaled by alpha / √rank, so that high ranks learn as fast as low ones (rsLoRA, arXiv 2312.03732).
    /// </summary>
    [Stored("use_rslora")]
    public bool Rslora { get; init; }

    /// <summary>Whether the length of each row of the weight is trained apart from its direction (DoRA, arXiv 2402.09353).</summary>
    [Stored("use_dora")]
    public bool Dora { get; init; }

    /// <summary>What A and B begin with.</summary>
    public new LoraStart Start { get; init; } = LoraStart.Zero;

    /// <summary>How much higher the learning rate of B is than that of A (LoRA+, arXiv 2402.12354, which finds 16 good).</summary>
    [Range(1.0, 1e4)]
    public double BRate { get; init; } = 1;

    private double Scale => Alpha / (Rslora ? Math.Sqrt(Rank) : Rank);

    /// <inheritdoc/>
    protected override LinearUpdate On(LinearLayer map, AdapterWeights weights)
    {
        if (map.Sites.Contains(Site.Embedding))
            return OnEmbedding(map, weights);
        if (Start == LoraStart.Pissa)
            return Principal(map, weights);
        var a = weights.Trained("lora_A.weight", [Rank, map.Inputs], Uniform);
        var b = weights.Trained("lora_B.weight", [map.Outputs, Rank], () => zeros(map.Outputs, Rank));
        var magnitude = Dora
            // [out]
            ? weights.Trained("lora_magnitude_vector", [map.Outputs], () => map.Updated.Matrix.add(b.mm(a), alpha: Scale).norm(1, false, 2))
            : null;
        return new LowRank(a, b, Scale, magnitude);

        Tensor Uniform() => tensor(Drawn(map, weights).Uniform(Rank * map.Inputs, 1 / Math.Sqrt(map.Inputs)), [Rank, map.Inputs]);
    }

    /// <inheritdoc/>
    /// <remarks>With its start beside it, a PiSSA update is one of twice the rank on the model as it was.</remarks>
    public override AdapterMethod AsStored(LanguageModel model) =>
        Start == LoraStart.Zero
            ? this
            : this with
            {
                Start = LoraStart.Zero,
                Rank = 2 * Rank,
                Alpha = Scale * (Rslora ? Math.Sqrt(2 * Rank) : 2 * Rank),
            };

    /// <inheritdoc/>
    public override void Describe(JsonObject config, AdapterWeights weights)
    {
        base.Describe(config, weights);
        config["lora_dropout"] = 0.0;
        config["bias"] = "none";
        config["init_lora_weights"] = true;
    }

    /// <inheritdoc/>
    public override double LearningRateFactor(string name) =>
        name.EndsWith("lora_B.weight", StringComparison.Ordinal) || name.EndsWith("lora_embedding_B", StringComparison.Ordinal) ? BRate : 1;

    private static Draw Drawn(LinearLayer map, AdapterWeights weights) => new(weights.Seed, Draw.Seed("lora"), Draw.Seed(map.Name));

    /// <summary>PEFT's update of an embedding: A, of which a token chooses a column, begins at zero, and B with normal numbers.</summary>
    private LowRank OnEmbedding(LinearLayer map, AdapterWeights weights)
    {
        if (Dora || Start == LoraStart.Pissa)
            throw new MisfitException("tuning.lora: dora and start: pissa are for linear maps; the site embedding has neither.");
        var a = weights.Trained("lora_embedding_A", [Rank, map.Inputs], () => zeros(Rank, map.Inputs));
        var b = weights.Trained("lora_embedding_B", [map.Outputs, Rank], Normal);
        return new LowRank(a, b, Scale, null);

        Tensor Normal() => tensor(Drawn(map, weights).Normal(map.Outputs * Rank, 1), [map.Outputs, Rank]);
    }

    /// <summary>The weight's largest singular directions become the update, and leave the weight.</summary>
    private PrincipalPart Principal(LinearLayer map, AdapterWeights weights)
    {
        if (Dora)
            throw new MisfitException("tuning.lora: start: pissa and dora do not go together.");
        if (Rank > Math.Min(map.Inputs, map.Outputs))
            throw new MisfitException(
                $"tuning.lora.rank: {Rank} is more than {map.Name} has singular values ({Math.Min(map.Inputs, map.Outputs)})."
            );
        if (weights.Model.IsTied(map))
            throw new MisfitException("tuning.lora: start: pissa changes the weight, which the head shares with the embedding here.");
        var (u, s, v) = linalg.svd(map.Matrix.detach(), false); // W = u · diag(s) · v: v comes transposed
        var root = (s.narrow(0, 0, Rank) / Scale).sqrt(); // [rank]; scale · B A is then the principal part
        var a0 = weights.Keep(v.narrow(0, 0, Rank) * root.unsqueeze(1)); // [rank, in]
        var b0 = weights.Keep(u.narrow(1, 0, Rank) * root); // [out, rank]
        var a = weights.Trained("lora_A.weight", [Rank, map.Inputs], () => a0, value => cat([value, a0], 0)); // stored: [2 · rank, in]
        // stored: [out, 2 · rank]
        var b = weights.Trained("lora_B.weight", [map.Outputs, Rank], () => b0, value => cat([value, b0.neg()], 1));
        var update = new PrincipalPart(a, b, Scale, a0, b0);
        update.Move(map, -Scale);
        return update;
    }

    /// <summary>One map's low-rank update: y + scale · (x Aᵀ) Bᵀ; with a magnitude, each row of the whole has that length.</summary>
    /// <param name="a"><c>[rank, in]</c>.</param>
    /// <param name="b"><c>[out, rank]</c>.</param>
    /// <param name="scale">Of the update.</param>
    /// <param name="magnitude"><c>[out]</c>, or null.</param>
    private class LowRank(Parameter a, Parameter b, double scale, Parameter? magnitude) : LinearUpdate
    {
        private readonly float scale = (float)scale;

        /// <inheritdoc/>
        public override Tensor Forward(LinearMap map, Tensor x)
        {
            var flat = x.reshape(-1, x.size(-1)); // [rows, in]
            if (magnitude is null)
            {
                var y = map.Forward(x);
                // […, out]; two thin products: B A, as large as the weight, is never made.
                return addmm(y.reshape(-1, map.Outputs), flat.mm(a.t()), b.t(), beta: 1, alpha: scale).view(y.shape);
            }

            // The bias stays outside of the magnitude, as PEFT has it.
            var (matrix, bias) = map.Merged;
            var turned = addmm(Ops.Linear(flat, matrix), flat.mm(a.t()), b.t(), beta: 1, alpha: scale) * (magnitude / Lengths(matrix));
            return (bias is null ? turned : turned + bias).view([.. x.shape[..^1], map.Outputs]); // […, out]
        }

        /// <inheritdoc/>
        public override (Tensor Matrix, Tensor? Bias) Merged(LinearMap map)
        {
            var (matrix, bias) = map.Merged;
            var sum = matrix.add(b.mm(a), alpha: scale);
            return (magnitude is null ? sum : sum * (magnitude / Lengths(matrix)).unsqueeze(1), bias); // [out, in], [out]
        }

        /// <inheritdoc/>
        // […, out]
        public override Tensor LookUp(LinearMap map, Tensor ids) => map.LookUp(ids) + scale * Ops.Embedding(a.t(), ids).matmul(b.t());

        /// <summary>The length of each row of the updated weight; a constant for the gradients, as the paper has it.</summary>
        private Tensor Lengths(Tensor matrix)
        {
            using var ungraded = no_grad();
            return matrix.add(b.mm(a), alpha: scale).norm(1, false, 2); // [out]
        }
    }

    /// <summary>An update that began as the weight's principal part.</summary>
    private sealed class PrincipalPart(Parameter a, Parameter b, double scale, Tensor a0, Tensor b0) : LowRank(a, b, scale, null)
    {
        private readonly double scale = scale;

        /// <inheritdoc/>
        public override void TakenOff(LinearLayer layer) => Move(layer, scale);

        /// <summary>Adds the principal part to the layer's own weight, or takes it out.</summary>
        public void Move(LinearLayer layer, double by)
        {
            var moved = layer.Matrix.add(b0.mm(a0), alpha: by);
            layer.Weight.copy_(layer.IsTransposed ? moved.t() : moved);
        }
    }
}

/// <summary>What a low-rank update begins with.</summary>
public enum LoraStart
{
    /// <summary>Random A and zero B: the model as it is.</summary>
    Zero,

    /// <summary>
    /// The weight's principal part, which is taken out of the frozen weight (PiSSA, arXiv 2404.02948). Saved as a plain update of twice the
    /// rank.
    /// </summary>
    Pissa,
}
