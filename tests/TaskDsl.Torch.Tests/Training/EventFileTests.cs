using System.Buffers.Binary;
using System.Text;
using TaskDsl.Torch.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

public sealed class EventFileTests
{
    [Fact]
    public void The_checksum_is_the_one_of_the_specification()
    {
        // RFC 3720, B.4: CRC-32C of 32 zero bytes is 8A9136AA; TFRecord turns it right by 15 and adds A282EAD8.
        var crc = 0x8A9136AAu;
        Assert.Equal(unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8), EventFile.MaskedCrc(new byte[32]));
    }

    [Theory, InlineData(7), InlineData(0)] // A run that is killed before its first checkpoint goes on at 0.
    public void Records_are_framed_and_carry_step_tag_and_value(byte first)
    {
        using var folder = new TempFolder();
        using (var events = new EventFile(folder.Path, first))
        {
            events.Write(8, ("loss", 0.5), ("gradient_norm", 2));
        }

        var records = Records(File.ReadAllBytes(Directory.GetFiles(folder.Path, "events.out.tfevents.*").Single())).ToArray();
        Assert.Equal(3, records.Length);
        Assert.Contains("brain.Event:2", Encoding.UTF8.GetString(records[0]), StringComparison.Ordinal);
        // step: first, session_log { status: START }: what TensorBoard forgets from.
        Assert.True(records[1].AsSpan()[9..].SequenceEqual((byte[])[0x10, first, 0x3A, 2, 8, 1]));
        // step: 8, summary { value { tag: "loss" simple_value: 0.5 } value { tag: "gradient_norm" simple_value: 2 } }
        byte[] expected =
        [
            0x10,
            8,
            0x2A,
            35,
            0x0A,
            11,
            0x0A,
            4,
            .. "loss"u8,
            0x15,
            0,
            0,
            0,
            0x3F,
            0x0A,
            20,
            0x0A,
            13,
            .. "gradient_norm"u8,
            0x15,
            0,
            0,
            0,
            0x40,
        ];
        Assert.Equal(expected, records[2][9..]);
    }

    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length; )
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(EventFile.MaskedCrc(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var data = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(EventFile.MaskedCrc(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            yield return data;
            at += length + 16;
        }
    }
}
