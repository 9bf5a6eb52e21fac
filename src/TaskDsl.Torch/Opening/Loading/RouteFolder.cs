using System.Text.Json;
using TaskDsl.HuggingFace;
using TaskDsl.Vocabulary;

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
    public static bool IsRoute(string folder) => System.IO.File.Exists(Path.Combine(folder, File));

    /// <summary>Reads what a folder says; its models' folders are whole paths.</summary>
    /// <exception cref="ModelException">It cannot be read, or names a folder that is not there.</exception>
    public static RouteFolder Read(string folder)
    {
        var path = Path.Combine(folder, File);
        try
        {
            return JsonSerializer
                .Deserialize<RouteFolder>(System.IO.File.ReadAllText(path), DefinitionJson.Options)!
                .With(model =>
                    Path.GetFullPath(model, Path.GetFullPath(folder)) is var whole && Directory.Exists(whole)
                        ? whole
                        : throw new ModelException($"{path}: one of its models is '{model}', and there is no such folder from here.")
                );
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes it into a folder.</summary>
    /// <param name="folder">The folder; the models' folders are written as seen from it.</param>
    public void Write(string folder) =>
        System.IO.File.WriteAllText(
            Path.Combine(folder, File),
            JsonSerializer.Serialize(With(model => Path.GetRelativePath(folder, Path.GetFullPath(model))), DefinitionJson.Options)
        );

    /// <summary>The model that answers a task in a language; null = none does.</summary>
    public RoutedModel? Of(string task, string language) => Models.FirstOrDefault(model => model.IsFor([task], [language]));

    private RouteFolder With(Func<string, string> folder) => new([.. Models.Select(model => model with { Folder = folder(model.Folder) })]);
}
