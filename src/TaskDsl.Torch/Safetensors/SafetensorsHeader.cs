using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace TaskDsl.Torch.Safetensors;

/// <summary>
/// The header of a safetensors file: 8 bytes of length, then JSON. Nothing it says is believed: lengths, offsets, types, shapes and
/// names are all checked against each other and against the file, so a reader can use them blindly.
/// </summary>
internal sealed record SafetensorsHeader(
    IReadOnlyDictionary<string, TensorEntry> Tensors,
    IReadOnlyDictionary<string, string> Metadata,
    long DataOffset
)
{
    public const string MetadataName = "__metadata__";
    private const long MostHeaderBytes = 100_000_000; // As the reference implementation.
    private const int MostDimensions = 64; // libtorch computes with no more.

    public static SafetensorsHeader Read(string file)
    {
        using var stream = File.OpenRead(file);
        if (stream.Length < 8)
            throw Bad(null, $"is {stream.Length} bytes long; even an empty safetensors file has 8. It was cut short.");
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MostHeaderBytes)
            throw Bad(null, $"claims a header of {length} bytes, more than the {MostHeaderBytes} allowed. It is no safetensors file.");
        if ((long)length > stream.Length - 8)
            throw Bad(null, $"claims a header of {length} bytes but is only {stream.Length} bytes long. It was cut short.");
        var json = new byte[length];
        stream.ReadExactly(json);
        var tensors = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            Parse(json, tensors, metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            throw Bad(null, $"has a header that is not the JSON of a safetensors file: {e.Message}");
        }

        CheckLayout(tensors, stream.Length - 8 - (long)length);
        return new SafetensorsHeader(tensors, metadata, 8 + (long)length);

        SafetensorsException Bad(string? tensor, string problem) => new(file, tensor, problem);

        void Parse(byte[] header, Dictionary<string, TensorEntry> into, Dictionary<string, string> meta)
        {
            using var document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("an object was expected");
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataName)
                {
                    foreach (var item in property.Value.EnumerateObject())
                        meta[item.Name] = item.Value.GetString() ?? throw new JsonException("metadata must be text");
                }
                else if (!into.TryAdd(property.Name, Entry(property.Name, property.Value)))
                {
                    throw Bad(property.Name, "is declared twice.");
                }
            }
        }

        TensorEntry Entry(string name, JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.Object)
                throw Bad(name, "is no object with dtype, shape and data_offsets.");
            if (
                !value.TryGetProperty("dtype", out var type)
                || !value.TryGetProperty("shape", out var shape)
                || !value.TryGetProperty("data_offsets", out var offsets)
            )
                throw Bad(name, "lacks dtype, shape or data_offsets.");
            if (type.ValueKind != JsonValueKind.String || !TensorEntry.TryType(type.GetString()!, out var scalar))
                throw Bad(name, $"has the type {type.GetRawText()}; expected one of {string.Join(", ", TensorEntry.TypeNames)}.");
            var sizes = Numbers(name, "shape", shape);
            var range = Numbers(name, "data_offsets", offsets);
            if (range.Length != 2 || range[0] > range[1])
                throw Bad(name, $"has the data_offsets {offsets.GetRawText()}; expected [begin, end].");
            long needed;
            try
            {
                needed = TensorEntry.Size(scalar, sizes);
                _ = TensorEntry.Size(scalar, sizes.Select(size => Math.Max(size, 1))); // An empty tensor has strides, too.
            }
            catch (OverflowException)
            {
                throw Bad(name, $"has the shape {shape.GetRawText()}, which is larger than any file.");
            }

            if (range[1] - range[0] != needed)
                throw Bad(
                    name,
                    $"needs {needed} bytes for {type.GetString()} {shape.GetRawText()}, but its data_offsets "
                        + $"{offsets.GetRawText()} hold {range[1] - range[0]}."
                );
            return new TensorEntry(scalar, sizes, range[0], range[1]);
        }

        long[] Numbers(string name, string what, JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.Array)
                throw Bad(name, $"has a {what} that is no list.");
            if (value.GetArrayLength() is > MostDimensions and var length)
                throw Bad(name, $"has a {what} of {length} numbers; expected at most {MostDimensions}.");
            return
            [
                .. value
                    .EnumerateArray()
                    .Select(n =>
                        n.ValueKind == JsonValueKind.Number && n.TryGetInt64(out var number) && number >= 0
                            ? number
                            : throw Bad(name, $"has the {what} {value.GetRawText()}; expected whole numbers from 0.")
                    ),
            ];
        }

        void CheckLayout(Dictionary<string, TensorEntry> entries, long data)
        {
            long end = 0;
            foreach (var (name, entry) in entries.OrderBy(e => e.Value.Begin).ThenBy(e => e.Value.End))
            {
                if (entry.End > data)
                    throw Bad(name, $"ends at byte {entry.End} of the data, but there are only {data}. The file was cut short.");
                if (entry.Begin < end)
                    throw Bad(name, $"begins at byte {entry.Begin} of the data, inside the tensor before it, which ends at {end}.");
                if (entry.Begin > end)
                    throw Bad(name, $"begins at byte {entry.Begin} of the data, and nothing says what the bytes from {end} on are.");
                end = entry.End;
            }

            if (end != data)
                throw Bad(null, $"has {data} bytes of data, but its tensors end at {end}.");
        }
    }
}
