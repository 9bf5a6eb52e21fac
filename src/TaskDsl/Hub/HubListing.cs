using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TaskDsl.Disk;

namespace TaskDsl.Hub;

/// <summary>
/// The files of a repository at a commit. The cache keeps it as <c>trees/&lt;commit&gt;.json</c>, as huggingface_hub does, so that it is
/// known without the network whether all is here.
/// </summary>
/// <param name="Files">The files, by their paths.</param>
/// <param name="IsWhole">Whether these are all; else they are what lies in the cache, of which no list says whether it is all.</param>
public sealed partial record HubListing(IReadOnlyList<HubFile> Files, bool IsWhole = true)
{
    private const int Version = 1;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 1 };

    /// <summary>What the cache knows of a repository.</summary>
    public static HubListing Of(HubRepository repository) => Read(repository) ?? new HubListing([.. Lying(repository)], IsWhole: false);

    /// <summary>The list that the cache has of a repository; null where it has none, or one that is broken or of another version.</summary>
    public static HubListing? Read(HubRepository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(repository.Listing));
            if (json.RootElement.GetProperty("format_version").GetInt32() != Version)
                return null;
            var files = json.RootElement.GetProperty("files").EnumerateObject().Select(Entry).OrderBy(f => f.Path, StringComparer.Ordinal);
            HubFile[] all = [.. files];
            return Array.TrueForAll(all, IsSafe) ? new HubListing(all) : null;
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or IOException
                        or UnauthorizedAccessException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
            )
        {
            return null; // It is fetched again.
        }
    }

    /// <summary>Keeps the list in the cache.</summary>
    public void Write(HubRepository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        var files = new JsonObject();
        foreach (var file in Files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            var entry = new JsonObject { ["size"] = file.Size, ["blob_id"] = file.BlobId };
            if (file.Sha256 is not null)
                (entry["lfs_sha256"], entry["lfs_size"]) = (file.Sha256, file.Size);
            if (file.XetHash is not null)
                entry["xet_hash"] = file.XetHash;
            files[file.Path] = entry;
        }

        AtomicFile.WriteText(repository.Listing, new JsonObject { ["format_version"] = Version, ["files"] = files }.ToJsonString(Indented));
    }

    /// <summary>
    /// Whether a file can be written where its path says: a list is believed no path that leads out of its folder, and no hash that is
    /// none.
    /// </summary>
    public static bool IsSafe(HubFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Size >= 0
            && SafePath().IsMatch(file.Path)
            && !file.Path.Split('/').Any(part => part is "" or "." or "..")
            && Sha1().IsMatch(file.BlobId)
            && (file.Sha256 is null || Sha256().IsMatch(file.Sha256));
    }

    private static HubFile Entry(JsonProperty entry) =>
        new(
            entry.Name,
            entry.Value.GetProperty("size").GetInt64(),
            entry.Value.GetProperty("blob_id").GetString()!,
            entry.Value.TryGetProperty("lfs_sha256", out var hash) ? hash.GetString() : null
        )
        {
            XetHash = entry.Value.TryGetProperty("xet_hash", out var xet) ? xet.GetString() : null,
        };

    private static IEnumerable<HubFile> Lying(HubRepository repository) =>
        !Directory.Exists(repository.Snapshot)
            ? []
            : Directory
                .EnumerateFiles(repository.Snapshot, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(path => (Path: path, File: RealFile.Of(path)))
                .Where(found => found.File.Exists) // A link may lead to nothing.
                .Select(found => new HubFile(
                    Path.GetRelativePath(repository.Snapshot, found.Path).Replace('\\', '/'),
                    found.File.Length,
                    ""
                ));

    [GeneratedRegex(@"^[^/\\:\0-\x1f][^\\:\0-\x1f]*$")]
    private static partial Regex SafePath();

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Sha1();

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Sha256();
}
