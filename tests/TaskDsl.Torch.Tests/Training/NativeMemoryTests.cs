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
}
