using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TaskDsl.Data;

namespace TaskDsl.Torch.Batches.Cache;

/// <summary>
/// Tokenised examples on disk, read by number. The file is a magic number and the key of what shaped it, the examples' words, an index, a
/// footer, and a checksum of all that (CRC-32C). Everything is little-endian. Reading is safe from several threads.
/// </summary>
/// <remarks>
/// Read by offset rather than mapped: pages of a mapped file count as the process's memory, and a file cut short would end it.
/// </remarks>
internal sealed class TokenFile : IDisposable
{
    private const int KeyLength = 32;
    private static readonly byte[] Magic = "TaskDSL tokens 4"u8.ToArray();
    private static readonly int Head = Magic.Length + KeyLength;
    private static readonly int EntrySize = Unsafe.SizeOf<TokenEntry>();

    private readonly FileStream file;
    private readonly Footer footer;

    private TokenFile(FileStream file, Footer footer) => (this.file, this.footer) = (file, footer);

    /// <summary>How many examples there are.</summary>
    public int Count => (int)footer.Count;

    /// <summary>Opens a file and reads all of it, to see that it is whole.</summary>
    /// <exception cref="InvalidDataException">It is damaged, cut short, or another file; the text says what is wrong.</exception>
    public static TokenFile Open(string path, ReadOnlySpan<byte> key)
    {
        var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read | FileShare.Delete,
            bufferSize: 0,
            FileOptions.SequentialScan
        );
        try
        {
            return new TokenFile(file, Check(file, key));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes a file and opens it.</summary>
    /// <param name="path">Where; nothing is there yet.</param>
    /// <param name="key">What shaped it.</param>
    /// <param name="blocks">The examples.</param>
    public static TokenFile Write(string path, ReadOnlySpan<byte> key, IEnumerable<TokenBlock> blocks)
    {
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16);
        try
        {
            using var index = new FileStream(
                path + ".index",
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 1 << 16,
                FileOptions.DeleteOnClose
            );
            var (sum, words, count) = (0u, 0L, 0L);
            Put(Magic);
            Put(key);
            foreach (var block in blocks)
            {
                Put(MemoryMarshal.AsBytes(block.Words));
                foreach (var entry in block.Entries)
                    index.Write(Bytes(entry with { Start = words + entry.Start }));
                words += block.Words.Length;
                count += block.Entries.Length;
            }

            index.Position = 0;
            var buffer = new byte[EntrySize * 4096];
            for (int read; (read = index.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0; )
                Put(buffer.AsSpan(0, read));
            var footer = new Footer(words, count);
            Put(Bytes(footer));
            file.Write(Bytes(sum));
            file.Flush();
            return new TokenFile(file, footer);

            void Put(ReadOnlySpan<byte> bytes)
            {
                file.Write(bytes);
                sum = Crc(sum, bytes);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>How long an example is.</summary>
    public TokenLength Measure(int index)
    {
        var entry = Entry(index);
        return new TokenLength(entry.Tokens, entry.CompletionTokens, entry.Untagged, entry.Widened);
    }

    /// <summary>Reads an example.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="origin">Says where what it was made from stands.</param>
    public TokenGroup Read(int index, Func<int, RecordOrigin> origin)
    {
        var entry = Entry(index);
        var words = ArrayPool<int>.Shared.Rent(entry.Words);
        Fill(Head + 4 * entry.Start, MemoryMarshal.AsBytes(words.AsSpan(0, entry.Words)));
        var group = TokenBlock.Read(words, origin(entry.From));
        ArrayPool<int>.Shared.Return(words);
        return group;
    }

    public void Dispose() => file.Dispose();

    private TokenEntry Entry(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        TokenEntry entry = default;
        Fill(Head + 4 * footer.Words + (long)EntrySize * index, MemoryMarshal.AsBytes(new Span<TokenEntry>(ref entry)));
        return entry;
    }

    private void Fill(long offset, Span<byte> bytes)
    {
        for (int read; bytes.Length > 0; bytes = bytes[read..], offset += read)
        {
            read = RandomAccess.Read(file.SafeFileHandle, bytes, offset);
            if (read == 0)
                throw new DataException(
                    $"{file.Name}: the file of tokens was cut short while it was used. Start again; it is then made anew."
                );
        }
    }

    private static Footer Check(FileStream file, ReadOnlySpan<byte> key)
    {
        var length = file.Length;
        var least = Head + Unsafe.SizeOf<Footer>() + sizeof(uint);
        if (length < least)
            throw new InvalidDataException($"it has {length} bytes, and no file of tokens has fewer than {least}.");
        var buffer = new byte[1 << 20];
        var sum = 0u;
        Footer footer = default;
        for (long at = 0, end = length - sizeof(uint); at < end; )
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at));
            file.ReadExactly(part);
            sum = Crc(sum, part);
            if (at == 0)
            {
                if (!part.StartsWith(Magic))
                    throw new InvalidDataException("it does not begin as files of tokens do.");
                if (!part[Magic.Length..].StartsWith(key))
                    throw new InvalidDataException("it was made from something else than its name says.");
            }

            at += part.Length;
        }

        var last = new byte[Unsafe.SizeOf<Footer>() + sizeof(uint)];
        file.Position = length - last.Length;
        file.ReadExactly(last);
        footer = MemoryMarshal.Read<Footer>(last);
        var expected = MemoryMarshal.Read<uint>(last.AsSpan(Unsafe.SizeOf<Footer>()));
        if (sum != expected)
            throw new InvalidDataException($"its checksum is {sum:x8} and should be {expected:x8}: it is damaged or was cut short.");
        return footer;
    }

    /// <summary>CRC-32C (Castagnoli), by the processor's instruction.</summary>
    private static uint Crc(uint sum, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            sum = BitOperations.Crc32C(sum, word);
        foreach (var b in bytes[(bytes.Length & ~7)..])
            sum = BitOperations.Crc32C(sum, b);
        return sum;
    }

    private static ReadOnlySpan<byte> Bytes<T>(in T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));

    /// <summary>How many words and sequences there are.</summary>
    private readonly record struct Footer(long Words, long Count);
}
