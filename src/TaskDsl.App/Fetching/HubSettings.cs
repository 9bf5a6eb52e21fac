using TaskDsl.Hub;

namespace TaskDsl.App.Fetching;

/// <summary>Which hub is asked and how, as the environment says it to all of Hugging Face's programs.</summary>
internal sealed record HubSettings
{
    /// <summary>The hub's address. Default: <c>HF_ENDPOINT</c>, or <c>https://huggingface.co</c>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>What opens private and gated repositories; it is said to the hub alone and written nowhere. Default: nothing.</summary>
    public string? Token { get; init; }

    /// <summary>Whether the network is not to be used.</summary>
    public bool IsOffline { get; init; }

    /// <summary>How often something is asked for at most, and a transfer goes on that breaks off without a new byte.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The time before the second attempt, twice as long each time after it, unless the hub says how long.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an answer, and each piece of a file, may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What <c>HF_ENDPOINT</c>, <c>HF_TOKEN</c>, <c>HF_HUB_OFFLINE</c> and the token that <c>hf auth login</c> keeps say.
    /// </summary>
    /// <exception cref="HubException">One of them cannot be used.</exception>
    public static HubSettings OfEnvironment()
    {
        var endpoint = Said("HF_ENDPOINT") ?? "https://huggingface.co";
        if (!Uri.TryCreate(endpoint.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new HubException($"HF_ENDPOINT is '{endpoint}', which is no address; expected one as https://huggingface.co.");
        if (address.UserInfo.Length > 0)
            throw new HubException("HF_ENDPOINT has a password in it, which would be seen in messages; set HF_TOKEN instead.");
        return new HubSettings
        {
            Endpoint = address,
            Token = ReadToken(),
            IsOffline = IsTrue("HF_HUB_OFFLINE") || IsTrue("TRANSFORMERS_OFFLINE"),
        };
    }

    private static string? ReadToken()
    {
        var file = Said("HF_TOKEN_PATH") ?? Path.Combine(HubCache.Home, "token");
        var (token, from) =
            Said("HF_TOKEN") is { } said ? (said, "HF_TOKEN")
            : Said("HUGGING_FACE_HUB_TOKEN") is { } old ? (old, "HUGGING_FACE_HUB_TOKEN")
            : File.Exists(file) ? (File.ReadAllText(file).Trim(), file)
            : ("", "");
        if (token.Any(letter => letter is <= ' ' or > '~'))
            throw new HubException($"{from} has no token: there are characters in it that no token has.");
        return token.Length > 0 ? token : null;
    }

    private static bool IsTrue(string variable) => Said(variable)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private static string? Said(string variable) =>
        Environment.GetEnvironmentVariable(variable)?.Trim() is { Length: > 0 } value ? value : null;
}
