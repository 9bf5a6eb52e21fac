using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace TaskDsl.Clients.Asking;

/// <summary>
/// HTTP towards a server of models: asked again where that may help (busy, failing, silent, out of reach, nonsense), and ending in words
/// where not.
/// </summary>
public sealed record PatientHttp
{
    /// <summary>The server's address.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The key, which nothing that comes back has in it. Default: none.</summary>
    public string? Key { get; init; }

    /// <summary>The environment variable that has the key, for messages.</summary>
    public string? KeyFrom { get; init; }

    /// <summary>How often a question is asked at most.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>The time before the second attempt, twice as long each time after it, unless the server says how long.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether JSON is an answer; what is none is nonsense. Default: any is.</summary>
    public Func<JsonElement, bool> IsAnswer { get; init; } = _ => true;

    /// <summary>Is told that it waits, and why. Default: nobody.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The client. What it throws, other than that it was cancelled, is a <see cref="ClientException"/>.</summary>
    public HttpClient Open()
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = Time };
        if (Attempts > 1)
            builder.AddRetry(
                new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = Attempts - 1,
                    Delay = Wait,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = async args =>
                        args.Outcome is { Result: { IsSuccessStatusCode: true } answer }
                            ? await FaultAsync(answer).ConfigureAwait(false) is not null
                            : HttpClientResiliencePredicates.IsTransient(args.Outcome) && !IsInVain(args.Outcome.Exception),
                    OnRetry = async args =>
                    {
                        var words = await WordsAsync(args.Outcome.Result, args.Outcome.Exception).ConfigureAwait(false);
                        var wait = args.RetryDelay.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
                        Tell($"{words}. Attempt {args.AttemptNumber + 2} of {Attempts} in {wait} s.");
                    },
                }
            );
        builder.AddTimeout(new HttpTimeoutStrategyOptions { Timeout = Timeout });
#pragma warning disable CA2000 // Each handler frees the one in it, and the client the first.
        var bottom = new WholeAnswers(Key) { InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) } };
        var again = new ResilienceHandler(builder.Build()) { InnerHandler = bottom };
        return new HttpClient(new FailuresInWords(this) { InnerHandler = again }) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
#pragma warning restore CA2000
    }

    /// <summary>What is wrong with an answer that says that it is right; null where nothing is.</summary>
    internal async Task<string?> FaultAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        try
        {
            using var json = JsonDocument.Parse(body);
            return IsAnswer(json.RootElement) ? null : $"it answers something else than is expected: {Said(body)}";
        }
        catch (JsonException)
        {
            return body.Length == 0 ? "its answer is empty" : $"its answer is no JSON: {Said(body)}";
        }
    }

    /// <summary>What became of a question that has no answer.</summary>
    internal async Task<string> WordsAsync(HttpResponseMessage? response, Exception? failure)
    {
        if (response is null)
            return $"{Endpoint}: "
                + failure switch
                {
                    Polly.Timeout.TimeoutRejectedException => string.Create(
                        CultureInfo.InvariantCulture,
                        $"no answer within {Timeout.TotalSeconds:0.###} s"
                    ),
                    { InnerException.Message: var inner } => $"no answer: {failure.Message.TrimEnd('.')}: {inner.TrimEnd('.')}",
                    _ => $"no answer: {failure?.Message.TrimEnd('.')}",
                };
        if (response.IsSuccessStatusCode)
            return $"{Endpoint}: {await FaultAsync(response).ConfigureAwait(false)}";
        var body = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        return $"{Endpoint}: {(int)response.StatusCode} {response.ReasonPhrase}{(body.Length == 0 ? "" : $": {Said(body)}")}";
    }

    /// <summary>Whether asking again is in vain: there is no such host, or nothing secret can be said to it.</summary>
    internal static bool IsInVain(Exception? failure) =>
        failure
            is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
                or HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } };

    /// <summary>What a body says, on one line: an error's message where it has one.</summary>
    private static string Said(string body)
    {
        const int Most = 200;
        try
        {
            using var json = JsonDocument.Parse(body);
            if (
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("error", out var error)
                && (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message) ? message : error)
                    is { ValueKind: JsonValueKind.String } said
            )
                body = said.GetString()!;
        }
        catch (JsonException) { } // It is told as it is.

        var line = string.Join(' ', body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        return line.Length > Most ? line[..Most] + "…" : line;
    }
}
