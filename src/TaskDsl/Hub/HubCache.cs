namespace TaskDsl.Hub;

/// <summary>
/// The cache that huggingface_hub has of hubs, in its layout and at its place, so that both share one: <c>HF_HUB_CACHE</c>, or
/// <c>HF_HOME/hub</c>, or <c>~/.cache/huggingface/hub</c>. Nothing here touches the network.
/// </summary>
public static class HubCache
{
    /// <summary>How what is missing gets here, for messages.</summary>
    public const string Remedy = "'dotnet run -- fetch' fetches what the project names";

    /// <summary>The folder that has a folder of each repository.</summary>
    public static string Root => Said("HF_HUB_CACHE") ?? Said("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(Home, "hub");

    /// <summary>The folder of all that Hugging Face's programs keep: <c>HF_HOME</c>.</summary>
    public static string Home => Said("HF_HOME") ?? Path.Combine(Said("XDG_CACHE_HOME") ?? Path.Combine(User, ".cache"), "huggingface");

    private static string User =>
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } path
            ? path
            : throw new HubException("this user has no folder for caches. Set HF_HOME to one.");

    private static string? Said(string variable) =>
        Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } path ? null
        : path == "~" ? User
        : path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(User, path[2..])
        : Path.GetFullPath(path);
}
