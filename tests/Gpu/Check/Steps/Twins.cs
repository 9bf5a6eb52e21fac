using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Gpu.Steps;

/// <summary>
/// Two ways to the same gradients, with heads of the sizes that kernels are made for, which the golden models have not: the device and the
/// processor; rows that sequences share and rows of their own; activations kept and computed again.
/// </summary>
internal sealed class Twins : Step
{
    private const int Vocabulary = 1024;

    private static readonly (string Name, NewDecoder Shape)[] Models =
    [
        ("grouped heads of 64", Shaped(heads: 4, keyValueHeads: 2)),
        ("heads of 128", Shaped(heads: 2, keyValueHeads: 2)),
    ];

    public override string Name => "twins";

    public override int Limit => 60;

    public override IReadOnlyList<Precision> Precisions => [Precision.Float32, Precision.BFloat16];

    public override IEnumerable<Finding> Run(Setting setting)
    {
        // Sums in another order differ by 3e-7 on a processor; 1e-4 is a tenth of what TF32 would differ by, which is off here. bfloat16
        // differs by 6.6e-3 from float32 on a processor.
        var bound = setting.Is16Bit ? 0.03 : 1e-4;
        foreach (var (name, shape) in Models)
        {
            using var scope = NewDisposeScope();
            using var host = Decoder.Create(shape.Config(Vocabulary, 1, 0), 1);
            using var decoder = Copy(host, setting.Device);
            var apart = ModelSize.Batch(
                [
                    [96],
                    [32],
                    [64],
                    [64],
                    [128],
                ],
                Vocabulary
            );
            var shared = new TokenBatch(Together(apart), 0);

            var exact = Gradients(host, apart, setting with { Device = CPU, Precision = Precision.Float32 });
            var plain = Gradients(decoder, apart, setting);
            yield return Compared($"{name}: as on the processor in float32", exact, plain, bound);
            yield return Compared($"{name}: packed as apart", plain, Gradients(decoder, shared, setting), bound);

            decoder.ActivationCheckpointing = true;
            // The same operations on the same numbers; on a card some of them add in any order.
            var again = Gradients(decoder, apart, setting);
            yield return Compared($"{name}: activations computed again", plain, again, setting.Is16Bit ? 1e-2 : 1e-5);
            if (!setting.Is16Bit) // Differences of losses in 16 bits are rounding.
                yield return new Finding($"{name}: dropout computed again").Within(
                    "slope_difference",
                    Slope(decoder, apart, setting),
                    0.02
                );
        }
    }

    private static NewDecoder Shaped(int heads, int keyValueHeads) =>
        new()
        {
            HiddenSize = 256,
            Layers = 2,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            FeedForwardSize = 512,
            MaxPositions = 256,
        };

    private static Decoder Copy(Decoder host, Device device) =>
        (Decoder)LanguageModel.Open(host.Config, device, (name, _) => host.Parameters[name].detach().clone());

    /// <summary>The same sequences in rows of 128 tokens.</summary>
    private static TokenSequence[][] Together(TokenBatch apart)
    {
        var all = apart.Sequences.Select(s => s.Sequence).ToArray();
        return [all[..2], all[2..4], all[4..]];
    }

    private static (double Loss, float[] Gradients) Gradients(Decoder model, TokenBatch batch, Setting setting)
    {
        using var scope = NewDisposeScope();
        using var tuned = new Full().Start(model, 1);
        using var parameters = new AdamW().Flatten(tuned);
        SingleLoss loss;
        using (setting.Compute())
            loss = new CausalLm().Loss(model, batch);
        Torch.Native.Gradients.Backward(loss.Sum);
        parameters.Normalise(loss.Count, 0);
        return (loss.Sum.ToDouble() / loss.Count, parameters.Gradients.cpu().data<float>().ToArray());
    }

    /// <summary>
    /// How far the gradient's length is from the loss's slope along it, as a share. Each card draws masks of its own, so that they cannot
    /// be compared with the processor's; where the second pass leaves out other numbers than the first, the gradient is not the loss's. On
    /// a processor 0.003 at most.
    /// </summary>
    private static double Slope(Decoder model, TokenBatch batch, Setting setting)
    {
        const double Step = 0.02;
        using var scope = NewDisposeScope();
        using var tuned = new Full().Start(model, 1);
        using var parameters = new AdamW().Flatten(tuned);
        model.Dropout = 0.2;
        using (var loss = Loss())
            Torch.Native.Gradients.Backward(loss);
        var length = parameters.Gradients.norm().ToDouble();
        double slope = 0;
        using (no_grad())
            foreach (var sign in (double[])[1, -1])
            {
                parameters.Values.add_(parameters.Gradients, sign * Step / length);
                slope += sign * Loss().ToDouble() / (2 * Step);
                parameters.Values.add_(parameters.Gradients, -sign * Step / length);
            }

        model.Dropout = 0;
        return Math.Abs(slope / length - 1);

        Tensor Loss()
        {
            RandomState.Seed(7);
            using var compute = setting.Compute();
            var loss = new CausalLm().Loss(model, batch);
            return loss.Sum / loss.Count;
        }
    }

    /// <summary>The losses, and the length of the gradients' difference as a share of theirs.</summary>
    private static Finding Compared(
        string what,
        (double Loss, float[] Gradients) expected,
        (double Loss, float[] Gradients) actual,
        double bound
    )
    {
        double difference = 0,
            square = 0;
        foreach (var (e, a) in expected.Gradients.Zip(actual.Gradients))
            (difference, square) = (difference + ((double)e - a) * ((double)e - a), square + (double)e * e);
        return new Finding(what)
            .With("loss", actual.Loss)
            .Within("loss_difference", Math.Abs(actual.Loss / expected.Loss - 1), bound)
            .Within("gradient_difference", Math.Sqrt(difference / square), bound);
    }
}
