using System.Text.RegularExpressions;
using TaskDsl.Disk;

namespace TaskDsl.Hub;

/// <summary>A repository of a hub at one commit, and where it lies in the <see cref="HubCache"/>.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Name">Its name, <c>org/name</c>.</param>
/// <param name="Commit">The commit, 40 hexadecimal digits.</param>
public sealed partial record HubRepository(HubKind Kind, string Name, string Commit)
{
    /// <summary>What a name must match.</summary>
    public const string NamePattern = @"(?!.*(--|\.\.))[A-Za-z0-9_][A-Za-z0-9_.\-]{0,95}(/[A-Za-z0-9_][A-Za-z0-9_.\-]{0,95})?";

    /// <summary>What a name must be, for messages.</summary>
    public const string NameWords = "a repository's name as it stands in its address, 'org/name'";

    /// <summary>What a commit must match.</summary>
    public const string CommitPattern = "[0-9a-f]{40}";

    /// <summary>What a commit of a model must be, for messages.</summary>
    public const string ModelCommitWords =
        "the 40 hexadecimal digits of a commit: a branch moves, and a run would not be the same again; "
        + "'git ls-remote https://huggingface.co/org/name' tells the commit that each branch stands at";

    /// <summary>What a commit of a data set must be, for messages.</summary>
    public const string DatasetCommitWords =
        "the 40 hexadecimal digits of a commit: a branch moves, and a run would not be the same again; "
        + "'git ls-remote https://huggingface.co/datasets/org/name' tells the commit that each branch stands at";

    /// <summary>What it is called in the cache: <c>models--org--name</c>.</summary>
    public string FolderName => $"{Word}s--{Name.Replace("/", "--", StringComparison.Ordinal)}";

    /// <summary>The repository's folder, for all its commits.</summary>
    public string Folder => Path.Combine(HubCache.Root, FolderName);

    /// <summary>The folder of the commit's files by their names.</summary>
    public string Snapshot => Path.Combine(Folder, "snapshots", Commit);

    /// <summary>The list of the commit's files.</summary>
    public string Listing => Path.Combine(Folder, "trees", $"{Commit}.json");

    /// <summary>Where a file's content lies.</summary>
    public string Blob(HubFile file) => Path.Combine(Folder, "blobs", file.ETag);

    /// <summary>What a process holds while it writes a file's content.</summary>
    public string Lock(HubFile file) => Path.Combine(HubCache.Root, ".locks", FolderName, $"{file.ETag}.lock");

    /// <summary>Where a file lies by its name.</summary>
    public string PathOf(HubFile file) => Path.Combine(Snapshot, file.Path.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Whether a file is here, as long as it should be.</summary>
    public bool Has(HubFile file) => RealFile.Of(PathOf(file)) is { Exists: true } there && there.Length == file.Size;

    /// <summary>The repository whose snapshot a path is, wherever the cache was that it lay in; null where it is none's.</summary>
    public static HubRepository? OfSnapshot(string path) =>
        SnapshotPath().Match(path.Replace('\\', '/').TrimEnd('/')) is { Success: true } found
            ? new HubRepository(
                found.Groups["kind"].Value == "models" ? HubKind.Model : HubKind.Dataset,
                found.Groups["name"].Value.Replace("--", "/", StringComparison.Ordinal),
                found.Groups["commit"].Value
            )
            : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Word} {Name} at {Commit[..Math.Min(8, Commit.Length)]}";

    private string Word => Kind == HubKind.Model ? "model" : "dataset";

    [GeneratedRegex("(^|/)(?<kind>models|datasets)--(?<name>[^/]+)/snapshots/(?<commit>[0-9a-f]{40})$")]
    private static partial Regex SnapshotPath();
}
