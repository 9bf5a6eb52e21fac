using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace TaskDsl.Clients.Asking;

/// <summary>
/// Reads each answer to its end, so that one which breaks off is a failed attempt; and takes the key out of what comes back, so that
/// nothing above can write it anywhere.
/// </summary>
/// <param name="key">The key; null where there is none, and none is sent.</param>
internal sealed class WholeAnswers(string? key) : DelegatingHandler
{
    private const string Hidden = "***";

    private readonly Regex? secret = key is null ? null : new Regex(Pattern(key), RegexOptions.NonBacktracking);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (key is null)
            request.Headers.Authorization = null;
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
            await HideAsync(response).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The key as it is, and as JSON may write it: each letter escaped or not, in a text, in JSON within a text, and so on.
    /// </summary>
    private static string Pattern(string key)
    {
        var pattern = new StringBuilder();
        foreach (var letter in key)
        {
            var itself = letter == '\\' ? @"\\+" : @"\\*" + Regex.Escape($"{letter}");
            pattern.Append(CultureInfo.InvariantCulture, $@"(?:{itself}|\\+u(?i:{(int)letter:x4}))");
        }

        return pattern.ToString();
    }

    private async Task HideAsync(HttpResponseMessage response)
    {
        if (secret is null)
            return;
        if (response.ReasonPhrase is { } reason)
            response.ReasonPhrase = secret.Replace(reason, Hidden);
        var body = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        if (!secret.IsMatch(body))
            return;
        var type = response.Content.Headers.ContentType;
        response.Content.Dispose();
        response.Content = new StringContent(secret.Replace(body, Hidden));
        response.Content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type.MediaType!, "utf-8");
    }
}
