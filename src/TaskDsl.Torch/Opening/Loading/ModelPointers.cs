using System.Text.Json;
using TaskDsl.HuggingFace;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>A file in a folder without weights that names the folders of models, as seen from it.</summary>
internal static class ModelPointers
{
    /// <summary>Whether a folder has the file.</summary>
    public static bool Are(string folder, string name) => File.Exists(Path.Combine(folder, name));

    /// <summary>Reads the file; the models' folders are whole paths.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="with">The same with other folders.</param>
    /// <exception cref="ModelException">It cannot be read, or names a folder that is not there.</exception>
    public static T Read<T>(string folder, string name, Func<T, Func<string, string>, T> with)
    {
        var path = Path.Combine(folder, name);
        try
        {
            return with(JsonSerializer.Deserialize<T>(File.ReadAllText(path), DefinitionJson.Options)!, Whole);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} cannot be read: {e.Message}", e);
        }

        string Whole(string model) =>
            Path.GetFullPath(model, Path.GetFullPath(folder)) is var whole && Directory.Exists(whole)
                ? whole
                : throw new ModelException($"{path}: it names the model '{model}', and there is no such folder from here.");
    }

    /// <summary>Writes the file; the models' folders are written as seen from it.</summary>
    public static void Write<T>(string folder, string name, T said, Func<T, Func<string, string>, T> with) =>
        File.WriteAllText(
            Path.Combine(folder, name),
            JsonSerializer.Serialize(with(said, model => Path.GetRelativePath(folder, Path.GetFullPath(model))), DefinitionJson.Options)
        );
}
