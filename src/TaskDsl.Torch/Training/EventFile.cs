using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace TaskDsl.Torch.Training;

/// <summary>
/// A TensorBoard event file: TFRecord frames (length, masked CRC-32C, bytes, masked CRC-32C), each an <c>Event</c> message of
/// TensorFlow's event.proto, written by hand because it needs three fields only.
/// </summary>
public sealed class EventFile : IDisposable
{
    private readonly FileStream stream;

    /// <summary>
    /// Begins a file in a folder, which tells TensorBoard to forget what an earlier file, from before a kill, says of the first step and
    /// later ones.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="firstStep">The step that the run begins at.</param>
    public EventFile(string folder, long firstStep)
    {
        var now = DateTimeOffset.UtcNow;
        stream = new FileStream(
            Path.Combine(
                folder,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"events.out.tfevents.{now.ToUnixTimeSeconds()}.taskdsl.{now.Ticks % TimeSpan.TicksPerSecond}"
                )
            ),
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.Read
        );
        Write(new Message().Double(1, Seconds(now)).Text(3, "brain.Event:2"));
        Write(new Message().Double(1, Seconds(now)).Integer(2, firstStep).Bytes(7, new Message().Integer(1, 1)));
    }

    /// <summary>Appends numbers of one step.</summary>
    public void Write(long step, params ReadOnlySpan<(string Tag, double Value)> scalars)
    {
        var summary = new Message();
        foreach (var (tag, value) in scalars)
            summary.Bytes(1, new Message().Text(1, tag).Float(2, (float)value));
        Write(new Message().Double(1, Seconds(DateTimeOffset.UtcNow)).Integer(2, step).Bytes(5, summary));
    }

    /// <summary>Gives what was written to the system.</summary>
    public void Flush() => stream.Flush();

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    private void Write(Message message)
    {
        var data = message.ToArray();
        Span<byte> frame = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(frame, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], MaskedCrc(frame[..8]));
        stream.Write(frame);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, MaskedCrc(data));
        stream.Write(frame[..4]);
    }

    /// <summary>CRC-32C, turned and shifted as TFRecord asks, so that a checksum of checksums stays meaningful.</summary>
    public static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
            crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }

    /// <summary>A protocol buffer message.</summary>
    private sealed class Message
    {
        private readonly List<byte> bytes = [];

        public Message Integer(int field, long value)
        {
            Varint((uint)field << 3);
            Varint((ulong)value);
            return this;
        }

        public Message Double(int field, double value)
        {
            Varint(((uint)field << 3) | 1);
            Span<byte> raw = stackalloc byte[8];
            BinaryPrimitives.WriteDoubleLittleEndian(raw, value);
            bytes.AddRange(raw);
            return this;
        }

        public Message Float(int field, float value)
        {
            Varint(((uint)field << 3) | 5);
            Span<byte> raw = stackalloc byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(raw, value);
            bytes.AddRange(raw);
            return this;
        }

        public Message Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public Message Bytes(int field, Message value) => Bytes(field, value.ToArray());

        public byte[] ToArray() => [.. bytes];

        private Message Bytes(int field, byte[] value)
        {
            Varint(((uint)field << 3) | 2);
            Varint((ulong)value.Length);
            bytes.AddRange(value);
            return this;
        }

        private void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
                bytes.Add((byte)(value | 0x80));
            bytes.Add((byte)value);
        }
    }
}
