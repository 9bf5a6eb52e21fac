using System.Buffers.Binary;
using System.Text;

namespace TaskDsl.Torch.Native;

/// <summary>The symbol versions that a 64-bit little-endian ELF image needs.</summary>
internal static class ElfVersions
{
    private const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const byte Weak = 2; // VER_FLG_WEAK

    /// <summary>
    /// Marks the needs of GLIBCXX_3.4.31 and newer as weak, so that the system's loader accepts an older libstdc++. TorchSharp's shim
    /// needs 3.4.32 only for a marker (<c>std::ios_base_library_init</c>) that nothing refers to; Debian 12 has 3.4.30.
    /// </summary>
    /// <returns>How many were marked; 0 also where the bytes are no such image.</returns>
    public static int WeakenLibstdcxx(byte[] image)
    {
        var count = 0;
        try
        {
            if (image.Length < 64 || !image.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
                return 0;
            var sections = (long)U64(0x28);
            int size = U16(0x3A),
                sectionCount = U16(0x3C);
            for (var i = 0; i < sectionCount; i++)
            {
                var section = sections + (long)i * size;
                if (U32(section + 4) != VersionNeeds)
                    continue;
                var names = (long)U64(sections + (long)U32(section + 40) * size + 24);
                var need = (long)U64(section + 24);
                for (var files = U32(section + 44); files > 0; files--)
                {
                    var version = need + U32(need + 8);
                    for (var versions = U16(need + 2); versions > 0; versions--)
                    {
                        if (IsNew(Name(names + U32(version + 8))))
                        {
                            image[version + 4] |= Weak;
                            count++;
                        }

                        version += U32(version + 12);
                    }

                    need += U32(need + 12);
                }
            }
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            return count; // An image that points outside itself: the loader will say what is wrong with it.
        }

        return count;

        ulong U64(long at) => BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(checked((int)at)));
        uint U32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(checked((int)at)));
        ushort U16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(checked((int)at)));
        string Name(long at)
        {
            var bytes = image.AsSpan(checked((int)at));
            return Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)0)]);
        }
    }

    private static bool IsNew(string version) =>
        version.StartsWith("GLIBCXX_3.4.", StringComparison.Ordinal) && int.TryParse(version.AsSpan(12), out var minor) && minor >= 31;
}
