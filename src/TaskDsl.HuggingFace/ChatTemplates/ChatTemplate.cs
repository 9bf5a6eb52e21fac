using System.Reflection;
using System.Text.Json;
using TaskDsl.HuggingFace.ChatTemplates.Jinja;
using TaskDsl.Prompts;
using TaskDsl.Vocabulary;

namespace TaskDsl.HuggingFace.ChatTemplates;

/// <summary>
/// A model's own layout of messages: the Jinja template in its folder. It is read when it is first used: a model whose template needs what
/// is not supported can still be used with another chat format. Thread-safe.
/// </summary>
public sealed class ChatTemplate
{
    private const string Config = "tokenizer_config.json";
    private const string OwnFile = "chat_template.jinja";
    private readonly string source;
    private readonly string file;
    private readonly (string Id, string Token)[] tokens;
    private readonly Lazy<JinjaTemplate> template;

    private ChatTemplate(string source, string file, IEnumerable<(string, string)> tokens)
    {
        (this.source, this.file, this.tokens) = (source, file, [.. tokens]);
        template = new Lazy<JinjaTemplate>(() => JinjaTemplate.Parse(source));
    }

    /// <summary>Its text.</summary>
    internal string Source => source;

    /// <summary>Its text, and what it can write by name.</summary>
    internal string Fingerprint => $"{source} {string.Join(' ', tokens)}";

    /// <summary>A template by its text.</summary>
    /// <param name="source">The text.</param>
    /// <param name="tokens">What it can write by name: <c>bos_token</c>, <c>eos_token</c> and their like.</param>
    public static ChatTemplate Of(string source, params IEnumerable<(string Id, string Token)> tokens) =>
        new(source, "chat_template", tokens);

    /// <summary>
    /// Reads a model's template from its folder: <c>chat_template.jinja</c>, or <c>chat_template</c> in <c>tokenizer_config.json</c> (of
    /// several, the one named <c>default</c>), or <c>chat_template.json</c>, in this order as transformers does; null where there is none.
    /// </summary>
    /// <exception cref="ChatTemplateException">A file is broken.</exception>
    public static ChatTemplate? Load(string folder)
    {
        using var config = Json(folder, Config);
        using var map = Json(folder, "special_tokens_map.json");
        (string, string)[] tokens = [.. Tokens(map).Concat(Tokens(config)).GroupBy(t => t.Id).Select(g => g.Last())];
        var own = Path.Combine(folder, OwnFile);
        if (File.Exists(own))
            return new ChatTemplate(File.ReadAllText(own), OwnFile, tokens);
        if (Named(config, Config) is { } inside)
            return new ChatTemplate(inside, Config + ", chat_template", tokens);
        using var processor = Json(folder, "chat_template.json");
        return Named(processor, "chat_template.json") is { } other ? new ChatTemplate(other, "chat_template.json", tokens) : null;
    }

    /// <summary>Writes the template beside <c>tokenizer_config.json</c>, unless it stands there anyway.</summary>
    public void Save(string folder)
    {
        if (!file.StartsWith(Config, StringComparison.Ordinal))
            File.WriteAllText(Path.Combine(folder, OwnFile), source);
    }

    /// <summary>Renders messages.</summary>
    /// <param name="messages">Who says what.</param>
    /// <param name="prompting">Whether the template goes on to where the model answers.</param>
    internal Text Render(IEnumerable<(Role Role, Text Content)> messages, bool prompting)
    {
        var list = messages.Select(object? (m) => Message(m.Role, m.Content)).ToList();
        try
        {
            return template.Value.Render(
                [
                    .. tokens.Select(t => (t.Id, (object?)new Text(t.Token))),
                    ("messages", list),
                    ("tools", null),
                    ("documents", null),
                    ("add_generation_prompt", prompting),
                    ("enable_thinking", false), // What a task asks for is the answer.
                ],
                Day
            );
        }
        catch (JinjaException e)
        {
            throw Unusable($"{file} ({e.At.Line},{e.At.Column}): {e.Message}", e);
        }
    }

    /// <summary>An error, with what can be done.</summary>
    internal static ChatTemplateException Unusable(string problem, Exception? inner = null) =>
        new($"the model's own chat template cannot be used: {problem} Choose another chat_format: {string.Join(", ", Others)}.", inner);

    // What a model was tuned on must not change with the day, so it is always the same: the day that Llama's templates write by default.
    private static DateTime Day { get; } = new(2024, 7, 26);

    private static Dict Message(Role role, Text content)
    {
        var message = new Dict();
        message[new Text("role")] = new Text(
            role switch
            {
                Role.System => "system",
                Role.User => "user",
                _ => "assistant",
            }
        );
        message[new Text("content")] = content;
        return message;
    }

    private static JsonDocument? Json(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            return null;
        try
        {
            var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return json.RootElement.ValueKind == JsonValueKind.Object ? json : throw new ChatTemplateException($"{path} holds no object.");
        }
        catch (JsonException e)
        {
            throw new ChatTemplateException($"{path} is no JSON: {e.Message}", e);
        }
    }

    private static IEnumerable<(string Id, string Token)> Tokens(JsonDocument? json)
    {
        foreach (var property in json?.RootElement.EnumerateObject().ToArray() ?? [])
        {
            if (!property.Name.EndsWith("_token", StringComparison.Ordinal))
                continue;
            var value =
                property.Value.ValueKind == JsonValueKind.Object && property.Value.TryGetProperty("content", out var content)
                    ? content
                    : property.Value;
            if (value.ValueKind == JsonValueKind.String)
                yield return (property.Name, value.GetString()!);
        }
    }

    private static string? Named(JsonDocument? json, string name)
    {
        if (json is null || !json.RootElement.TryGetProperty("chat_template", out var given) || given.ValueKind == JsonValueKind.Null)
            return null;
        if (given.ValueKind == JsonValueKind.String)
            return given.GetString();
        var all =
            given.ValueKind == JsonValueKind.Array
                ? given
                    .EnumerateArray()
                    .Where(t => t.ValueKind == JsonValueKind.Object)
                    .ToDictionary(t => Word(t, "name"), t => Word(t, "template"), StringComparer.Ordinal)
                : throw Unusable($"chat_template in {name} is neither a text nor a list.");
        return all.TryGetValue("default", out var template)
            ? template
            : throw Unusable($"{name} has the templates {string.Join(", ", all.Keys)}, and none named 'default'.");

        string Word(JsonElement entry, string key) =>
            entry.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : throw Unusable($"a template in {name} has no {key}.");
    }

    /// <summary>The chat formats that stand in no model's folder.</summary>
    internal static IEnumerable<string> Others =>
        typeof(ChatFormat)
            .Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(ChatFormat)))
            .Select(t => t.GetCustomAttribute<KeywordAttribute>()!.Word)
            .Order(StringComparer.Ordinal);
}
