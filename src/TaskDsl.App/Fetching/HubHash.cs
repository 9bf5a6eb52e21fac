using System.Security.Cryptography;
using System.Text;
using TaskDsl.Hub;

namespace TaskDsl.App.Fetching;

/// <summary>What a file's content is called: the SHA-256 of a large file, of a small one its id in git.</summary>
internal static class HubHash
{
    /// <summary>The hash of some content, of the kind that the hub lists for the file.</summary>
    public static async Task<string> OfAsync(string path, HubFile file, CancellationToken cancellationToken)
    {
        await using var content = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            0,
            useAsync: true
        );
#pragma warning disable CA5350 // Git names what it holds by SHA-1, and the hub lists no other hash of small files.
        using var hash = IncrementalHash.CreateHash(file.Sha256 is null ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
#pragma warning restore CA5350
        if (file.Sha256 is null)
            hash.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"blob {content.Length}\0")));
        var buffer = new byte[1 << 20];
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; )
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
