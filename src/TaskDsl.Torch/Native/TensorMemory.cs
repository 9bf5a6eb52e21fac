using System.Numerics;
using TaskDsl.Disk;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>Tensors over memory that is already there: nothing is copied.</summary>
public static unsafe class TensorMemory
{
    /// <summary>
    /// Maps a file into memory, copy-on-write: writing to the tensor never reaches the file. The mapping lives as long as any view of it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>uint8 <c>[bytes]</c>, on the CPU.</returns>
    public static Tensor Map(string path)
    {
        TorchRuntime.Initialize();
        var length = RealFile.Of(path).Length;
        return length == 0 ? empty(0, dtype: ScalarType.Byte) : from_file(path, false, length, ScalarType.Byte);
    }

    /// <summary>A part of a byte tensor seen as another type.</summary>
    /// <param name="bytes">uint8 <c>[length]</c>, contiguous.</param>
    /// <param name="offset">The first byte; its address must be a multiple of the element's size.</param>
    /// <param name="type">The type of the elements.</param>
    /// <param name="shape">The shape.</param>
    public static Tensor View(Tensor bytes, long offset, ScalarType type, ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (var size in shape)
            count = checked(count * size);
        var length = checked(count * SizeOf(type));
        if (bytes.dtype != ScalarType.Byte || bytes.dim() != 1)
            throw new ArgumentException($"A view needs uint8 [length], not {bytes.dtype} {Ops.Shape(bytes)}.", nameof(bytes));
        if (offset < 0 || offset > bytes.size(0) - length)
            throw new ArgumentOutOfRangeException(nameof(offset), $"{length} bytes at {offset} do not lie within {bytes.size(0)}.");
        if (count == 0)
            return empty(shape.ToArray(), dtype: type);
        if (((nint)Pointer(bytes) + offset) % SizeOf(type) != 0)
            throw new ArgumentException($"The address of byte {offset} is no multiple of {SizeOf(type)}.", nameof(offset));
        using var scope = NewDisposeScope(); // Holds the narrowed bytes while libtorch has no more than their handle.
        nint handle;
        if (LibTorch.ViewAs(bytes.narrow(0, offset, length).Handle, (int)type, &handle) != 0)
            throw new InvalidOperationException($"libtorch could not view bytes as {type}.");
        return LibTorch.Wrap(handle).view(shape.ToArray()).MoveToOuterDisposeScope();
    }

    /// <summary>A tensor over memory that the caller keeps alive longer than every view of the tensor.</summary>
    public static Tensor FromPointer<T>(T* data, ReadOnlySpan<long> shape)
        where T : unmanaged, INumber<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        TorchRuntime.Initialize();
        Span<long> strides = stackalloc long[shape.Length];
        long stride = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride = checked(stride * shape[i]);
        }

        nint handle;
        fixed (
            long* sizes = shape,
                steps = strides
        )
        {
            if (LibTorch.FromBlob(data, shape.Length, sizes, steps, 0, (int)TypeOf<T>(), 0, -1, &handle) != 0)
                throw new InvalidOperationException("libtorch could not make a tensor over this memory.");
        }

        return LibTorch.Wrap(handle);
    }

    /// <summary>The address of a tensor's first element, valid while the tensor lives: an address alone keeps nothing alive.</summary>
    public static void* Pointer(Tensor tensor)
    {
        void* pointer;
        return LibTorch.DataPointer(tensor.Handle, &pointer) == 0
            ? pointer
            : throw new InvalidOperationException("This tensor has no memory of its own.");
    }

    /// <summary>A contiguous CPU tensor's elements, valid while the tensor lives.</summary>
    public static Span<T> Span<T>(Tensor tensor)
        where T : unmanaged
    {
        if (tensor.device_type != DeviceType.CPU || !tensor.is_contiguous() || SizeOf(tensor.dtype) != sizeof(T))
            throw new ArgumentException(
                $"A span needs a contiguous CPU tensor of {sizeof(T)}-byte elements, not {tensor.dtype} {Ops.Shape(tensor)} on "
                    + $"{tensor.device}.",
                nameof(tensor)
            );
        return tensor.numel() == 0 ? [] : new Span<T>(Pointer(tensor), checked((int)tensor.numel()));
    }

    /// <summary>The bytes of one element.</summary>
    public static int SizeOf(ScalarType type) =>
        type switch
        {
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
            ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
            ScalarType.Int32 or ScalarType.Float32 => 4,
            ScalarType.Int64 or ScalarType.Float64 => 8,
            _ => throw new NotSupportedException($"Elements of type {type} are not supported."),
        };

    private static ScalarType TypeOf<T>() =>
        default(T) switch
        {
            byte => ScalarType.Byte,
            sbyte => ScalarType.Int8,
            short => ScalarType.Int16,
            int => ScalarType.Int32,
            long => ScalarType.Int64,
            float => ScalarType.Float32,
            double => ScalarType.Float64,
            _ => throw new NotSupportedException($"Elements of type {typeof(T)} are not supported."),
        };
}
