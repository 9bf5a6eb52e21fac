namespace TaskDsl.Torch.Safetensors;

/// <summary>A safetensors file that does not hold what it should.</summary>
/// <param name="file">The file.</param>
/// <param name="tensor">The tensor; null where the file as a whole is meant.</param>
/// <param name="problem">What is wrong, and what was expected.</param>
public sealed class SafetensorsException(string file, string? tensor, string problem)
    : IOException(tensor is null ? $"{file}: {problem}" : $"{file}: tensor '{tensor}' {problem}")
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>The tensor; null where the file as a whole is meant.</summary>
    public string? Tensor { get; } = tensor;
}
