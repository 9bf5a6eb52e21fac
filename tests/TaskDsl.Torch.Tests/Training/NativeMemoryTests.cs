using System.Globalization;
using System.Runtime.InteropServices;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tests.Batching;
using TaskDsl.Torch.Tests.Objectives;
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
        using var tuned = lora ? new Lora().Start(model.Decoder, 1) : new Full().Start(model.Decoder, 1);
        using var parameters = new FlatParameters(tuned.Trained);
        using var optimizer = new AdamW().Start(parameters);
        long before = 0;
        for (var step = 0; step < 300; step++)
        {
            if (step == 20)
                before = SettledTensors();
            parameters.ClearGradients();
            var batch = new TokenBatch(
                [
                    [Sequences.Of(5 + step % 7, 9), Sequences.Of(40, 7)],
                ],
                0
            );
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

    /// <summary>A run at its most involved: tensors, managed memory and what malloc has given stay as they were.</summary>
    /// <remarks>
    /// In a process of its own that compiles each method once: the runtime's second compiler takes and gives back megabytes meanwhile.
    /// </remarks>
    [Fact]
    public async Task A_thousand_steps_more_take_no_more_memory()
    {
        using var child = ChildRun.Start(
            "env",
            "DOTNET_TieredCompilation=0",
            "dotnet",
            "exec",
            typeof(NativeMemoryTests).Assembly.Location,
            "growth"
        );
        var (code, output, errors) = await child.EndAsync();
        Assert.True(code == 0, errors);
        var growth = output.Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        Assert.InRange(growth[0], long.MinValue, 0);
        Assert.InRange(growth[1], long.MinValue, 1 << 20);
        Assert.InRange(growth[2], long.MinValue, 1 << 20);
    }

    /// <summary>
    /// The child: by how many tensors, managed bytes and bytes of malloc's a thousand steps grow, once all is warm: within 350 steps malloc
    /// takes 7 MB more, then no more for 1,750.
    /// </summary>
    public static async Task<int> GrowthAsync()
    {
        TorchRuntime.Threads = 1;
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Optimizer = new AdamW8Bit { LayerDecay = 0.9 },
            Batch = new Batch
            {
                Rows = 1,
                SequenceLength = 32,
                Accumulation = 2,
                Packing = false,
            },
            Budget = new Budget { Epochs = 1000, Steps = 1401 },
            Precision = Precision.BFloat16,
            ActivationCheckpointing = true,
            Dropout = 0.1,
        };
        var used = new List<(long Tensors, long Managed, long Native)>();
        var seen = new Each(p =>
        {
            if (p.Step is 400 or 1400)
                used.Add((SettledTensors(), GC.GetTotalMemory(forceFullCollection: true), Given()));
        });
        (await recipe.RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false }, seen)).Dispose();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{used[1].Tensors - used[0].Tensors} {used[1].Managed - used[0].Managed} {used[1].Native - used[0].Native}"
            )
        );
        return 0;
    }

    /// <summary>
    /// The bytes that malloc has given and not got back (mallinfo2(3)). A leak of a few kilobytes a step drowns in the size of the process.
    /// </summary>
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
        public nuint Arena,
            Ordblks,
            Smblks,
            Hblks,
            Mapped,
            Usmblks,
            Fsmblks,
            InUse,
            Free,
            Keepcost;
    }

    private sealed class Each(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
