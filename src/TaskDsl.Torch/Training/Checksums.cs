using System.Security.Cryptography;
using TaskDsl.Disk;

namespace TaskDsl.Torch.Training;

/// <summary>The SHA-256 of each of a folder's files, in a file that <c>sha256sum --check</c> reads.</summary>
internal static class Checksums
{
    private const string Name = "SHA256SUMS";

    public static void Write(string folder, IEnumerable<string> files) =>
        AtomicFile.WriteText(Path.Combine(folder, Name), string.Concat(files.Select(file => Line(folder, file) + "\n")));

    /// <summary>Checks that files are what they were.</summary>
    /// <exception cref="InvalidDataException">One is not.</exception>
    public static void Check(string folder, IEnumerable<string> files)
    {
        var lines = File.ReadAllLines(Path.Combine(folder, Name));
        foreach (var file in files)
            if (!lines.Contains(Line(folder, file)))
                throw new InvalidDataException($"{file} is not what was written");
    }

    private static string Line(string folder, string file)
    {
        using var stream = File.OpenRead(Path.Combine(folder, file));
        return $"{Convert.ToHexStringLower(SHA256.HashData(stream))}  {file}";
    }
}
