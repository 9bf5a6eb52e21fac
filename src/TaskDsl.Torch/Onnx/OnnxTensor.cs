using System.Buffers.Binary;
using System.Globalization;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Onnx;

/// <summary>A tensor of a graph; its numbers are read when they are asked for.</summary>
/// <param name="Name">Its name; a constant's may be empty.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Kind">What ONNX calls its numbers.</param>
/// <param name="Type">The same for libtorch; null = numbers that are not read here.</param>
/// <param name="Open">Reads the numbers.</param>
internal sealed record OnnxTensor(string Name, long[] Shape, string Kind, ScalarType? Type, Func<Tensor> Open)
{
    // TensorProto.DataType, by its numbers.
    private static readonly (string Kind, ScalarType? Type)[] Kinds =
    [
        ("undefined", null),
        ("float32", ScalarType.Float32),
        ("uint8", null),
        ("int8", null),
        ("uint16", null),
        ("int16", null),
        ("int32", ScalarType.Int32),
        ("int64", ScalarType.Int64),
        ("string", null),
        ("bool", null),
        ("float16", ScalarType.Float16),
        ("float64", ScalarType.Float64),
        ("uint32", null),
        ("uint64", null),
        ("complex64", null),
        ("complex128", null),
        ("bfloat16", ScalarType.BFloat16),
    ];

    /// <summary>Whether its numbers have a point.</summary>
    public bool IsFloat => Type is ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float64;

    /// <summary>Name, numbers and shape, for messages.</summary>
    public string Title => $"'{Name}' {Kind} [{string.Join(", ", Shape)}]";

    /// <summary>Its whole numbers; null where it has others.</summary>
    public long[]? Integers()
    {
        if (Type is not (ScalarType.Int64 or ScalarType.Int32))
            return null;
        using var scope = NewDisposeScope();
        return TensorMemory.Span<long>(Open().to(ScalarType.Int64).contiguous()).ToArray();
    }

    /// <summary>Its only number, where it has one, and that with a point.</summary>
    public double? Number()
    {
        if (!IsFloat || Shape.Any(size => size != 1))
            return null;
        using var scope = NewDisposeScope();
        return Open().to(ScalarType.Float32).item<float>();
    }

    /// <summary>Reads a <c>TensorProto</c>.</summary>
    public static OnnxTensor Read(ReadOnlySpan<byte> message, OnnxBytes file)
    {
        var (name, shape, number) = ("", new List<long>(), 0UL);
        var (floats, integers) = (new List<float>(), new List<long>());
        (int Start, int Length)? raw = null;
        Dictionary<string, string>? place = null;
        var fields = new Protobuf(message);
        while (fields.Next())
            switch (fields.Field)
            {
                case 1:
                    shape.AddRange(fields.Numbers);
                    break;
                case 2:
                    number = fields.Number;
                    break;
                case 4 when fields.Bytes.IsEmpty:
                    floats.Add(fields.Single);
                    break;
                case 4:
                    for (var at = 0; at + 4 <= fields.Bytes.Length; at += 4)
                        floats.Add(BinaryPrimitives.ReadSingleLittleEndian(fields.Bytes[at..]));
                    break;
                case 5 or 7:
                    integers.AddRange(fields.Numbers);
                    break;
                case 8:
                    name = OnnxBytes.Text(fields.Bytes);
                    break;
                case 9:
                    raw = (file.PlaceOf(fields.Bytes), fields.Bytes.Length);
                    break;
                case 13:
                    AddEntry(fields.Bytes, place ??= []);
                    break;
            }

        long[] sizes = [.. shape];
        var (kind, type) = number < (ulong)Kinds.Length ? Kinds[number] : ($"type {number}", null);
        return new(name, sizes, kind, type, Open);

        Tensor Open()
        {
            if (type is not { } numbers)
                throw file.Bad($"tensor '{name}' holds {kind}, which is not read here: export the model in float32, not quantised.");
            if (sizes.Any(size => size < 0))
                throw file.Bad($"tensor '{name}' has the shape [{string.Join(", ", sizes)}].");
            var bytes = TensorEntrySize(numbers);
            if (place is not null)
                return file.ViewBeside(
                    name,
                    place.GetValueOrDefault("location", ""),
                    Place("offset", 0),
                    Place("length", bytes),
                    numbers,
                    sizes
                );
            if (raw is { } given)
                return given.Length == bytes ? file.View(given.Start, bytes, numbers, sizes) : throw Misfit(given.Length, bytes, "bytes");
            var (own, count) = (numbers == ScalarType.Float32 ? floats.Count : integers.Count, bytes / TensorMemory.SizeOf(numbers));
            if (own != count)
                throw Misfit(own, count, "numbers");
            return numbers switch
            {
                ScalarType.Float32 => tensor(floats.ToArray()).reshape(sizes),
                ScalarType.Int64 or ScalarType.Int32 => tensor(integers.ToArray()).reshape(sizes),
                _ => throw file.Bad($"tensor '{name}' holds {kind} in another way than as raw bytes, which is not read here."),
            };

            long Place(string key, long otherwise) =>
                !place.TryGetValue(key, out var text) ? otherwise
                : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
                : throw file.Bad($"tensor '{name}': its {key} in another file is '{text}'; expected a whole number.");
        }

        long TensorEntrySize(ScalarType numbers)
        {
            try
            {
                return Safetensors.TensorEntry.Size(numbers, sizes);
            }
            catch (OverflowException)
            {
                throw file.Bad($"tensor '{name}' has the shape [{string.Join(", ", sizes)}], which is larger than any file.");
            }
        }

        ModelException Misfit(long found, long expected, string what) =>
            file.Bad($"tensor '{name}' of the shape [{string.Join(", ", sizes)}] has {found} {what}; expected {expected}.");
    }

    private static void AddEntry(ReadOnlySpan<byte> message, Dictionary<string, string> entries)
    {
        var (key, value) = ("", "");
        var fields = new Protobuf(message);
        while (fields.Next())
            if (fields.Field == 1)
                key = OnnxBytes.Text(fields.Bytes);
            else if (fields.Field == 2)
                value = OnnxBytes.Text(fields.Bytes);
        entries[key] = value;
    }
}
