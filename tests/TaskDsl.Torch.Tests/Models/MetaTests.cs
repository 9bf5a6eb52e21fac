using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>
/// The parts of every golden model's first layer on libtorch's device without numbers, forward and backward: a tensor that is made on the
/// CPU there is refused, as a GPU would. libtorch has no such kernels for many operators (it has them in Python); this says for which.
/// </summary>
public sealed partial class MetaTests : TorchTest
{
    private static readonly Device Nowhere = device(DeviceType.META);

    [Fact]
    public void What_libtorch_has_kernels_for_runs_without_a_number()
    {
        var (ran, missing) = (new List<string>(), new List<(string Part, string Operator)>());
        foreach (var name in GoldenModel.Named(_ => true))
        {
            using var scope = NewDisposeScope();
            var config = ModelConfig.Load(Path.Combine(AppContext.BaseDirectory, "Golden", name));
            using var model = LanguageModel.OnMeta(config);
            foreach (var parameter in model.Parameters.Values)
                parameter.requires_grad = true;
            foreach (var part in model.Sublayers.Where(part => part.Layer == 0))
                if (Refused(part) is { } lacking)
                    missing.Add(($"{name} {part.Kind}", lacking));
                else
                    ran.Add($"{name} {part.Kind}");
        }

        // What runs are the feed-forward parts behind norms by root mean squares, but for the activations that have no kernel.
        Assert.Equal((16, 80), (ran.Count, ran.Count + missing.Count));
        Assert.Equal(
            ["aten::abs.out", "aten::native_batch_norm", "aten::relu", "aten::scaled_dot_product_attention"],
            missing.Select(m => m.Operator).Distinct().Order(StringComparer.Ordinal)
        );
    }

    /// <summary>The operator that has no kernel there; null where all have.</summary>
    private static string? Refused(Sublayer part)
    {
        var x = empty([2, 5, part.Size], device: Nowhere).requires_grad_(true);
        var pass = new StackPass
        {
            Pattern = AttentionPattern.Whole,
            Causal = true,
            Device = Nowhere,
            Length = 5,
            States = x,
        };
        try
        {
            part.Forward(x, pass).sum().backward();
            Assert.Equal(x.shape, x.grad!.shape);
            return null;
        }
        catch (Exception e)
            when (e is ExternalException or InvalidOperationException && NoKernel().Match(e.Message) is { Success: true } match)
        {
            return match.Groups[1].Value + match.Groups[2].Value;
        }
    }

    [GeneratedRegex(@"libtorch could not run (aten::\w+)|(aten::[\w.]+): attempted to run this operator with Meta")]
    private static partial Regex NoKernel();
}
