using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>Texts that share rows, kept apart by where they end, as on a GPU: losses and gradients are those of masked rows.</summary>
public sealed class SegmentsTests : TorchTest
{
    [Theory]
    [InlineData("llama", false), InlineData("mistral", false), InlineData("qwen3", false), InlineData("phi3", false)]
    [InlineData("gpt2", false), InlineData("gpt_neox", false), InlineData("opt", false), InlineData("mistral", true)]
    [InlineData("gemma2", false), InlineData("bloom", false)] // What adds to scores, or caps them, keeps its mask.
    public void Packed_rows_learn_the_same(string name, bool checkpointed)
    {
        using var golden = new GoldenModel(name);
        golden.Model.ActivationCheckpointing = checkpointed;
        foreach (var parameter in golden.Model.Parameters.Values)
            ToFloat64(parameter); // So that what differs is not the order of a sum.
        TokenSequence[][] rows =
        [
            [Text(9, 1), Text(14, 2), Text(1, 3)],
            [Text(20, 4)],
            [Text(3, 5), Text(4, 6)],
        ];
        var batch = new TokenBatch(rows, 0);
        var (expected, masked) = Learn(false);
        var (actual, apart) = Learn(true);
        Assert.Equal(expected, actual, 1e-6 * expected);
        var size = masked.Values.Max(g => g.abs().max().ToDouble());
        Assert.NotEmpty(masked);
        foreach (var (weight, gradient) in masked)
            Close(gradient, apart[weight], 1e-6 * size);

        (double, Dictionary<string, Tensor>) Learn(bool bySegments)
        {
            golden.Model.BySegments = bySegments;
            var loss = new CausalLm().Loss((Decoder)golden.Model, batch);
            Gradients.Backward(loss.Sum);
            var found = golden.Model.Parameters.Where(p => p.Value.grad is not null).ToDictionary(p => p.Key, p => p.Value.grad!.clone());
            foreach (var parameter in golden.Model.Parameters.Values)
                parameter.grad = null;
            return (loss.Sum.ToDouble(), found);
        }
    }

    /// <summary>Updates that multiply by float32 numbers, as IA³'s do, leave those behind them: attention takes them in 16 bits.</summary>
    [Fact]
    public void What_updates_leave_in_float32_is_read_in_sixteen_bits()
    {
        using var golden = new GoldenModel("llama");
        using var tuned = new Ia3().Start(golden.Model, 1);
        using var ungraded = no_grad();
        using var numbers = Autocast.BFloat16(CPU);
        var batch = new TokenBatch(
            [
                [Text(9, 1), Text(14, 2)],
            ],
            0
        );
        var masked = Loss();
        golden.Model.BySegments = true;
        Assert.Equal(masked, Loss(), 0.01 * masked);

        double Loss() => new CausalLm().Loss((Decoder)golden.Model, batch).Sum.ToDouble();
    }

    [Theory, InlineData("bert"), InlineData("roberta_mlm"), InlineData("bart")]
    public void Rows_without_their_padding_are_read_the_same(string name)
    {
        using var golden = new GoldenModel(name);
        var (ids, _) = Rows.Pad([Text(5, 1).Ids, Text(9, 2).Ids, Text(5, 3).Ids, Text(2, 4).Ids], 1, CPU);
        var expected = Read(false);
        Close(expected, Read(true), 1e-6 * expected.abs().max().ToDouble());

        Tensor Read(bool bySegments)
        {
            golden.Model.BySegments = bySegments;
            var pattern = AttentionPattern.Ragged([5, 9, 5, 2]);
            return golden.Model is Encoder encoder
                ? encoder.Hidden(ids, pattern: pattern)
                : ((EncoderDecoder)golden.Model).Encode(ids, pattern).States;
        }
    }

    private static void ToFloat64(Tensor parameter) =>
        new OperatorCall(stackalloc ulong[16]).Add(parameter).Add(parameter.detach().to(ScalarType.Float64)).Run("aten::set_data");

    private static TokenSequence Text(int length, int seed)
    {
        var random = new Random(seed);
        return new([.. Enumerable.Range(0, length).Select(_ => random.Next(5, 90))], [.. Enumerable.Repeat(true, length)], default);
    }
}
