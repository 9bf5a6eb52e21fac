using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Tests.Batching;
using TaskDsl.Torch.Tuning;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Training;

public sealed class NativeMemoryTests : TorchTest
{
    [Theory, InlineData(false), InlineData(true)]
    public void Hundreds_of_steps_leave_no_tensor_behind(bool lora)
    {
        using var model = TinyModel.Open();
        using var tuned = lora ? new Lora().Apply(model.Decoder, 1) : new Full().Apply(model.Decoder, 1);
        using var parameters = new FlatParameters(tuned.Trained);
        using var optimizer = new AdamW().Start(parameters);
        long before = 0;
        for (var step = 0; step < 300; step++)
        {
            if (step == 20) before = SettledTensors();
            parameters.ClearGradients();
            var batch = new TokenBatch([[Sequences.Of(5 + step % 7, 9), Sequences.Of(40, 7)]], 0);
            using (NewDisposeScope())
            {
                var loss = new Supervised().Loss(model.Decoder, batch);
                Gradients.Backward(loss.Sum);
                parameters.Normalise(loss.Count, 1);
                optimizer.Step(1);
            }
        }

        Assert.True(Tensor.TotalCount <= before, $"{Tensor.TotalCount - before} tensors were left behind");
    }

    /// <summary>All of a step at its most involved, a thousand times: tensors, managed memory and the process stay as large as they were.</summary>
    [Fact]
    public void A_thousand_steps_take_no_more_memory_than_a_hundred()
    {
        using var model = TinyModel.Open();
        using var tuned = new Full().Apply(model.Decoder, 1);
        model.Decoder.ActivationCheckpointing = true;
        model.Decoder.Dropout = 0.1;
        var recipe = new AdamW8Bit { LayerDecay = 0.9 };
        using var parameters = recipe.Flatten(tuned);
        using var optimizer = recipe.Start(parameters);
        var (tensors, managed, resident) = (0L, 0L, 0L);
        for (var step = 1; step <= 1100; step++)
        {
            parameters.ClearGradients();
            using (NewDisposeScope())
            {
                LossSum loss;
                using (Autocast.BFloat16(CPU)) loss = new Supervised().Loss(model.Decoder, new TokenBatch([[Sequences.Of(5 + step % 7, 9), Sequences.Of(40, 7)]], 0));
                Gradients.Backward(loss.Sum);
                parameters.Normalise(loss.Count, 1);
                optimizer.Step(1);
            }

            if (step == 100) (tensors, managed, resident) = (SettledTensors(), GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
        }

        Assert.InRange(SettledTensors() - tensors, long.MinValue, 0);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - managed, long.MinValue, 1 << 20);
        Assert.InRange(Environment.WorkingSet - resident, long.MinValue, 32 << 20);
    }
}
