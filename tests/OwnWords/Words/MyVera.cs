using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using TorchSharp;
using static TorchSharp.torch;

namespace OwnWords.Words;

/// <summary>y = W x + b ⊙ B (d ⊙ A x): A and B are frozen, random and shared by all maps (VeRA, arXiv 2310.11454).</summary>
[Keyword("my_vera"), Peft("MY_VERA")]
public sealed record MyVera : LinearTuning
{
    /// <summary>The rank of the shared matrices.</summary>
    [Range(1, 65536), Stored("r")]
    public int Rank { get; init; } = 256;

    /// <summary>What d begins with.</summary>
    [Range(-10.0, 10.0), Stored("d_initial")]
    public double Initial { get; init; } = 0.1;

    /// <inheritdoc/>
    protected override LinearUpdate On(LinearLayer map, AdapterWeights weights)
    {
        var (rank, widestIn, widestOut) = ((long)Rank, weights.WidestInput, weights.WidestOutput);
        var wholeA = weights.Shared("my_vera_A", [rank, widestIn], () => Drawn(1, rank, widestIn));
        var a = weights.Keep(wholeA.narrow(1, 0, map.Inputs)); // [rank, in]
        var wholeB = weights.Shared("my_vera_B", [widestOut, rank], () => Drawn(2, widestOut, rank));
        var b = weights.Keep(wholeB.narrow(0, 0, map.Outputs)); // [out, rank]
        var d = weights.Trained("my_vera_lambda_d", rank, Initial); // [rank]
        var scale = weights.Trained("my_vera_lambda_b", map.Outputs, 0); // [out]
        return LinearUpdate.Add(
            x => x.matmul(a.t()).mul(d).matmul(b.t()).mul(scale),
            () => scale.unsqueeze(1) * b.mm(d.unsqueeze(1) * a) // [out, in]
        );

        Tensor Drawn(int number, long rows, long columns)
        {
            using var generator = new Generator((ulong)(weights.Seed * 2 + number));
            return randn([rows, columns], generator: generator).mul_(1 / Math.Sqrt(columns));
        }
    }
}
