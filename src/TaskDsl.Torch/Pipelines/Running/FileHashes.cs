using System.Security.Cryptography;
using TaskDsl.Disk;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Hashes of files by what is in them, each read once as long as its length and time stay.</summary>
/// <param name="cache">The file that remembers them; it may be deleted at any time.</param>
internal sealed class FileHashes(string cache)
{
    // A file may be written twice within what its time can tell apart.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Entry> known = Read(cache);
    private bool isChanged;

    /// <summary>The hash of a file.</summary>
    public string Of(string path)
    {
        var file = RealFile.Of(path);
        if (known.TryGetValue(file.FullName, out var entry) && (entry.Length, entry.Written) == (file.Length, file.LastWriteTimeUtc))
            return entry.Hash;
        using var stream = file.OpenRead();
        var hash = Convert.ToHexStringLower(SHA256.HashData(stream))[..16];
        if (DateTime.UtcNow - file.LastWriteTimeUtc > Settled)
            (known[file.FullName], isChanged) = (new Entry(file.Length, file.LastWriteTimeUtc, hash), true);
        return hash;
    }

    /// <summary>Remembers them.</summary>
    public void Save()
    {
        if (isChanged)
            RunFolder.Write(cache, known);
    }

    private static Dictionary<string, Entry> Read(string cache)
    {
        try
        {
            return File.Exists(cache) ? RunFolder.Read<Dictionary<string, Entry>>(cache) : [];
        }
        catch (RunException)
        {
            return []; // They are taken anew.
        }
    }

    private sealed record Entry(long Length, DateTime Written, string Hash);
}
