using System.Numerics;
using System.Runtime.InteropServices;

namespace TaskDsl.Torch.Native;

/// <summary>This machine's processor, as far as it decides which code computes.</summary>
public static class Processor
{
    private const string Information = "/proc/cpuinfo";

    /// <summary>Its name; null where the system does not say.</summary>
    public static string? Name => File.Exists(Information) ? Line("model name") : RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>What multiplies matrices of float32, and how wide the kernels of this library are.</summary>
    public static string Kernels =>
        $"float32 products by {(LinearKernel.IsFaster ? "oneDNN (AVX-512, faster than MKL on this processor)" : "MKL")}; norms, rotary "
        + $"positions, cross-entropy and adamw_8bit in vectors of {32 * Vector<float>.Count} bits";

    /// <summary>What <c>precision: bfloat16</c> is worth here.</summary>
    public static string BFloat16 =>
        Line("flags")?.Split(' ') is not { } flags ? "not known"
        : flags.Contains("amx_bf16") ? "fast (AMX)"
        : flags.Contains("avx512_bf16") ? "computed as it is (AVX-512 BF16)"
        : "slow: the processor has no instructions for it";

    private static string? Line(string name) =>
        File.Exists(Information)
            ? File.ReadLines(Information).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim()
            : null;
}
