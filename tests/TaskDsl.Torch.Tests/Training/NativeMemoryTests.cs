using System.Runtime.InteropServices;
using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tests.Batching;
using TaskDsl.Torch.Training;
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

    /// <summary>A run at its most involved, from step 300 on, when all is compiled and every shape was seen: tensors, managed memory and what malloc has given stay as they were.</summary>
    [Fact]
    public async Task A_thousand_more_steps_take_no_more_memory()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Optimizer = new AdamW8Bit { LayerDecay = 0.9 },
            Batch = new Batch { Rows = 1, SequenceLength = 32, Accumulation = 2, Packing = false },
            Budget = new Budget { Epochs = 1000, Steps = 1301 },
            Precision = Precision.BFloat16,
            ActivationCheckpointing = true,
            Dropout = 0.1,
        };
        var (before, after) = (Memory.Most, Memory.Most);
        var seen = new Each(p =>
        {
            if (p.Step is > 290 and <= 300) before = before.Least(Memory.Now());
            if (p.Step is > 1290 and <= 1300) after = after.Least(Memory.Now());
        });
        (await recipe.RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false }, seen)).Dispose();
        Assert.InRange(after.Tensors - before.Tensors, long.MinValue, 0);
        Assert.InRange(after.Managed - before.Managed, long.MinValue, 1 << 20);
        Assert.InRange(after.Native - before.Native, long.MinValue, 3 << 20);
    }

    /// <summary>What is in use once what was left to finalizers is gone. The least of several times counts: the runtime's compiler takes megabytes, and gives them back.</summary>
    private readonly record struct Memory(long Tensors, long Managed, long Native)
    {
        public static Memory Most => new(long.MaxValue, long.MaxValue, long.MaxValue);

        public static Memory Now() => new(SettledTensors(), GC.GetTotalMemory(forceFullCollection: true), Given());

        public Memory Least(Memory other) => new(Math.Min(Tensors, other.Tensors), Math.Min(Managed, other.Managed), Math.Min(Native, other.Native));
    }

    /// <summary>The bytes that malloc has given and not got back (mallinfo2(3)). A leak of a few kilobytes a step drowns in the size of the process.</summary>
    private static long Given()
    {
        var info = MallInfo();
        return (long)(info.InUse + info.Mapped);
    }

    [DllImport("libc.so.6", EntryPoint = "mallinfo2")]
    private static extern Malloc MallInfo();

    [StructLayout(LayoutKind.Sequential)]
    private struct Malloc
    {
        public nuint Arena, Ordblks, Smblks, Hblks, Mapped, Usmblks, Fsmblks, InUse, Free, Keepcost;
    }

    private sealed class Each(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
