using System.Buffers.Binary;
using System.Globalization;

namespace TaskDsl.Torch.Native;

/// <summary>A 64-bit little-endian ELF image that is changed before it is loaded. Bytes that are no such image stay as they are.</summary>
internal sealed class ElfImage(byte[] image)
{
    private const uint DynamicSymbols = 11, // SHT_DYNSYM
        VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const int SymbolSize = 24;
    private const ushort Absolute = 0xfff1; // SHN_ABS
    private const byte Weak = 2; // VER_FLG_WEAK

    /// <summary>
    /// Marks the needs of GLIBCXX_3.4.31 and newer as weak, so that the system's loader accepts an older libstdc++. TorchSharp's shim
    /// needs 3.4.32 only for a marker (<c>std::ios_base_library_init</c>) that nothing refers to; Debian 12 has 3.4.30.
    /// </summary>
    /// <returns>How many were marked.</returns>
    public int WeakenLibstdcxx() => Tried(Weaken);

    /// <summary>Makes whoever asks for one of the image's functions find another one.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="address">Where the other one lies in this process.</param>
    /// <returns>Whether the image has that function.</returns>
    public bool Redirect(ReadOnlySpan<byte> function, nint address)
    {
        var name = function.ToArray();
        return Tried(() => Redirect(name, address));
    }

    private int Weaken()
    {
        var count = 0;
        foreach (var (section, names) in Sections(VersionNeeds))
        {
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

        return count;
    }

    private bool Redirect(byte[] function, nint address)
    {
        foreach (var (section, names) in Sections(DynamicSymbols))
        {
            var (symbol, size) = ((long)U64(section + 24), (long)U64(section + 32));
            for (var end = symbol + size; symbol < end; symbol += SymbolSize)
            {
                if (!Name(names + U32(symbol)).SequenceEqual(function))
                    continue;
                BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan((int)symbol + 6), Absolute);
                BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan((int)symbol + 8), address);
                return true;
            }
        }

        return false;
    }

    /// <summary>Nothing comes of an image that points outside itself: the loader will say what is wrong with it.</summary>
    private static T? Tried<T>(Func<T> change)
    {
        try
        {
            return change();
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            return default;
        }
    }

    /// <summary>The sections of a type, and where the names lie that they refer to.</summary>
    private IEnumerable<(long Section, long Names)> Sections(uint type)
    {
        if (image.Length < 64 || !image.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
            yield break;
        var sections = (long)U64(0x28);
        int size = U16(0x3A),
            count = U16(0x3C);
        for (var i = 0; i < count; i++)
        {
            var section = sections + (long)i * size;
            if (U32(section + 4) == type)
                yield return (section, (long)U64(sections + (long)U32(section + 40) * size + 24));
        }
    }

    private ulong U64(long at) => BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(checked((int)at)));

    private uint U32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(checked((int)at)));

    private ushort U16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(checked((int)at)));

    private ReadOnlySpan<byte> Name(long at)
    {
        var bytes = image.AsSpan(checked((int)at));
        return bytes[..bytes.IndexOf((byte)0)];
    }

    private static bool IsNew(ReadOnlySpan<byte> version) =>
        version.StartsWith("GLIBCXX_3.4."u8) && int.TryParse(version[12..], CultureInfo.InvariantCulture, out var minor) && minor >= 31;
}
