using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Gpu.Steps;

/// <summary>
/// A model of each family against transformers 4.57.6: hidden states and scores of each case, the loss of one, each weight's gradient.
/// </summary>
internal sealed class Golden : Step
{
    public override string Name => "golden";

    public override int Limit => 60;

    public override IReadOnlyList<Precision> Precisions => [Precision.Float32, Precision.BFloat16];

    public override IEnumerable<Finding> Run(Setting setting)
    {
        foreach (var name in GoldenModel.Named(_ => true))
        {
            using var scope = NewDisposeScope();
            using var golden = new GoldenModel(name, setting.Device);
            yield return Of(golden, name, setting);
        }
    }

    private static Finding Of(GoldenModel golden, string name, Setting setting)
    {
        // In float32 the bounds of GoldenTests, which run on the CPU. In bfloat16 twice the most that a processor differs by, which rounds
        // as a card does, over all golden models: 0.046 (phi3_longrope), 0.056 (bloom_heads_np2), 0.0095 (gpt_neox), 0.099
        // (bloom_heads_np2); libtorch 2.10.
        var (states, scores, losses, norms) = setting.Is16Bit ? (0.1, 0.12, 0.02, 0.2) : (5e-5, 5e-5, 5e-5, 1e-3);
        double hidden = 0,
            logits = 0;
        using (no_grad())
            foreach (var @case in golden.Cases)
            {
                using var inside = NewDisposeScope();
                using var compute = setting.Compute();
                var (made, scored, _) = golden.Run(@case);
                // An encoder–decoder's own tokens are all real: only what it reads is padded.
                var all = ones(1, dtype: ScalarType.Bool, device: setting.Device);
                var real = golden.Kind == "seq2seq" ? all : golden.Real(@case).unsqueeze(2);
                hidden = Math.Max(hidden, Furthest(golden[$"{@case}/last_hidden_state"], made, real, setting));
                var expected = golden.Maybe($"{@case}/logits") ?? (golden.Kind == "encoder" ? golden[$"{@case}/pooler_output"] : null);
                real = golden.Kind switch
                {
                    "seqcls" or "encoder" => all,
                    "rtd" => real.squeeze(2),
                    _ => real,
                };
                if (expected is not null)
                    logits = Math.Max(logits, Furthest(expected, scored, real, setting));
            }

        Tensor loss;
        double reference;
        using (setting.Compute())
            (loss, reference) = golden.Loss("right");
        Gradients.Backward(loss);
        var gradients = golden.Json.GetProperty("cases").GetProperty("right").GetProperty("grad_norm");
        double furthest = 0,
            square = 0,
            expectedSquare = 0;
        foreach (var (parameter, weight) in golden.Model.Parameters)
        {
            var expected = gradients.GetProperty(parameter) is { ValueKind: System.Text.Json.JsonValueKind.Number } value
                ? value.GetDouble()
                : 0;
            var norm = weight.grad is { } gradient ? gradient.to(ScalarType.Float64).norm().ToDouble() : 0;
            square += norm * norm;
            expectedSquare += expected * expected;
            // Below 2e-6 (GoldenTests) a norm is rounding noise: a bias of all keys alike changes no attention.
            furthest = Math.Max(furthest, Math.Max(0, Math.Abs(norm - expected) - 2e-6) / Math.Max(expected, 1e-12));
        }

        var finding = new Finding(name)
            .Within("hidden", hidden, states)
            .Within("logits", logits, scores)
            .With("loss", loss.ToDouble())
            .Within("loss_difference", Math.Abs(loss.ToDouble() - reference), losses);
        // In 16 bits the noise of single small gradients says nothing: their norm together does.
        return setting.Is16Bit
            ? finding.Within("gradient_norm", Math.Abs(Math.Sqrt(square / expectedSquare) - 1), norms)
            : finding.Within("gradients", furthest, norms);
    }

    /// <summary>The largest difference where something is real; in 16 bits as a share of the largest number that is expected.</summary>
    private static double Furthest(Tensor expected, Tensor actual, Tensor real, Setting setting)
    {
        if (!expected.shape.SequenceEqual(actual.shape))
            return double.PositiveInfinity;
        var difference = ((expected - actual.to(ScalarType.Float32)) * real).abs().max().ToDouble();
        return setting.Is16Bit ? difference / (expected * real).abs().max().ToDouble() : difference;
    }
}
