using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Gguf;

/// <summary>Reads a file back and holds each of its numbers to the model's: written is not yet right.</summary>
internal static class GgufCheck
{
    /// <summary>Compares all tensors.</summary>
    /// <returns>The largest difference, the tensor that has it, and how many numbers there are.</returns>
    /// <exception cref="ModelException">
    /// The file lacks a tensor, has another, or a number differs by more than its form rounds.
    /// </exception>
    public static GgufDifference Compare(string path, IReadOnlyList<GgufTensor> tensors, CancellationToken cancellation)
    {
        using var file = GgufFile.Open(path);
        if (file.Tensors.Count != tensors.Count)
            throw new ModelException($"{path}: it has {file.Tensors.Count} tensors; {tensors.Count} were written.");
        var worst = new GgufDifference(0, "", 0);
        foreach (var tensor in tensors)
        {
            var entry = file.Of(tensor.Name);
            if (!entry.Shape.SequenceEqual(tensor.Shape) || entry.Type != tensor.Type.Code)
                throw new ModelException($"{path}: the tensor '{tensor.Name}' has another shape or form than what was written.");
            byte[] bytes = [];
            float[] read = [];
            GgufWriter.Pieces(tensor, (at, numbers) =>
            {
                cancellation.ThrowIfCancellationRequested();
                if (read.Length != numbers.Length)
                    (bytes, read) = (new byte[tensor.Type.Bytes(numbers.Length)], new float[numbers.Length]);
                file.Read(tensor.Name, tensor.Type.Bytes(at), bytes);
                tensor.Type.Read(bytes, read);
                worst = Compare(path, tensor, numbers, read, worst);
            });
            worst = worst with { Numbers = worst.Numbers + tensor.Count };
        }

        return worst;
    }

    private static GgufDifference Compare(
        string path,
        GgufTensor tensor,
        ReadOnlySpan<float> numbers,
        ReadOnlySpan<float> read,
        GgufDifference worst
    )
    {
        for (var from = 0; from < numbers.Length; from += tensor.Type.BlockLength)
        {
            var block = numbers.Slice(from, tensor.Type.BlockLength);
            for (var i = 0; i < block.Length; i++)
            {
                var difference = MathF.Abs(block[i] - read[from + i]);
                if (!(difference <= tensor.Type.Rounding(block, block[i])))
                    throw new ModelException(
                        $"{path}: a number of '{tensor.Name}' is {read[from + i]} and was {block[i]}: the file is not what was written."
                    );
                if (difference > worst.Largest)
                    worst = worst with { Largest = difference, Tensor = tensor.Name };
            }
        }

        return worst;
    }
}
