using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>
/// A folder whose <c>route.json</c> says which model answers which tasks in which languages, by their folders or runs seen from this one;
/// it holds none of their weights.
/// </summary>
/// <param name="Models">The models, of which no two answer the same task in the same language.</param>
public sealed record RouteFolder(IReadOnlyList<RoutedModel> Models)
{
    private const string File = "route.json";

    /// <summary>Whether a folder holds such models.</summary>
    public static bool IsRoute(string folder) => ModelPointers.Are(folder, File);

    /// <summary>Reads what a folder says; its models' folders are whole paths.</summary>
    /// <exception cref="ModelException">It cannot be read, or names a folder that is not there.</exception>
    public static RouteFolder Read(string folder) => ModelPointers.Read<RouteFolder>(folder, File, (route, of) => route.With(of));

    /// <summary>Writes it into a folder.</summary>
    /// <param name="folder">The folder; the models' folders are written as seen from it.</param>
    public void Write(string folder) => ModelPointers.Write(folder, File, this, (route, of) => route.With(of));

    /// <summary>The model that answers a task in a language; null = none does.</summary>
    public RoutedModel? Of(string task, string language) => Models.FirstOrDefault(model => model.IsFor([task], [language]));

    private RouteFolder With(Func<string, string> folder) => new([.. Models.Select(model => model with { Folder = folder(model.Folder) })]);
}
