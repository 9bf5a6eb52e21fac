using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Safetensors;

/// <summary>What a file's header says of one tensor, after it was checked.</summary>
/// <param name="Type">The type of the elements.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Begin">The first byte, counted from the end of the header.</param>
/// <param name="End">The byte behind the last.</param>
public sealed record TensorEntry(ScalarType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    private static readonly Dictionary<string, ScalarType> Types = new(StringComparer.Ordinal)
    {
        ["BOOL"] = ScalarType.Bool,
        ["U8"] = ScalarType.Byte,
        ["I8"] = ScalarType.Int8,
        ["I16"] = ScalarType.Int16,
        ["I32"] = ScalarType.Int32,
        ["I64"] = ScalarType.Int64,
        ["F16"] = ScalarType.Float16,
        ["BF16"] = ScalarType.BFloat16,
        ["F32"] = ScalarType.Float32,
        ["F64"] = ScalarType.Float64,
    };

    /// <summary>How many elements.</summary>
    public long Count => (End - Begin) / TensorMemory.SizeOf(Type);

    /// <summary>Whether the elements are floating-point numbers.</summary>
    public bool IsFloat => Type is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

    /// <summary>The names of the types, as files spell them.</summary>
    public static IEnumerable<string> TypeNames => Types.Keys;

    /// <summary>The bytes that a shape takes.</summary>
    /// <exception cref="OverflowException">More than any file can hold.</exception>
    public static long Size(ScalarType type, IEnumerable<long> shape) =>
        shape.Aggregate((long)TensorMemory.SizeOf(type), (size, n) => checked(size * n));

    /// <summary>How files spell a type.</summary>
    public static string Name(ScalarType type) =>
        Types.FirstOrDefault(t => t.Value == type).Key
        ?? throw new NotSupportedException($"Tensors of type {type} cannot be written as safetensors.");

    internal static bool TryType(string name, out ScalarType type) => Types.TryGetValue(name, out type);
}
