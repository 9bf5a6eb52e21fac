using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Tests.Training;
using TorchSharp;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

/// <summary>Packing against one example a row, on a model.</summary>
public sealed class PackedModelTests : TorchTest
{
    [Fact]
    public void Neighbours_in_a_row_change_nothing()
    {
        using var model = TinyModel.Open();
        TokenSequence[] row = [Sequences.Of(5, 9), Sequences.Of(40, 7), Sequences.Of(90, 11)];
        var packed = new TokenBatch([row], 0).Hidden(model.Decoder);
        var at = 0;
        foreach (var sequence in row)
        {
            Close(new TokenBatch([[sequence]], 0).Hidden(model.Decoder)[0], packed[0].narrow(0, at, sequence.Length), 1e-5);
            at += sequence.Length;
        }
    }

    [Fact]
    public void A_packed_batch_has_the_loss_of_its_examples()
    {
        using var model = TinyModel.Open();
        TokenSequence[] all = [Sequences.Of(5, 9), Sequences.Of(40, 7), Sequences.Of(90, 11), Sequences.Of(130, 4)];
        foreach (Objective objective in (Objective[])[new Supervised(), new CausalLm()])
        {
            var packed = objective.Loss(model.Decoder, new TokenBatch([[all[0], all[1]], [all[2], all[3]]], 0));
            var alone = all.Select(s => objective.Loss(model.Decoder, new TokenBatch([[s]], 0))).ToArray();
            Assert.Equal(alone.Sum(l => l.Count), packed.Count);
            Assert.Equal(alone.Sum(l => l.Sum.ToDouble()), packed.Sum.ToDouble(), 1e-4);
        }
    }
}
