using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using TaskDsl.Hub;

namespace TaskDsl.App.Fetching;

/// <summary>What goes wrong with a hub, in words that say what to do.</summary>
internal static partial class HubFailure
{
    /// <summary>Waits for what the network brings; what it throws says which hub it was.</summary>
    public static async Task<T> SaidAsync<T>(HubSettings settings, Task<T> brought, CancellationToken cancellationToken)
    {
        try
        {
            return await brought.ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfNetwork(e) && !cancellationToken.IsCancellationRequested)
        {
            throw new HubException($"{Words(settings, null, e)}. {Advice(settings)}", e);
        }
    }

    /// <summary>Whether a failure is the network's, so that going on may help.</summary>
    public static bool IsOfNetwork(Exception e) =>
        e
            is HttpRequestException
                or Polly.Timeout.TimeoutRejectedException
                or OperationCanceledException
                or IOException
                and not HubException;

    /// <summary>Whether asking again is in vain: there is no such host, or nothing secret can be said to it.</summary>
    public static bool IsInVain(Exception? failure) =>
        failure
            is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
                or HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } };

    /// <summary>What became of a request that is to be made again, or has failed for good.</summary>
    public static string Words(HubSettings settings, HttpResponseMessage? answer, Exception? failure) =>
        answer is not null ? $"{settings.Endpoint}: {(int)answer.StatusCode} {answer.ReasonPhrase}"
        : failure is Polly.Timeout.TimeoutRejectedException or OperationCanceledException
            ? string.Create(CultureInfo.InvariantCulture, $"{settings.Endpoint}: no answer within {settings.Timeout.TotalSeconds:0.###} s")
        : failure is { InnerException.Message: var inner }
            ? $"{settings.Endpoint}: no answer: {failure.Message.TrimEnd('.')}: {inner.TrimEnd('.')}"
        : $"{settings.Endpoint}: no answer: {failure?.Message.TrimEnd('.')}";

    /// <summary>What an answer says that is no success.</summary>
    public static async Task<HubException> OfAsync(
        HubSettings settings,
        string what,
        HttpResponseMessage answer,
        CancellationToken cancellationToken
    )
    {
        var code = Header(answer, "X-Error-Code");
        var hasToken = settings.Token is not null;
        var token = hasToken ? "the token (HF_TOKEN) may not read it" : "set HF_TOKEN to a token that may read it";
        var status = $"{what}: {settings.Endpoint} answers {(int)answer.StatusCode} {answer.ReasonPhrase}";
        return new HubException(
            answer.StatusCode switch
            {
                _ when code == "GatedRepo" =>
                    $"{status}: it is gated; accept its terms on its page with your account, and set HF_TOKEN to a token of it.",
                _ when code == "RevisionNotFound" => $"{status}: the repository has no such revision; look at its history for the commit.",
                _ when code == "EntryNotFound" => $"{status}: the commit has no such file.",
                HttpStatusCode.Unauthorized or HttpStatusCode.NotFound when code == "RepoNotFound" =>
                    $"{status}: there is no such repository, or it is private: {(hasToken ? "" : "check its name, or ")}{token}.",
                HttpStatusCode.Unauthorized => $"{status}: it is private or gated, or there is none of this name: {token}.",
                HttpStatusCode.Forbidden => $"{status}: {token}; where it is gated, accept its terms on its page first.",
                HttpStatusCode.NotFound => $"{status}: there is no such repository, revision or file.",
                HttpStatusCode.TooManyRequests => $"{status}: it asks to wait; try again later{(hasToken ? "" : ", or set HF_TOKEN")}.",
                HttpStatusCode.ProxyAuthenticationRequired => $"{status}: the proxy wants a name and a password (HTTPS_PROXY).",
                _ => $"{status}{Said(await TextAsync(answer, cancellationToken).ConfigureAwait(false))}. {Advice(settings)}",
            }
        );
    }

    /// <summary>Refuses what is another file than the list says, before a byte of it is kept.</summary>
    public static void RefuseOther(HubRepository repository, HubFile file, HttpResponseMessage first)
    {
        if ((int)first.StatusCode >= 400)
            return;
        if (Header(first, "X-Repo-Commit") is { } commit && commit != repository.Commit)
            throw new HubException($"{file.Path} of {repository}: the hub answers with another commit, {commit}; nothing is kept.");
        var etag = (Header(first, "X-Linked-ETag") ?? Header(first, "ETag"))?.Replace("W/", "", StringComparison.Ordinal).Trim('"');
        // Another etag than one of git or of SHA-256 is a mirror's own and says nothing.
        if (etag is not null && etag.Length == file.ETag.Length && etag.All(char.IsAsciiHexDigit) && etag != file.ETag)
            throw new HubException(
                $"{file.Path} of {repository}: the hub offers the content {etag}, and its list says {file.ETag}; nothing is kept."
            );
    }

    /// <summary>What an answer is that no hub gives, as a page that asks to log in.</summary>
    public static string NoHub(HubSettings settings, HttpResponseMessage answer, ReadOnlySpan<byte> body) =>
        IsPage(answer, body)
            ? $"{settings.Endpoint} answers with a web page{Title(body)} where a hub's answer is expected: a login or a proxy stands "
                + "between. Open that address in a browser, or set HTTPS_PROXY or HF_ENDPOINT."
            : $"{settings.Endpoint}: the answer is no JSON{Said(Encoding.UTF8.GetString(body[..Math.Min(body.Length, 200)]))}. "
                + "Is it a hub? HF_ENDPOINT says where it is.";

    /// <summary>Whether an answer is a web page.</summary>
    public static bool IsPage(HttpResponseMessage answer, ReadOnlySpan<byte> start)
    {
        var text = Encoding.UTF8.GetString(start[..Math.Min(start.Length, 512)]).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        return text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            || (start.IsEmpty && answer.Content.Headers.ContentType?.MediaType == "text/html");
    }

    private static string Advice(HubSettings settings) =>
        $"What has come is kept: run it again to go on. Behind a proxy set HTTPS_PROXY; {settings.Endpoint.Host} is HF_ENDPOINT's.";

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values)
            ? values.FirstOrDefault()
            : null;

    private static async Task<string> TextAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return ""; // The status says enough.
        }
    }

    private static string Title(ReadOnlySpan<byte> page) =>
        PageTitle().Match(Encoding.UTF8.GetString(page[..Math.Min(page.Length, 1 << 16)])) is { Success: true } title
            ? $" ('{Line(title.Groups[1].Value)}')"
            : "";

    private static string Said(string body) => Line(body) is { Length: > 0 } line ? $": {line}" : "";

    private static string Line(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        return line.Length > 120 ? line[..120] + "…" : line;
    }

    [GeneratedRegex("<title[^>]*>([^<]*)</title>", RegexOptions.IgnoreCase)]
    private static partial Regex PageTitle();
}
