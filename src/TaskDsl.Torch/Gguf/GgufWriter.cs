using System.Buffers.Binary;
using System.Text;
using TaskDsl.Disk;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Gguf;

/// <summary>
/// Writes a GGUF file, version 3 (docs/gguf.md of ggml-org/ggml): settings, then the tensors one after the other, so that only one of them
/// is in memory besides the model.
/// </summary>
internal static class GgufWriter
{
    /// <summary>Where tensors begin: at multiples of so many bytes.</summary>
    public const int Alignment = 32;

    private const int Chunk = 1 << 20; // Numbers: a multiple of every block.

    /// <summary>Writes a file: beside its place first, then there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">The settings: text, bool, whole numbers, float, and arrays of them.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="cancellation">Ends the work; nothing is left.</param>
    /// <exception cref="ModelException">A weight is no number, or more than the form can say.</exception>
    public static void Write(
        string path,
        IEnumerable<KeyValuePair<string, object>> settings,
        IReadOnlyList<GgufTensor> tensors,
        CancellationToken cancellation
    )
    {
        var all = settings.ToList();
        AtomicFile.Write(path, stream =>
        {
            stream.Write("GGUF"u8);
            Whole(stream, 3u);
            Whole(stream, (ulong)tensors.Count);
            Whole(stream, (ulong)all.Count);
            foreach (var (key, value) in all)
            {
                Text(stream, key);
                Setting(stream, value);
            }

            ulong offset = 0;
            foreach (var tensor in tensors)
            {
                Text(stream, tensor.Name);
                Whole(stream, (uint)tensor.Shape.Count);
                foreach (var size in tensor.Shape.Reverse())
                    Whole(stream, (ulong)size);
                Whole(stream, tensor.Type.Code);
                Whole(stream, offset);
                offset += (ulong)Aligned(tensor.Bytes);
            }

            Align(stream);
            foreach (var tensor in tensors)
            {
                Numbers(stream, tensor, cancellation);
                Align(stream);
            }
        });
    }

    /// <summary>So many bytes, and those up to the next tensor.</summary>
    public static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    /// <summary>Goes through a tensor's numbers, a piece at a time.</summary>
    public static unsafe void Pieces(GgufTensor tensor, Piece piece)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var made = tensor.Make();
        if (!made.shape.SequenceEqual(tensor.Shape))
            throw new InvalidOperationException($"{tensor.Name} is {Ops.Shape(made)}, not [{string.Join(", ", tensor.Shape)}].");
        var numbers = (float*)TensorMemory.Pointer(made);
        for (long at = 0; at < tensor.Count; at += Chunk)
            piece(at, new ReadOnlySpan<float>(numbers + at, (int)Math.Min(Chunk, tensor.Count - at)));
    }

    private static void Numbers(Stream stream, GgufTensor tensor, CancellationToken cancellation)
    {
        var stored = new byte[tensor.Type.Bytes(Math.Min(Chunk, tensor.Count))];
        Pieces(tensor, (_, numbers) =>
        {
            cancellation.ThrowIfCancellationRequested();
            var largest = GgufType.Magnitude(numbers); // NaN where there is one.
            if (!(largest <= tensor.Type.Largest))
                throw new ModelException(
                    $"the weight {tensor.Name} has the number {largest}, which its form in the file cannot say"
                        + (float.IsFinite(largest) ? $" (at most {tensor.Type.Largest}); choose another type." : ".")
                );
            var bytes = stored.AsSpan(0, (int)tensor.Type.Bytes(numbers.Length));
            tensor.Type.Write(numbers, bytes);
            stream.Write(bytes);
        });
    }

    private static void Setting(Stream stream, object value)
    {
        Whole(stream, GgufKind.Of(value));
        if (value is not Array items)
        {
            Item(stream, value);
            return;
        }

        Whole(stream, GgufKind.OfItems(items));
        Whole(stream, (ulong)items.Length);
        foreach (var item in items)
            Item(stream, item);
    }

    private static void Item(Stream stream, object value)
    {
        switch (value)
        {
            case string text:
                Text(stream, text);
                break;
            case bool flag:
                stream.WriteByte(flag ? (byte)1 : (byte)0);
                break;
            case uint whole:
                Whole(stream, whole);
                break;
            case int whole:
                Whole(stream, unchecked((uint)whole));
                break;
            case float number:
                Whole(stream, BitConverter.SingleToUInt32Bits(number));
                break;
            default:
                throw new NotSupportedException($"A setting of a GGUF file cannot be a {value.GetType().Name}.");
        }
    }

    private static void Text(Stream stream, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Whole(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void Whole(Stream stream, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void Whole(Stream stream, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void Align(Stream stream)
    {
        Span<byte> none = stackalloc byte[Alignment];
        none.Clear();
        stream.Write(none[..(int)(Aligned(stream.Position) - stream.Position)]);
    }

    /// <summary>Takes a piece of a tensor's numbers.</summary>
    /// <param name="at">The first number's place.</param>
    /// <param name="numbers">The numbers.</param>
    public delegate void Piece(long at, ReadOnlySpan<float> numbers);
}
