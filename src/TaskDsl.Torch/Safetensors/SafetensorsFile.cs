using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using TaskDsl.Disk;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Safetensors;

/// <summary>
/// One safetensors file, mapped into memory: tensors are read without copying. Closing it leaves the tensors alive. Not thread-safe.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly SafetensorsHeader header;
    private Tensor? bytes;

    private SafetensorsFile(string path)
    {
        Path = path;
        header = SafetensorsHeader.Read(path);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => header.Tensors;

    /// <summary>The free text in the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="SafetensorsException">The file lies about itself, or was cut short.</exception>
    public static SafetensorsFile Open(string path) => new(path);

    /// <summary>Reads one tensor, on the CPU, in the type that it is stored in. Writing to it does not reach the file.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="shape">The shape that it must have. Default: any.</param>
    public Tensor Read(string name, params ReadOnlySpan<long> shape)
    {
        var entry = Check(name, shape);
        long[] actual = [.. entry.Shape];
        if (bytes is null)
        {
            bytes = TensorMemory.Map(Path).DetachFromDisposeScope();
            if (bytes.size(0) < header.DataOffset + Tensors.Values.Max(t => t.End))
                throw new SafetensorsException(Path, null, "became shorter while it was read.");
        }

        var offset = header.DataOffset + entry.Begin;
        if (offset % TensorMemory.SizeOf(entry.Type) == 0)
            return TensorMemory.View(bytes, offset, entry.Type, actual);
        using var scope = NewDisposeScope(); // Badly aligned, as other writers may leave it: copied.
        return TensorMemory.View(bytes.narrow(0, offset, entry.End - entry.Begin).clone(), 0, entry.Type, actual).MoveToOuterDisposeScope();
    }

    /// <summary>What the header says of a tensor.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="shape">The shape that it must have. Default: any.</param>
    /// <exception cref="SafetensorsException">It is missing, or has another shape.</exception>
    public TensorEntry Check(string name, params ReadOnlySpan<long> shape)
    {
        if (!Tensors.TryGetValue(name, out var entry))
            throw new SafetensorsException(Path, name, "is missing.");
        long[] actual = [.. entry.Shape];
        if (!shape.IsEmpty && !shape.SequenceEqual(actual))
            throw new SafetensorsException(
                Path,
                name,
                $"has the shape [{string.Join(", ", actual)}]; expected [{string.Join(", ", shape.ToArray())}]."
            );
        return entry;
    }

    /// <summary>Writes tensors to a file: beside it first, then in its place, so that a reader never sees half of it.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="tensors">The tensors by name, on any device.</param>
    /// <param name="metadata">Free text for the header. Default: <c>format: pt</c>, which Hugging Face's readers ask for.</param>
    /// <param name="type">What floating-point numbers are written as, one tensor at a time. Default: what they are.</param>
    public static void Write(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        ScalarType? type = null
    )
    {
        // Largest elements first, then by name: every tensor is aligned, and equal tensors give equal files.
        var ordered = tensors
            .OrderByDescending(t => TensorMemory.SizeOf(TypeOf(t.Value)))
            .ThenBy(t => t.Key, StringComparer.Ordinal)
            .ToArray();
        foreach (var (name, _) in ordered.Where(t => t.Key == SafetensorsHeader.MetadataName))
            throw new ArgumentException($"A tensor cannot be called '{name}'.", nameof(tensors));
        if (ordered.CountBy(t => t.Key, StringComparer.Ordinal).FirstOrDefault(n => n.Value > 1).Key is { } twice)
            throw new ArgumentException($"There are two tensors called '{twice}'.", nameof(tensors));
        AtomicFile.Write(path, stream =>
        {
            var json = Header(ordered, TypeOf, metadata ?? new Dictionary<string, string> { ["format"] = "pt" });
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
            stream.Write(length);
            stream.Write(json);
            foreach (var (_, tensor) in ordered)
                Write(stream, tensor, TypeOf(tensor));
        });

        ScalarType TypeOf(Tensor tensor) => type is { } wanted && tensor.is_floating_point() ? wanted : tensor.dtype;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        bytes?.Dispose();
        bytes = null;
    }

    private static byte[] Header(
        KeyValuePair<string, Tensor>[] tensors,
        Func<Tensor, ScalarType> typeOf,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafetensorsHeader.MetadataName);
            foreach (var (key, value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
            long offset = 0;
            foreach (var (name, tensor) in tensors)
            {
                var end = checked(offset + TensorEntry.Size(typeOf(tensor), tensor.shape));
                json.WriteStartObject(name);
                json.WriteString("dtype", TensorEntry.Name(typeOf(tensor)));
                json.WriteStartArray("shape");
                foreach (var size in tensor.shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                offset = end;
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static unsafe void Write(Stream stream, Tensor tensor, ScalarType type)
    {
        const int chunk = 1 << 24;
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var plain = tensor.detach().to(type).cpu().contiguous();
        var left = TensorEntry.Size(plain.dtype, plain.shape);
        if (left == 0)
            return;
        var at = (byte*)TensorMemory.Pointer(plain);
        for (; left > 0; left -= chunk, at += chunk)
            stream.Write(new ReadOnlySpan<byte>(at, (int)Math.Min(left, chunk)));
    }
}
