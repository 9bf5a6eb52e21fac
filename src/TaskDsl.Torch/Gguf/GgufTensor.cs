using static TorchSharp.torch;

namespace TaskDsl.Torch.Gguf;

/// <summary>One tensor of a file that is to be written; its numbers are made when their turn comes.</summary>
/// <param name="Name">What GGUF calls it.</param>
/// <param name="Shape">Its shape, the longest stride first as PyTorch has it; the file has it the other way round.</param>
/// <param name="Type">How its numbers are kept.</param>
/// <param name="Make">Makes it: float32 on the CPU, contiguous. The caller disposes it.</param>
internal sealed record GgufTensor(string Name, IReadOnlyList<long> Shape, GgufType Type, Func<Tensor> Make)
{
    /// <summary>How many numbers.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>Its bytes in the file.</summary>
    public long Bytes => Type.Bytes(Count);
}
