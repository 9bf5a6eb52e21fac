using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// y = W x + b ⊙ B (d ⊙ A x): A and B are random, frozen and shared by all maps; only the vectors b and d are trained, a small part of what
/// LoRA trains (VeRA, Kopiczko et al., arXiv 2310.11454, which finds a ten times higher learning rate good). Saved in PEFT's layout.
/// </summary>
/// <remarks>PEFT calls it <c>VERA</c>. It can be merged.</remarks>
[Keyword("vera"), Peft("VERA")]
[
    Harmless("bias", "biases that were trained too are in the file, under the model's own names"),
    Harmless("init_weights", "the vectors are stored, whatever they began with"),
    Harmless("vera_dropout", "it acts in training only")
]
public sealed record Vera : LinearTuning
{
    /// <summary>The rank of the update; the paper's are higher than LoRA's, for each costs one number a map.</summary>
    [Range(1, 1 << 16), Stored("r")]
    public int Rank { get; init; } = 256;

    /// <summary>What d begins with; b begins at 0, so that the first step starts at the model as it is.</summary>
    [Range(-1e4, 1e4), Stored("d_initial")]
    public double Initial { get; init; } = 0.1;

    /// <summary>What A and B are drawn by, whatever the run's seed: adapters of one key share them.</summary>
    [Range(0, int.MaxValue), Stored("projection_prng_key")]
    public int Key { get; init; }

    /// <summary>
    /// Whether A and B are stored too; otherwise they are drawn again by the key, which another version of libtorch may do in another way.
    /// </summary>
    [Stored("save_projection")]
    public bool SaveProjection { get; init; } = true;

    /// <inheritdoc/>
    protected override LinearUpdate On(LinearLayer map, AdapterWeights weights)
    {
        using var generator = new Generator((ulong)Key);
        var a = Projection("vera_A", Rank, weights.WidestInput, map.Inputs, dimension: 1); // [rank, in]
        var b = Projection("vera_B", weights.WidestOutput, Rank, map.Outputs, dimension: 0); // [out, rank]
        var d = weights.Trained("vera_lambda_d", Rank, Initial); // [rank]
        var scale = weights.Trained("vera_lambda_b", map.Outputs, 0); // [out]
        return LinearUpdate.Add(
            x => x.matmul(a.t()).mul(d).matmul(b.t()).mul(scale),
            () => scale.unsqueeze(1) * b.mm(d.unsqueeze(1) * a) // [out, in]
        );

        // The first rows or columns of a matrix that is as large as the largest map asks for, drawn as PEFT draws it: uniform, by the rows'
        // or columns' number (He et al., arXiv 1502.01852).
        Tensor Projection(string name, long rows, long columns, long used, long dimension)
        {
            var bound = Math.Sqrt(6.0 / columns);
            var whole = weights.Shared(
                name,
                [rows, columns],
                () => empty(rows, columns).uniform_(-bound, bound, generator),
                SaveProjection
            );
            return weights.Keep(whole.narrow(dimension, 0, used));
        }
    }

    /// <inheritdoc/>
    public override void Describe(JsonObject config, AdapterWeights weights)
    {
        base.Describe(config, weights);
        config["vera_dropout"] = 0.0;
        config["bias"] = "none";
        config["init_weights"] = true;
    }
}
