using TaskDsl.Torch.Native;
using TaskDsl.Torch.Safetensors;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Safetensors;

/// <summary>A tensor of any bytes: NaNs and denormals among its numbers.</summary>
internal sealed record Blueprint(ScalarType Type, long[] Shape, int Seed)
{
    public bool IsFloat => Type is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

    public byte[] Bytes()
    {
        var bytes = new byte[TensorEntry.Size(Type, Shape)];
        new Random(Seed).NextBytes(bytes);
        if (Type == ScalarType.Bool)
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] &= 1;
        return bytes;
    }

    public Tensor Make()
    {
        var bytes = Bytes();
        return bytes.Length == 0 ? empty(Shape, dtype: Type) : TensorMemory.View(tensor(bytes), 0, Type, Shape);
    }

    public static byte[] BytesOf(Tensor tensor)
    {
        using var plain = tensor.contiguous();
        unsafe
        {
            return plain.numel() == 0
                ? []
                : new ReadOnlySpan<byte>(
                    TensorMemory.Pointer(plain),
                    checked((int)plain.numel() * TensorMemory.SizeOf(plain.dtype))
                ).ToArray();
        }
    }

    public override string ToString() => $"{Type} [{string.Join(", ", Shape)}] of {Seed}";
}
