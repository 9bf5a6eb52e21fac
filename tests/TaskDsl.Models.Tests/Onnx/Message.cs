using System.Buffers;
using System.Text;

namespace TaskDsl.Models.Tests.Onnx;

/// <summary>A protocol-buffer message that is written field by field.</summary>
internal sealed class Message
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    public byte[] Bytes => bytes.WrittenSpan.ToArray();

    public Message Add(int field, long number)
    {
        Varint((ulong)field << 3);
        Varint((ulong)number);
        return this;
    }

    public Message Add(int field, float number)
    {
        Varint(((ulong)field << 3) | 5);
        bytes.Write(BitConverter.GetBytes(number));
        return this;
    }

    public Message Add(int field, ReadOnlySpan<byte> content)
    {
        Varint(((ulong)field << 3) | 2);
        Varint((ulong)content.Length);
        bytes.Write(content);
        return this;
    }

    public Message Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

    public Message Add(int field, Message message) => Add(field, message.Bytes);

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Write([(byte)(value | 0x80)]);
        bytes.Write([(byte)value]);
    }
}
