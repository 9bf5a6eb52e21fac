using System.Buffers;
using System.Net;
using TaskDsl.App.Sessions;
using TaskDsl.Disk;
using TaskDsl.Hub;

namespace TaskDsl.App.Fetching;

/// <summary>
/// One file of a repository on its way into the cache: its bytes gather in <c>blobs/&lt;etag&gt;.incomplete</c>, become
/// <c>blobs/&lt;etag&gt;</c> once size and hash are right, and get their name as a link in the commit's snapshot.
/// </summary>
/// <param name="server">Where it comes from.</param>
/// <param name="repository">The repository.</param>
/// <param name="file">The file.</param>
/// <param name="tell">Is told that it waits, and why.</param>
internal sealed class HubDownload(HubServer server, HubRepository repository, HubFile file, Action<string> tell)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private string Blob => repository.Blob(file);

    private string Incomplete => Blob + ".incomplete";

    private string Name => $"{file.Path} of {repository}";

    /// <summary>Sees to it that the file is there and is what the list says; what is there and right is not fetched.</summary>
    /// <param name="progress">Is told the bytes that are there.</param>
    /// <param name="cancellationToken">Ends it; what has come is kept.</param>
    /// <returns>Whether something was fetched.</returns>
    /// <exception cref="HubException">It cannot be had, or cannot be written.</exception>
    public async Task<bool> FetchAsync(Action<long> progress, CancellationToken cancellationToken)
    {
        // Behind its name it is looked for first: a cache that is full may be read-only.
        if (await IsRightAsync(repository.PathOf(file), cancellationToken).ConfigureAwait(false))
        {
            progress(file.Size);
            return false;
        }

        if (server.Settings.IsOffline)
            throw new HubException($"{Name} is not in {HubCache.Root}, and HF_HUB_OFFLINE says that the network is not to be used.");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Blob)!);
            Directory.CreateDirectory(Path.GetDirectoryName(repository.PathOf(file))!);
            await using var held = await HoldAsync(cancellationToken).ConfigureAwait(false);
            var fetched = !await IsRightAsync(Blob, cancellationToken).ConfigureAwait(false);
            if (fetched)
                await FillAsync(progress, cancellationToken).ConfigureAwait(false);
            PutName();
            progress(file.Size);
            return fetched;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException && e is not HubException)
        {
            throw new HubException(
                $"{Name}: the cache {HubCache.Root} cannot be written: {e.Message.TrimEnd('.')}. "
                    + "Free space there, or set HF_HUB_CACHE to a folder that can be written.",
                e
            );
        }
    }

    /// <summary>Keeps others, huggingface_hub among them, from writing the same content, and waits while one does.</summary>
    private async Task<FileStream> HoldAsync(CancellationToken cancellationToken)
    {
        var path = repository.Lock(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var told = false; ; told = true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (File.Exists(path) && IsHeld(e))
            {
                if (!told)
                    tell($"{Name}: another process is fetching it; waiting for that.");
                await Task.Delay(Look, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // A sharing or a lock violation; EWOULDBLOCK, which is 35 on macOS.
    private static bool IsHeld(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35;

    private async Task FillAsync(Action<long> progress, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var kept = new FileInfo(Incomplete) is { Exists: true, Length: var length } ? length : 0;
            await ReceiveAsync(progress, cancellationToken).ConfigureAwait(false);
            if (await IsRightAsync(Incomplete, cancellationToken).ConfigureAwait(false))
                break;
            var hash = await HubHash.OfAsync(Incomplete, file, cancellationToken).ConfigureAwait(false);
            File.Delete(Incomplete);
            // What was there before may have been wrong: once more from the beginning.
            if (kept == 0 || attempt > 0)
                throw new HubException(
                    $"{Name}: what was received has the hash {hash}, and the hub lists {file.ETag}; nothing of it is kept. The "
                        + "transfer was changed on its way, by a proxy say; run it again."
                );
            tell($"{Name}: the {Bytes(kept)} that were kept from before are not of it; it is fetched anew.");
        }

        File.Move(Incomplete, Blob, overwrite: true);
    }

    /// <summary>Receives what is missing; a transfer that breaks off goes on where it was.</summary>
    private async Task ReceiveAsync(Action<long> progress, CancellationToken cancellationToken)
    {
        await using var into = new FileStream(Incomplete, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 0);
        if (into.Length > file.Size)
            into.SetLength(0);
        for (var idle = 0; into.Length < file.Size || file.Size == 0; )
        {
            var before = into.Length;
            var failure = await ReceiveOnceAsync(into, progress, cancellationToken).ConfigureAwait(false);
            if (failure is null)
                break;
            idle = into.Length > before ? 0 : idle + 1;
            if (idle + 1 >= server.Settings.Attempts)
                throw new HubException(
                    $"{Name}: the transfer breaks off at {Bytes(into.Length)} of {Bytes(file.Size)}: {failure.Message.TrimEnd('.')}. "
                        + "What has come is kept: run it again to go on.",
                    failure
                );
            tell($"{Name}: the transfer broke off at {Bytes(into.Length)} of {Bytes(file.Size)}; it goes on.");
            await Task.Delay(server.Settings.Wait * Math.Pow(2, idle), cancellationToken).ConfigureAwait(false);
        }

        into.Flush(flushToDisk: true);
    }

    /// <summary>One answer of the hub; null where it was whole, else why it broke off.</summary>
    private async Task<Exception?> ReceiveOnceAsync(FileStream into, Action<long> progress, CancellationToken cancellationToken)
    {
        using var answer = await server.OpenAsync(repository, file, into.Length, cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            into.SetLength(0); // It has no such byte; then what is here is of another file.
            return new IOException("the hub has no such part of it");
        }

        Begin(answer, into);
        into.Seek(0, SeekOrigin.End);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            await using var from = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            while (true)
            {
                patience.CancelAfter(server.Settings.Timeout);
                int read;
                try
                {
                    read = await from.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return e is OperationCanceledException
                        ? new IOException($"nothing came for {server.Settings.Timeout.TotalSeconds:0.###} s", e)
                        : e;
                }

                if (read == 0)
                    return into.Length == file.Size ? null : new IOException("the hub ended it too early");
                if (into.Length == 0 && file.Size > 0 && IsPage(answer, buffer.AsSpan(0, read)))
                    throw new HubException($"{Name}: {HubFailure.NoHub(server.Settings, answer, buffer.AsSpan(0, read))}");
                if (into.Length + read > file.Size)
                    throw Longer($"more than {Bytes(file.Size)} come");
                into.Write(buffer, 0, read);
                progress(into.Length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Makes the file as long as the answer goes on from, and refuses one that is of another size.</summary>
    private void Begin(HttpResponseMessage answer, FileStream into)
    {
        var (length, range) = (answer.Content.Headers.ContentLength, answer.Content.Headers.ContentRange);
        if (answer.Content.Headers.ContentEncoding.Count > 0)
            length = null; // It is refused below by what comes.
        if (answer.StatusCode != HttpStatusCode.PartialContent)
            into.SetLength(0); // A hub without ranges sends all of it.
        else if (range is not { From: { } from } || from != into.Length)
            throw new HubException($"{Name}: the hub sends another part of it than was asked for; run it again.");
        else if (range.Length is { } whole && whole != file.Size)
            throw Longer($"the hub sends one of {Bytes(whole)}");
        if (length is { } rest && into.Length + rest != file.Size)
            throw IsPage(answer, [])
                ? new HubException($"{Name}: {HubFailure.NoHub(server.Settings, answer, [])}")
                : Longer($"the hub sends one of {Bytes(into.Length + rest)}");
    }

    private HubException Longer(string found) => new($"{Name}: {found}, and its list says {Bytes(file.Size)}; it is not kept.");

    private bool IsPage(HttpResponseMessage answer, ReadOnlySpan<byte> start) =>
        !file.Path.EndsWith(".html", StringComparison.OrdinalIgnoreCase) && HubFailure.IsPage(answer, start);

    private async Task<bool> IsRightAsync(string path, CancellationToken cancellationToken) =>
        RealFile.Of(path) is { Exists: true } there
        && there.Length == file.Size
        && await HubHash.OfAsync(path, file, cancellationToken).ConfigureAwait(false) == file.ETag;

    /// <summary>
    /// Names the content in the snapshot: by a relative link, as huggingface_hub does, so that the cache may be moved; where the system
    /// permits no links, the content itself goes there.
    /// </summary>
    private void PutName()
    {
        var path = repository.PathOf(file);
        var target = Path.GetRelativePath(Path.GetDirectoryName(path)!, Blob);
        if (new FileInfo(path).LinkTarget == target)
            return;
        var beside = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            File.CreateSymbolicLink(beside, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && OperatingSystem.IsWindows())
        {
            File.Copy(Blob, beside);
        }

        File.Move(beside, path, overwrite: true);
    }

    private static string Bytes(long bytes) => ByteText.Of(bytes);
}
