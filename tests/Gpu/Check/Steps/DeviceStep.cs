using TaskDsl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Gpu.Steps;

/// <summary>What computes here, and whether what the models need is there. Where it fails, nothing else can run.</summary>
internal sealed class DeviceStep : Step
{
    public override string Name => "device";

    public override int Limit => 40;

    public override IEnumerable<Finding> Run(Setting setting)
    {
        var here = Diagnosis.OfThisMachine();
        var finding = new Finding()
            .With("libtorch", $"{here.Version} in {here.Folder} ({here.Source})")
            .With("cuda", here.Cuda?.ToString() ?? "none")
            .With("driver_serves", here.Driver?.Cuda?.ToString() ?? "none")
            .With("threads", TorchRuntime.Threads)
            .With("free_bytes", MachineMemory.Of(setting.Device).Available);
        if (setting.Device.type == DeviceType.CUDA && here.Driver?.Cards is { Count: > 0 } cards && setting.Device.index < cards.Count)
        {
            var card = cards[setting.Device.index];
            finding.With("card", card.Name).With("memory_bytes", card.Memory).With("capability", card.Capability.ToString());
        }

        yield return finding;
        yield return Operators(setting);
    }

    private static Finding Operators(Setting setting)
    {
        using var scope = NewDisposeScope();
        var finding = new Finding("operators");
        var a = randn(64, 64, device: setting.Device);
        using (Autocast.BFloat16(setting.Device))
            if (a.mm(a) is { dtype: not ScalarType.BFloat16 } product)
                finding.Not($"a product under autocast is {product.dtype}, expected BFloat16");
        var norm = Ops.RmsNorm(a, ones(64, device: setting.Device), 1e-6);
        finding.Within("rms_norm", Furthest(norm, a * (a.square().mean([1], keepdim: true) + 1e-6).rsqrt()), 1e-5);
        var (query, keys) = (randn([2, 8, 32, 64], device: setting.Device), randn([2, 2, 32, 64], device: setting.Device));
        var grouped = Ops.Attention(query, keys, keys, causal: true);
        var all = keys.repeat_interleave(4, 1);
        finding.Within("grouped_attention", Furthest(grouped, Ops.Attention(query, all, all, causal: true)), 1e-5);
        return finding;
    }

    private static double Furthest(Tensor a, Tensor b) => (a - b).abs().max().ToDouble();
}
