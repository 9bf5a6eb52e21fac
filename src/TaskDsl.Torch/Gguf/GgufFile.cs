using System.Text;
using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Gguf;

/// <summary>A GGUF file that is read back: its settings, and where its tensors lie. What it says of itself is checked first.</summary>
internal sealed class GgufFile : IDisposable
{
    private readonly FileStream stream;
    private readonly BinaryReader reader;
    private readonly Dictionary<string, object> settings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> tensors = new(StringComparer.Ordinal);
    private readonly long data;

    private GgufFile(string path)
    {
        Path = path;
        stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        reader = new BinaryReader(stream, Encoding.UTF8);
        try
        {
            if (!reader.ReadBytes(4).AsSpan().SequenceEqual("GGUF"u8))
                throw Bad("it does not begin with GGUF.");
            if (reader.ReadUInt32() is not 3 and var version)
                throw Bad($"it is of version {version}; 3 is read.");
            var (count, keys) = (Count(), Count());
            for (var i = 0; i < keys; i++)
            {
                var key = Text();
                if (!settings.TryAdd(key, Setting()))
                    throw Bad($"the setting '{key}' is there twice.");
            }

            for (var i = 0; i < count; i++)
            {
                var name = Text();
                var shape = new long[
                    reader.ReadUInt32() is <= 8 and var sizes ? sizes : throw Bad($"the tensor '{name}' has too many sizes.")
                ];
                for (var d = shape.Length - 1; d >= 0; d--)
                    shape[d] = checked((long)reader.ReadUInt64());
                var entry = new Entry(shape, reader.ReadUInt32(), checked((long)reader.ReadUInt64()));
                if (!tensors.TryAdd(name, entry))
                    throw Bad($"the tensor '{name}' is there twice.");
            }

            data = GgufWriter.Aligned(stream.Position);
        }
        catch (EndOfStreamException)
        {
            stream.Dispose();
            throw Bad("it was cut short.");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its settings by their names.</summary>
    public IReadOnlyDictionary<string, object> Settings => settings;

    /// <summary>The names of its tensors.</summary>
    public IReadOnlyCollection<string> Tensors => tensors.Keys;

    /// <summary>Reads the settings and the list of tensors.</summary>
    /// <exception cref="ModelException">It is no GGUF file, was cut short, or lies about itself.</exception>
    public static GgufFile Open(string path) => new(path);

    /// <summary>Reads the bytes of a tensor, or a part of them.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="from">The first byte.</param>
    /// <param name="into">Receives them.</param>
    /// <exception cref="ModelException">The file ends before.</exception>
    public void Read(string name, long from, Span<byte> into)
    {
        stream.Position = data + tensors[name].Offset + from;
        if (stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false) < into.Length)
            throw Bad($"it ends within the tensor '{name}'.");
    }

    /// <summary>What the file says of a tensor.</summary>
    /// <exception cref="ModelException">It has none of that name.</exception>
    public Entry Of(string name) => tensors.TryGetValue(name, out var entry) ? entry : throw Bad($"there is no tensor '{name}'.");

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private ModelException Bad(string problem) => new($"{Path}: {problem}");

    private int Count() =>
        reader.ReadUInt64() is var count && count <= (ulong)Math.Min(stream.Length, Array.MaxLength) // Each takes a byte at least.
            ? (int)count
            : throw Bad("a number in it counts more than the file holds.");

    private string Text()
    {
        var bytes = new byte[Count()];
        reader.BaseStream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private object Setting() => Value(reader.ReadUInt32());

    private object Value(uint kind)
    {
        if (kind == GgufKind.Text)
            return Text();
        if (kind == GgufKind.Array)
        {
            var (item, items) = (reader.ReadUInt32(), new object[Count()]);
            for (var i = 0; i < items.Length; i++)
                items[i] = item == GgufKind.Array ? throw Bad("a list in it holds lists.") : Value(item);
            return items;
        }

        return kind switch
        {
            0 => reader.ReadByte(),
            1 => reader.ReadSByte(),
            2 => reader.ReadUInt16(),
            3 => reader.ReadInt16(),
            4 => reader.ReadUInt32(),
            5 => reader.ReadInt32(),
            6 => reader.ReadSingle(),
            7 => reader.ReadBoolean(),
            10 => reader.ReadUInt64(),
            11 => reader.ReadInt64(),
            12 => reader.ReadDouble(),
            _ => throw Bad($"a setting in it is of the kind {kind}, which there is not."),
        };
    }

    /// <summary>What a file says of a tensor.</summary>
    /// <param name="Shape">Its shape, the longest stride first.</param>
    /// <param name="Type">The number of its form.</param>
    /// <param name="Offset">Its first byte, counted from the first tensor's.</param>
    internal sealed record Entry(long[] Shape, uint Type, long Offset);
}
