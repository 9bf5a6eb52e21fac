using System.Net;
using Polly.Timeout;

namespace TaskDsl.Clients.Asking;

/// <summary>Says what is wrong where no attempt has an answer, and what to do.</summary>
/// <param name="http">How it is asked.</param>
internal sealed class FailuresInWords(PatientHttp http) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException)
        {
            var words = await http.WordsAsync(null, e).ConfigureAwait(false);
            throw new ClientException($"{words}. {(PatientHttp.IsInVain(e) ? "Look at 'endpoint'." : Asked("Is the server there?"))}", e);
        }

        if (response.IsSuccessStatusCode && await http.FaultAsync(response).ConfigureAwait(false) is null)
            return response;
        using (response)
            throw new ClientException(
                $"{await http.WordsAsync(response, null).ConfigureAwait(false)}. "
                    + response.StatusCode switch
                    {
                        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => http.KeyFrom is { } variable
                            ? $"Look at the key in the environment variable {variable}."
                            : "It wants a key: name the environment variable that has it by 'key_from'.",
                        HttpStatusCode.NotFound => "Look at 'endpoint', which /chat/completions stands behind, and at 'model'.",
                        HttpStatusCode.TooManyRequests => Asked("Ask fewer questions at a time ('concurrency'), or later."),
                        >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => Asked("Ask later."),
                        _ when response.IsSuccessStatusCode => Asked("Look at 'endpoint', and at what the server logs."),
                        _ => "The server does not take the question as it is: look at 'model' and at what is said of 'generation'.",
                    }
            );
    }

    private string Asked(string advice) => http.Attempts > 1 ? $"It was asked {http.Attempts} times. {advice}" : advice;
}
