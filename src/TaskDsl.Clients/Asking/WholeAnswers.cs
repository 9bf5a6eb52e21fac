using System.Net.Http.Headers;

namespace TaskDsl.Clients.Asking;

/// <summary>
/// Reads each answer to its end, so that one which breaks off is a failed attempt; and takes the key out of what comes back, so that
/// nothing above can write it anywhere.
/// </summary>
/// <param name="key">The key; null where there is none, and none is sent.</param>
internal sealed class WholeAnswers(string? key) : DelegatingHandler
{
    private const string Hidden = "***";

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

    private async Task HideAsync(HttpResponseMessage response)
    {
        if (key is null)
            return;
        response.ReasonPhrase = response.ReasonPhrase?.Replace(key, Hidden, StringComparison.Ordinal);
        var body = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        if (!body.Contains(key, StringComparison.Ordinal))
            return;
        var type = response.Content.Headers.ContentType;
        response.Content.Dispose();
        response.Content = new StringContent(body.Replace(key, Hidden, StringComparison.Ordinal));
        response.Content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type.MediaType!, "utf-8");
    }
}
