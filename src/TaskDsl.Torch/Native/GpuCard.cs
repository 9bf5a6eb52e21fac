namespace TaskDsl.Torch.Native;

/// <summary>A GPU, as its driver describes it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Memory">Its bytes, whoever uses them.</param>
/// <param name="Capability">Its compute capability: 9.0 of an H200.</param>
public sealed record GpuCard(string Name, long Memory, Version Capability)
{
    /// <summary>What it computes in at full speed, in the words of a recipe.</summary>
    public string Numbers =>
        Capability.Major switch
        {
            >= 8 => "precision: bfloat16, and TF32",
            7 => "precision: float16; bfloat16 and TF32 it has not",
            _ => "float32 only; libtorch 2.10 may not know it any more",
        };
}
