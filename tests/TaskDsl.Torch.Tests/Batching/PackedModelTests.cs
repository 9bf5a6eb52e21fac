using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tests.Objectives;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Batching;

/// <summary>Packing against one example a row, on models that know positions in each of the ways there are.</summary>
public sealed class PackedModelTests : TorchTest
{
    private static readonly TokenSequence[] All =
    [
        Sequences.Of(5, 9),
        Sequences.Of(40, 7),
        Sequences.Of(90, 11),
        Sequences.Of(130, 4, 3),
        Sequences.Of(20, 13, 1),
        Sequences.Of(61, 2),
    ];

    /// <summary>Rotary, learned and linear (ALiBi) positions.</summary>
    public static TheoryData<string> Positions => ["llama", "qwen3", "gpt_neox", "gpt2", "opt", "bloom"];

    [Theory, MemberData(nameof(Positions))]
    public void Neighbours_in_a_row_change_nothing(string name)
    {
        using var golden = new GoldenModel(name);
        var model = (Decoder)golden.Model;
        var row = All[..3];
        var packed = Hidden(row);
        var at = 0;
        foreach (var sequence in row)
        {
            Close(Hidden(sequence)[0], packed[0].narrow(0, at, sequence.Length), 1e-5);
            at += sequence.Length;
        }

        Tensor Hidden(params TokenSequence[] sequences)
        {
            using var pass = new ForwardPass(model, new TokenBatch([sequences], 0));
            return pass.Hidden().clone();
        }
    }

    [Theory, MemberData(nameof(Positions))]
    public void A_packed_batch_has_the_loss_and_the_gradients_of_its_examples(string name)
    {
        using var golden = new GoldenModel(name);
        var model = golden.Model;
        var weights = model.Parameters.Where(p => p.Value.is_floating_point()).ToArray();
        foreach (var (_, weight) in weights)
            weight.requires_grad_(true);
        foreach (Objective objective in (Objective[])[new Supervised(), new CausalLm()])
        {
            var (packed, count, gradients) = Of([
                new TokenBatch(
                    [
                        [All[0], All[1], All[5]],
                        [All[2], All[3], All[4]],
                    ],
                    0
                ),
            ]);
            var (alone, counted, expected) = Of([
                .. All.Select(s => new TokenBatch(
                    [
                        [s],
                    ],
                    0
                )),
            ]);
            Assert.Equal(counted, count);
            Assert.Equal(alone, packed, 1e-4 * Math.Abs(alone));
            foreach (var ((weight, _), one, other) in weights.Zip(expected, gradients))
                Assert.True(
                    (one - other).abs().max().ToDouble() <= 1e-5 + 1e-4 * one.abs().max().ToDouble(),
                    $"{weight}: differs by {(one - other).abs().max().ToDouble():E2} of {one.abs().max().ToDouble():E2}"
                );

            (double Loss, double Count, Tensor[] Gradients) Of(TokenBatch[] batches)
            {
                var (sum, terms) = (0.0, 0.0);
                foreach (var batch in batches)
                {
                    var loss = objective.Loss(model, batch);
                    loss.Sum.backward();
                    sum += loss.Sum.ToDouble();
                    terms += loss.Count;
                }

                Tensor[] found = [.. weights.Select(w => w.Value.grad?.clone() ?? zeros_like(w.Value))];
                foreach (var (_, weight) in weights)
                    weight.grad = null;
                return (sum, terms, found);
            }
        }
    }
}
