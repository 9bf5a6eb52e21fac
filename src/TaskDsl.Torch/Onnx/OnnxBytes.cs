using System.Text;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Onnx;

/// <summary>An ONNX file in memory, and the files beside it that hold its larger tensors.</summary>
/// <param name="bytes">uint8 <c>[bytes]</c>, which lives as long as this is read from.</param>
/// <param name="path">The file, for messages, and for the folder of those beside it.</param>
internal sealed class OnnxBytes(Tensor bytes, string path) : IDisposable
{
    private readonly Dictionary<string, Tensor> beside = new(StringComparer.Ordinal);

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>All of it.</summary>
    public ReadOnlySpan<byte> Span => TensorMemory.Span<byte>(bytes);

    /// <summary>A text in the file.</summary>
    public static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    /// <summary>An error that names the file.</summary>
    public ModelException Bad(string problem) => new($"{path}: {problem}");

    /// <summary>Where a part of <see cref="Span"/> begins in it.</summary>
    public int PlaceOf(ReadOnlySpan<byte> part) => Span.Overlaps(part, out var place) ? place : 0;

    /// <summary>Numbers that stand in the file itself.</summary>
    public Tensor View(long offset, long length, ScalarType type, long[] shape) => View(bytes, offset, length, type, shape);

    /// <summary>Numbers that stand in a file beside this one.</summary>
    /// <param name="tensor">The tensor's name, for messages.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">The bytes.</param>
    /// <param name="type">The numbers.</param>
    /// <param name="shape">The shape.</param>
    public Tensor ViewBeside(string tensor, string file, long offset, long length, ScalarType type, long[] shape)
    {
        if (file.Length == 0 || file != System.IO.Path.GetFileName(file))
            throw Bad($"tensor '{tensor}' is said to be in '{file}'; expected a file beside this one.");
        if (!beside.TryGetValue(file, out var found))
        {
            var whole = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, file);
            if (!File.Exists(whole))
                throw Bad($"tensor '{tensor}' is said to be in '{file}', which is not there. Put that file beside this one.");
            beside.Add(file, found = TensorMemory.Map(whole).DetachFromDisposeScope());
        }

        if (length != Safetensors.TensorEntry.Size(type, shape))
            throw Bad($"tensor '{tensor}' of the shape [{string.Join(", ", shape)}] is said to be {length} bytes of '{file}'.");
        if (offset > found.size(0) - length)
            throw Bad(
                $"tensor '{tensor}' is said to be {length} bytes from byte {offset} of '{file}', which has only {found.size(0)}: it was "
                    + "cut short, or is another model's."
            );
        return View(found, offset, length, type, shape);
    }

    public void Dispose()
    {
        foreach (var file in beside.Values)
            file.Dispose();
    }

    private static Tensor View(Tensor whole, long offset, long length, ScalarType type, long[] shape)
    {
        if (length == 0)
            return zeros(shape, type);
        using var scope = NewDisposeScope();
        return TensorMemory.View(whole.narrow(0, offset, length).clone(), 0, type, shape).MoveToOuterDisposeScope(); // Copied: aligned.
    }
}
