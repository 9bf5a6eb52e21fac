using System.Runtime.InteropServices;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Tests.Tuning;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>What is computed again is what was computed: the same bits, dropout included.</summary>
public sealed class ActivationCheckpointingTests : TorchTest
{
    public static TheoryData<string> Models => GoldenModel.Names;

    public static TheoryData<string, string> Methods => CatalogueTests.All;

    [Theory, MemberData(nameof(Models))]
    public void Every_family_has_the_same_loss_and_gradients(string model) => Check(model, "full");

    [Theory, MemberData(nameof(Methods))]
    public void Every_tuning_method_has_the_same_loss_and_gradients(string model, string method) => Check(model, method);

    private static void Check(string name, string method)
    {
        using var golden = new GoldenModel(name);
        using var tuned = CatalogueTests.Methods[method].Start(golden.Model, 1);
        using (no_grad())
            foreach (var parameter in tuned.Trained.Values)
                parameter.add_(randn_like(parameter) * 0.02); // New adapters do nothing: no gradient would tell them apart.
        using var parameters = new AdamW().Flatten(tuned);
        golden.Model.Dropout = 0.2;
        foreach (var bf16 in (bool[])[false, true])
        {
            var (plainLoss, plain) = Run(false);
            var (loss, gradients) = Run(true);
            Assert.True(plain.Any(g => g != 0) && double.IsFinite(plainLoss));
            Assert.Equal(plainLoss, loss);
            // What an encoder made goes into every layer of the decoder, there into two maps, and in each into what an update adds to it
            // (all do but IA³'s): the gradients of these four are summed layer by layer instead of one by one.
            if (golden.Model is EncoderDecoder && CatalogueTests.Methods[method] is LinearTuning and not Ia3 or Combined)
                Assert.Equal(0, plain.Zip(gradients).Max(g => Math.Abs(g.First - g.Second)), bf16 ? 1e-2 : 1e-5);
            else
                Assert.True(
                    MemoryMarshal.AsBytes(plain.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(gradients.AsSpan())),
                    $"bf16 {bf16}: gradients differ by {plain.Zip(gradients).Max(g => Math.Abs(g.First - g.Second))}"
                );

            (double, float[]) Run(bool checkpointed)
            {
                manual_seed(7);
                parameters.ClearGradients();
                golden.Model.ActivationCheckpointing = checkpointed;
                using var scope = NewDisposeScope();
                Tensor value;
                using (bf16 ? Autocast.BFloat16(CPU) : null)
                    value = golden.Loss("right").Actual;
                Gradients.Backward(value);
                // Whoever draws next draws the same.
                return (value.ToDouble() + rand(1).ToDouble(), parameters.Gradients.data<float>().ToArray());
            }
        }
    }
}
