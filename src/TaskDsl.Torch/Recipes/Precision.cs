namespace TaskDsl.Torch.Recipes;

/// <summary>The numbers that a model computes in; its trained weights are always kept in float32.</summary>
public enum Precision
{
    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>16-bit brain floating point for matrix products, float32 elsewhere (autocast).</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("bfloat16")]
    BFloat16,

    /// <summary>
    /// 16-bit floating point for matrix products, float32 elsewhere (autocast), with losses scaled up so that small gradients do not vanish
    /// (arXiv 1710.03740). For GPUs that lack bfloat16; on a CPU, for models below a million weights only.
    /// </summary>
    Float16,
}
