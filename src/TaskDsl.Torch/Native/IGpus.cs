namespace TaskDsl.Torch.Native;

/// <summary>What the runtime asks of GPUs apart from computing on them. Tests put others in their place.</summary>
internal interface IGpus
{
    /// <summary>Whether libtorch is a build for GPUs.</summary>
    bool IsBuilt { get; }

    /// <summary>How many libtorch can compute on.</summary>
    int Count { get; }

    /// <summary>
    /// Whether they multiply float32 numbers as TF32: factors of 10 bits behind the point, sums in float32. Default: true.
    /// </summary>
    bool Tf32 { get; set; }

    /// <summary>Begins the random numbers of all of them anew.</summary>
    void Seed(long seed);

    /// <summary>The free bytes of one, by its number; null where it does not say.</summary>
    long? Free(int index);
}
