using System.Buffers.Binary;

namespace TaskDsl.HuggingFace;

/// <summary>Walks the fields of a protocol-buffer message.</summary>
internal ref struct Protobuf(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> rest = message;
    private bool isBytes;

    /// <summary>The field's number.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, where it is a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value, where it is bytes, a text or a message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Its value, where it is a number, or the numbers that are packed into one field.</summary>
    public readonly long[] Numbers
    {
        get
        {
            if (!isBytes)
                return [(long)Number];
            var packed = new Protobuf(Bytes);
            var numbers = new List<long>();
            while (!packed.rest.IsEmpty)
                numbers.Add((long)packed.Varint());
            return [.. numbers];
        }
    }

    public readonly float Single => BitConverter.UInt32BitsToSingle((uint)Number);

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="FormatException">The message is broken.</exception>
    public bool Next()
    {
        if (rest.IsEmpty)
            return false;
        var key = Varint();
        Field = (int)(key >> 3);
        Bytes = default;
        Number = 0;
        isBytes = (key & 7) == 2;
        switch (key & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                var length = Varint();
                Bytes = Take(length <= int.MaxValue ? (int)length : throw Broken());
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw Broken();
        }

        return Field > 0 ? true : throw Broken();
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }

        throw Broken();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length)
            throw Broken();
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private static FormatException Broken() => new("a field is cut off or of an unknown kind");
}
