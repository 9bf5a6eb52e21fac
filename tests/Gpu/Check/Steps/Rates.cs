using System.Diagnostics;
using TaskDsl.Torch.Recipes;
using static TorchSharp.torch;

namespace TaskDsl.Gpu.Steps;

/// <summary>What the device reaches with large products alone, and with copies alone: what steps are measured against.</summary>
internal sealed class Rates : Step
{
    public override string Name => "rates";

    public override int Limit => 40;

    public override IReadOnlyList<Precision> Precisions => [Precision.BFloat16, Precision.Float32];

    public override bool Tf32 => true;

    public override IEnumerable<Finding> Run(Setting setting)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        var type = setting.Numbers ?? ScalarType.Float32;
        long size = setting.Size.Product;
        var (a, b) = (Made(), Made());
        var seconds = Seconds(setting, () => a.mm(b).Dispose());
        yield return new Finding("product")
            .With("rows", size)
            .With("ms", seconds * 1000)
            .With("tflops", 2e-12 * size * size * size / seconds);
        using var from = zeros(setting.Size.Copied, dtype: ScalarType.Byte, device: setting.Device);
        using var to = empty_like(from);
        seconds = Seconds(setting, () => to.copy_(from));
        // A copy reads and writes.
        yield return new Finding("copy").With("ms", seconds * 1000).With("gb_per_second", 2e-9 * setting.Size.Copied / seconds);

        Tensor Made() => randn([size, size], dtype: type, device: setting.Device);
    }

    /// <summary>The fastest of several times, each of several in a row: what else the machine does makes them longer only.</summary>
    private static double Seconds(Setting setting, Action action)
    {
        const int row = 5;
        var best = double.MaxValue;
        for (var repeat = 0; repeat <= setting.Size.Repeats; repeat++)
        {
            setting.Wait();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < row; i++)
                action();
            setting.Wait();
            if (repeat > 0)
                best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds / row);
        }

        return best;
    }
}
