using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using TaskDsl.Hub;

namespace TaskDsl.App.Fetching;

/// <summary>
/// A hub over HTTP (huggingface.co/docs/hub/api). What is busy, fails or is silent is asked again; redirects are followed here, so that the
/// token is said to the hub alone. Proxies are those of the environment (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>).
/// </summary>
internal sealed partial class HubServer : IDisposable
{
    private const int MostRedirects = 10;

    private readonly HubSettings settings;
    private readonly HttpClient http;

    /// <summary>Opens it; nothing is sent yet.</summary>
    /// <param name="settings">Which hub, and how it is asked.</param>
    /// <param name="tell">Is told that it waits, and why.</param>
    public HubServer(HubSettings settings, Action<string> tell)
    {
        this.settings = settings;
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage>();
        if (settings.Attempts > 1)
            builder.AddRetry(
                new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = settings.Attempts - 1,
                    Delay = settings.Wait,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    OnRetry = args =>
                    {
                        var why = HubFailure.Words(settings, args.Outcome.Result, args.Outcome.Exception);
                        tell(FormattableString.Invariant($"{why}. Asked again in {args.RetryDelay.TotalSeconds:0.#} s."));
                        return default;
                    },
                    ShouldHandle = args =>
                        new(HttpClientResiliencePredicates.IsTransient(args.Outcome) && !HubFailure.IsInVain(args.Outcome.Exception)),
                }
            );
        builder.AddTimeout(new HttpTimeoutStrategyOptions { Timeout = settings.Timeout });
#pragma warning disable CA2000 // Each handler frees the one in it, and the client the first.
        var bottom = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        http = new HttpClient(new ResilienceHandler(builder.Build()) { InnerHandler = bottom }) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore CA2000
    }

    /// <summary>How it is asked.</summary>
    public HubSettings Settings => settings;

    /// <summary>The files of a repository at its commit.</summary>
    /// <exception cref="HubException">They cannot be had.</exception>
    public async Task<HubListing> ListAsync(HubRepository repository, CancellationToken cancellationToken)
    {
        var files = new List<HubFile>();
        var next = Address($"api/{Kind(repository.Kind)}s/{repository.Name}/tree/{repository.Commit}?recursive=true");
        while (next is not null)
        {
            var page = await JsonAsync(next, $"{repository}", cancellationToken).ConfigureAwait(false);
            using (page.Body)
                files.AddRange(Entries(page.Body.RootElement, repository));
            next = page.Next;
        }

        return files.Count > 0
            ? new HubListing([.. files.OrderBy(file => file.Path, StringComparer.Ordinal)])
            : throw new HubException($"{repository}: the hub lists no file of it.");
    }

    /// <summary>The commit that a branch or tag stands at.</summary>
    /// <exception cref="HubException">It cannot be had.</exception>
    public async Task<string> CommitAsync(HubKind kind, string name, string branch, CancellationToken cancellationToken)
    {
        var address = Address($"api/{Kind(kind)}s/{name}/revision/{Uri.EscapeDataString(branch)}");
        var (body, _) = await JsonAsync(address, $"{Kind(kind)} {name} at {branch}", cancellationToken).ConfigureAwait(false);
        using (body)
            return
                body.RootElement.ValueKind == JsonValueKind.Object
                && body.RootElement.TryGetProperty("sha", out var sha)
                && sha.ValueKind == JsonValueKind.String
                && Commit().IsMatch(sha.GetString()!)
                ? sha.GetString()!
                : throw new HubException($"{address}: the answer names no commit (sha); is {settings.Endpoint} a hub?");
    }

    /// <summary>Opens a file from some byte on: the answer is the rest of it (206), or all of it (200).</summary>
    /// <exception cref="HubException">It cannot be had, or it is another file.</exception>
    public async Task<HttpResponseMessage> OpenAsync(HubRepository repository, HubFile file, long from, CancellationToken cancellationToken)
    {
        var path = string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString));
        var prefix = repository.Kind == HubKind.Model ? "" : "datasets/";
        var address = Address($"{prefix}{repository.Name}/resolve/{repository.Commit}/{path}");
        var answer = await SendAsync(
                address,
                from > 0 ? new RangeHeaderValue(from, null) : null,
                first => HubFailure.RefuseOther(repository, file, first),
                cancellationToken
            )
            .ConfigureAwait(false);
        try
        {
            if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable)
                throw await HubFailure.OfAsync(settings, $"{file.Path} of {repository}", answer, cancellationToken).ConfigureAwait(false);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private Uri Address(string path) => new(settings.Endpoint, path);

    private static string Kind(HubKind kind) => kind == HubKind.Model ? "model" : "dataset";

    private async Task<(JsonDocument Body, Uri? Next)> JsonAsync(Uri address, string what, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var answer = await SendAsync(address, null, _ => { }, cancellationToken).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
                throw await HubFailure.OfAsync(settings, what, answer, cancellationToken).ConfigureAwait(false);
            try
            {
                var body = await BodyAsync(answer, cancellationToken).ConfigureAwait(false);
                try
                {
                    return (JsonDocument.Parse(body), Next(answer, address));
                }
                catch (JsonException e)
                {
                    throw new HubException(HubFailure.NoHub(settings, answer, body), e);
                }
            }
            catch (Exception e)
                when (HubFailure.IsOfNetwork(e) && attempt < settings.Attempts && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(settings.Wait, cancellationToken).ConfigureAwait(false); // It broke off in its midst.
            }
        }
    }

    private async Task<byte[]> BodyAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(settings.Timeout);
        return await answer.Content.ReadAsByteArrayAsync(patience.Token).ConfigureAwait(false);
    }

    /// <summary>Follows redirects; the token goes to the hub's own address and nowhere else.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        Uri address,
        RangeHeaderValue? range,
        Action<HttpResponseMessage> look,
        CancellationToken cancellationToken
    )
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Range = range;
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity")); // Bytes are counted.
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("TaskDsl", null));
            if (settings.Token is { } token && IsOfHub(address))
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            var answer = await HubFailure
                .SaidAsync(
                    settings,
                    http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken),
                    cancellationToken
                )
                .ConfigureAwait(false);
            try
            {
                if (redirects == 0)
                    look(answer);
                if (
                    answer.StatusCode
                        is not (
                            HttpStatusCode.MovedPermanently
                            or HttpStatusCode.Found
                            or HttpStatusCode.SeeOther
                            or HttpStatusCode.TemporaryRedirect
                            or HttpStatusCode.PermanentRedirect
                        )
                    || answer.Headers.Location is not { } location
                )
                    return answer;
                var to = new Uri(address, location);
                if (to.Scheme is not ("http" or "https") || (address.Scheme == "https" && to.Scheme == "http"))
                    throw new HubException($"{address} leads to {Plain(to)}, which is not followed: it is not as safe.");
                if (redirects == MostRedirects)
                    throw new HubException($"{settings.Endpoint}: more than {MostRedirects} redirects, the last to {Plain(to)}.");
                address = to;
            }
            catch
            {
                answer.Dispose();
                throw;
            }

            answer.Dispose();
        }
    }

    private bool IsOfHub(Uri address) =>
        Uri.Compare(address, settings.Endpoint, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase)
        == 0;

    // What is behind the question mark may be a signature that opens the file.
    private static string Plain(Uri address) => address.GetLeftPart(UriPartial.Path);

    private Uri? Next(HttpResponseMessage answer, Uri address)
    {
        if (
            !answer.Headers.TryGetValues("Link", out var links)
            || links.Select(link => NextLink().Match(link)).FirstOrDefault(match => match.Success) is not { } next
        )
            return null;
        var to = new Uri(address, next.Groups["to"].Value);
        return IsOfHub(to) ? to : throw new HubException($"{settings.Endpoint}: the list goes on at another place, {Plain(to)}.");
    }

    private IEnumerable<HubFile> Entries(JsonElement list, HubRepository repository)
    {
        if (list.ValueKind != JsonValueKind.Array)
            throw Wrong("it is no list");
        foreach (var entry in list.EnumerateArray())
        {
            if (Text(entry, "type") is "directory")
                continue;
            if (entry.ValueKind != JsonValueKind.Object)
                throw Wrong("it is no list of files");
            var file = new HubFile(Text(entry, "path") ?? "", Number(entry), Text(entry, "oid") ?? "");
            if (entry.TryGetProperty("lfs", out var large) && large.ValueKind == JsonValueKind.Object)
                file = file with { Size = Number(large), Sha256 = Text(large, "oid") ?? "" };
            file = file with { XetHash = Text(entry, "xetHash") };
            yield return HubListing.IsSafe(file) ? file : throw Wrong($"path, size or hash of '{file.Path}' is none");
        }

        static string? Text(JsonElement of, string name) =>
            of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
                ? text.GetString()
                : null;

        static long Number(JsonElement of) =>
            of.ValueKind == JsonValueKind.Object
            && of.TryGetProperty("size", out var size)
            && size.ValueKind == JsonValueKind.Number
            && size.TryGetInt64(out var bytes)
                ? bytes
                : -1;

        HubException Wrong(string found) => new($"{repository}: the list of {settings.Endpoint} cannot be used: {found}.");
    }

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Commit();

    [GeneratedRegex("<(?<to>[^>]+)>\\s*;[^,]*rel=\"?next\"?")]
    private static partial Regex NextLink();
}
