using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Prompts;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>
/// A file in a tuned model's folder that says something of its recipe in the words of the YAML, so that whoever loads the model uses it as
/// it was trained. A folder without it says nothing.
/// </summary>
/// <typeparam name="T">What it says.</typeparam>
/// <param name="name">The file's name.</param>
/// <param name="what">What it holds, for messages.</param>
internal sealed class WordFile<T>(string name, string what)
    where T : class
{
    public void Write(string folder, T? value)
    {
        if (value is not null)
            File.WriteAllText(Path.Combine(folder, name), DefinitionJson.Write(value)!.ToJsonString(DefinitionJson.Options));
    }

    /// <exception cref="ModelException">The file is broken, or names a word that this program does not have.</exception>
    public T? Read(string folder)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            return null;
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path)) is not JsonObject { Count: 1 } json)
                throw new ModelException($"{path} must hold one {what}, as {{\"word\": {{}}}}.");
            var (word, properties) = json.Single();
            var known = Words.Loaded.Choices(typeof(T)).ToList();
            var type = known.Find(k => k.Word == word).Type
                ?? throw new ModelException(
                    $"{path} names the {what} '{word}', which this program does not have; "
                        + $"it has {string.Join(", ", known.Select(k => k.Word))}."
                );
            return (T?)properties.Deserialize(type, DefinitionJson.Options);
        }
        catch (JsonException e)
        {
            throw new ModelException($"{path} cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>The files that there are.</summary>
internal static class WordFiles
{
    /// <summary>The layout that the recipe gave the model; where there is none, it is left to the prompts.</summary>
    public static WordFile<ChatFormat> ChatFormat { get; } = new("chat_format.json", "chat format");

    /// <summary>What the weights were kept as that an adapter was trained on; where there is none, in float32.</summary>
    public static WordFile<WeightFormat> BaseWeights { get; } = new("base_weights.json", "form of weights");
}
