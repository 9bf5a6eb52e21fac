namespace TaskDsl.Hub;

/// <summary>A file of a repository at a commit.</summary>
/// <param name="Path">Its path in the repository, with <c>/</c>.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="BlobId">Its id in git (SHA-1); of a large file that of the pointer which git has in its place.</param>
/// <param name="Sha256">The SHA-256 of a large file (git LFS); null for a small one.</param>
public sealed record HubFile(string Path, long Size, string BlobId, string? Sha256 = null)
{
    /// <summary>The hash that huggingface_hub stores large files by in newer repositories; kept for it. Default: none.</summary>
    public string? XetHash { get; init; }

    /// <summary>What its content is called in the cache: what the hub answers as its ETag.</summary>
    public string ETag => Sha256 ?? BlobId;
}
