using static TorchSharp.torch;

namespace TaskDsl.Torch.Gguf;

/// <summary>A part of a model with a weight and perhaps a bias: what it is called, and what is done to its numbers.</summary>
/// <param name="Name">What GGUF calls it, without what stands behind the last dot.</param>
/// <param name="Source">What the model calls it.</param>
internal sealed record GgufPart(string Name, string Source)
{
    /// <summary>Whether the weight is stored as <c>[in, out]</c>, and is turned round.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>Whether the numbers are float32 whatever the file's matrices are: a table that is added, not multiplied.</summary>
    public bool IsExact { get; init; }

    /// <summary>What is done to the rows of the weight, to the bias, and to the B of an update: first dimension <c>[out, …]</c>.</summary>
    public Func<Tensor, Tensor> Rows { get; init; } = static x => x;
}
