using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace TaskDsl.Disk;

/// <summary>
/// Folders that are made once for all of a user's projects: under <c>TASKDSL_CACHE</c>, or the platform's folder for caches
/// (<c>$XDG_CACHE_HOME/taskdsl</c>, <c>~/.cache/taskdsl</c>; <c>~/Library/Caches/taskdsl</c>; <c>%LOCALAPPDATA%\taskdsl\cache</c>). What
/// is in one is known by its hash: what is half written, changed or of another version is never taken for it. All may be deleted at any
/// time.
/// </summary>
public static class UserCache
{
    private const string Variable = "TASKDSL_CACHE";

    // A process that still writes is not this old; one that was killed leaves what it began.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private static readonly ConcurrentDictionary<string, bool> Checked = new(StringComparer.Ordinal);

    /// <summary>Where the folders lie.</summary>
    /// <exception cref="IOException">The system names no such place.</exception>
    public static string Root
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen)
                return Path.GetFullPath(chosen);
            if (OperatingSystem.IsWindows())
                return Path.Combine(Home(Environment.SpecialFolder.LocalApplicationData), "taskdsl", "cache");
            if (OperatingSystem.IsMacOS())
                return Path.Combine(Home(Environment.SpecialFolder.UserProfile), "Library", "Caches", "taskdsl");
            return Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches && Path.IsPathRooted(caches)
                ? Path.Combine(caches, "taskdsl")
                : Path.Combine(Home(Environment.SpecialFolder.UserProfile), ".cache", "taskdsl");
        }
    }

    /// <summary>A folder by what is in it; made where it is not there as a whole. Several processes may ask at once.</summary>
    /// <param name="name">What it is called, before a part of the hash.</param>
    /// <param name="sha256">The <see cref="Hash"/> of its files.</param>
    /// <param name="write">Writes the files into an empty folder.</param>
    /// <exception cref="IOException">It cannot be written, or what was written is something else.</exception>
    public static string Folder(string name, string sha256, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        ArgumentNullException.ThrowIfNull(write);
        var folder = Path.Combine(Root, $"{name}-{sha256[..16]}");
        if (IsWhole(folder, sha256))
            return folder;
        var beside = $"{folder}.{Guid.NewGuid():n}.tmp";
        Create(beside);
        try
        {
            RemoveAbandoned(name);
            write(beside);
            if (Hash(beside) is var hash && hash != sha256)
                throw new IOException($"{name}: the SHA-256 of what was written is {hash}; expected {sha256}. The package is broken.");
            DiskFolder.FlushFiles(beside);
            Place(beside, folder, sha256);
        }
        finally
        {
            Remove(beside);
        }

        return folder;
    }

    /// <summary>The folder that has the name of another path's last part, as another user or machine had it; null = none.</summary>
    public static string? Find(string path)
    {
        var folder = Path.Combine(Root, Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));
        return folder.Length > Root.Length + 1 && Directory.Exists(folder) ? folder : null;
    }

    /// <summary>The SHA-256 of a folder's files: of each name, length and content, by name.</summary>
    public static string Hash(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (
            var (file, path) in Directory
                .GetFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => (File: Path.GetRelativePath(folder, path).Replace('\\', '/'), path))
                .OrderBy(f => f.File, StringComparer.Ordinal)
        )
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            hash.AppendData(Encoding.UTF8.GetBytes($"{file}\0{stream.Length}\0"));
            for (int read; (read = stream.Read(buffer)) > 0; )
                hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Create(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new IOException($"the cache of models cannot be written: {e.Message} Set {Variable} to a folder that can be.", e)
            {
                HResult = e.HResult, // A full disk is told as one.
            };
        }
    }

    private static bool IsWhole(string folder, string sha256)
    {
        if (Checked.ContainsKey(folder) && Directory.Exists(folder))
            return true;
        if (!Directory.Exists(folder) || Hash(folder) != sha256)
            return false;
        Checked[folder] = true;
        return true;
    }

    /// <summary>Puts a folder in its place, unless another process was first.</summary>
    private static void Place(string beside, string folder, string sha256)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Directory.Move(beside, folder);
                DiskFolder.Flush(Path.GetDirectoryName(folder)!);
                return;
            }
            catch (IOException) when (attempt < 3 && Directory.Exists(folder))
            {
                if (IsWhole(folder, sha256))
                    return;
                var broken = $"{folder}.{Guid.NewGuid():n}.tmp"; // Whoever reads it keeps what it has opened.
                Directory.Move(folder, broken);
                Remove(broken);
            }
        }
    }

    private static void RemoveAbandoned(string name)
    {
        foreach (var folder in Directory.GetDirectories(Root, $"{name}-*.tmp"))
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > Abandoned)
                Remove(folder);
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // It is in its place, or another process has removed it.
        }
    }

    private static string Home(Environment.SpecialFolder folder) =>
        Environment.GetFolderPath(folder) is { Length: > 0 } path
            ? path
            : throw new IOException($"this user has no folder for caches. Set {Variable} to one.");
}
