using System.Text.Json;
using TaskDsl.HuggingFace;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>
/// A folder whose <c>by_language.json</c> says which model answers in which language, by their folders or runs seen from this one; it holds
/// none of their weights.
/// </summary>
public sealed record ByLanguageFolder
{
    private const string File = "by_language.json";

    /// <summary>The models' folders or runs, by language tag.</summary>
    public required IReadOnlyDictionary<string, string> Models { get; init; }

    /// <summary>What was in them when this was written, as hashes, by language tag.</summary>
    public required IReadOnlyDictionary<string, string> Fingerprints { get; init; }

    /// <summary>Whether a folder holds such models.</summary>
    public static bool IsByLanguage(string folder) => System.IO.File.Exists(Path.Combine(folder, File));

    /// <summary>Reads what a folder says; its models' folders are whole paths.</summary>
    /// <exception cref="ModelException">It cannot be read, or names a folder that is not there.</exception>
    public static ByLanguageFolder Read(string folder)
    {
        var path = Path.Combine(folder, File);
        try
        {
            return JsonSerializer
                .Deserialize<ByLanguageFolder>(System.IO.File.ReadAllText(path), DefinitionJson.Options)!
                .With((language, model) => Whole(language, model));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} cannot be read: {e.Message}", e);
        }

        string Whole(string language, string model) =>
            Path.GetFullPath(model, Path.GetFullPath(folder)) is var whole && Directory.Exists(whole)
                ? whole
                : throw new ModelException($"{path}: '{language}' is answered by '{model}', and there is no such folder from here.");
    }

    /// <summary>Writes it into a folder.</summary>
    /// <param name="folder">The folder; the models' folders are written as seen from it.</param>
    public void Write(string folder) =>
        System.IO.File.WriteAllText(
            Path.Combine(folder, File),
            JsonSerializer.Serialize(With((_, model) => Path.GetRelativePath(folder, Path.GetFullPath(model))), DefinitionJson.Options)
        );

    private ByLanguageFolder With(Func<string, string, string> folder) =>
        this with
        {
            Models = Models.ToDictionary(model => model.Key, model => folder(model.Key, model.Value)),
        };
}
