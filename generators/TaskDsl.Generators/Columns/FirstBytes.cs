using System.Text;
using Microsoft.CodeAnalysis;

namespace TaskDsl.Generators.Columns;

/// <summary>The first bytes of a data file that the project shows to the compiler.</summary>
internal static class FirstBytes
{
    /// <summary>The most bytes that are looked at.</summary>
    public const int Size = 1 << 16;

    /// <summary>Reads the start; null where the file cannot be read, which the run will say with its reason.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="isWhole">Whether the start is all of the file.</param>
    public static byte[]? Read(AdditionalText file, CancellationToken cancellationToken, out bool isWhole)
    {
        isWhole = false;
        if (!Path.IsPathRooted(file.Path))
            return OfText(file, cancellationToken, out isWhole);
        // AdditionalText has no way to a part of a file: GetText would hold gigabytes of data in the compiler, and cannot hold Parquet at
        // all. The file is an input that the compiler was given and watches, so that reading its start here is never stale.
#pragma warning disable RS1035
        try
        {
            using var stream = new FileStream(
                file.Path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 1
            );
            var start = new byte[Size];
            var count = 0;
            while (count < Size && stream.Read(start, count, Size - count) is > 0 and var read)
                count += read;
            isWhole = count < Size;
            Array.Resize(ref start, count);
            return start;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
#pragma warning restore RS1035
    }

    // A file that lies on no disk, as an editor or a test gives it.
    private static byte[]? OfText(AdditionalText file, CancellationToken cancellationToken, out bool isWhole)
    {
        isWhole = false;
        if (file.GetText(cancellationToken) is not { } text)
            return null;
        isWhole = text.Length <= Size;
        return Encoding.UTF8.GetBytes(text.ToString(new(0, Math.Min(text.Length, Size))));
    }
}
