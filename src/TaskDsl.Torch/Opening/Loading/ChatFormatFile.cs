using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Prompts;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>
/// <c>chat_format.json</c> in a tuned model's folder: the layout that its recipe gave it, in the words of the YAML, so that whoever loads
/// the model asks it as it was trained. A folder without it leaves the layout to the prompts.
/// </summary>
internal static class ChatFormatFile
{
    private const string Name = "chat_format.json";

    public static void Write(string folder, ChatFormat? format)
    {
        if (format is not null)
            File.WriteAllText(Path.Combine(folder, Name), DefinitionJson.Write(format)!.ToJsonString(DefinitionJson.Options));
    }

    /// <exception cref="ModelException">The file is broken, or names a format that this program does not have.</exception>
    public static ChatFormat? Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            return null;
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path)) is not JsonObject { Count: 1 } json)
                throw new ModelException($"{path} must hold one chat format, as {{\"chatml\": {{}}}}.");
            var (word, properties) = json.Single();
            var formats = Words.Loaded.Choices(typeof(ChatFormat)).ToList();
            var type = formats.Find(f => f.Word == word).Type
                ?? throw new ModelException(
                    $"{path} names the chat format '{word}', which this program does not have; "
                        + $"it has {string.Join(", ", formats.Select(f => f.Word))}."
                );
            return (ChatFormat?)properties.Deserialize(type, DefinitionJson.Options);
        }
        catch (JsonException e)
        {
            throw new ModelException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
