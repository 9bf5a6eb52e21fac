using System.Text;
using System.Text.Json;
using TaskDsl.Disk;

namespace TaskDsl.HuggingFace.Tokenizers.Reading;

/// <summary>A tokenizer's files, as they lie in a folder; they are kept and written as they were read.</summary>
internal sealed class TokenizerFiles
{
    private const string ConfigName = "tokenizer_config.json",
        MapName = "special_tokens_map.json";
    private readonly string folder;
    private readonly SortedDictionary<string, byte[]> read = new(StringComparer.Ordinal);
    private readonly JsonPart map;

    private TokenizerFiles(string folder, IEnumerable<(string Name, byte[] Content)> files)
    {
        this.folder = folder;
        foreach (var (name, content) in files)
            read[name] = content;
        Config = Json(ConfigName) ?? Empty(ConfigName);
        map = Json(MapName) ?? Empty(MapName);
        Model = Json("config.json") ?? Empty("config.json");
        read.Remove("config.json"); // It is the model's.
    }

    /// <summary><c>tokenizer_config.json</c>; empty where it is missing.</summary>
    public JsonPart Config { get; }

    /// <summary>The model's <c>config.json</c>; empty where it is missing.</summary>
    public JsonPart Model { get; }

    /// <summary>The class that the files name, without "Fast"; otherwise the model's family (<c>model_type</c>); otherwise null.</summary>
    public string? Class =>
        Config.Text("tokenizer_class") is { } name ? name.Replace("Fast", "", StringComparison.Ordinal) : Model.Text("model_type");

    public IEnumerable<string> Names => read.Keys;

    public static TokenizerFiles Open(string folder)
    {
        if (!Directory.Exists(folder))
            throw new ModelException($"there is no folder '{folder}'.");
        string[] names =
        [
            .. TokenizerReader.FileNames,
            ConfigName,
            MapName,
            "added_tokens.json",
            "chat_template.jinja",
            "chat_template.json",
            "config.json",
        ];
        return new(
            folder,
            names.Where(n => File.Exists(Path.Combine(folder, n))).Select(n => (n, File.ReadAllBytes(Path.Combine(folder, n))))
        );
    }

    /// <summary>Files that were just made.</summary>
    public static TokenizerFiles Made(string name, params (string Name, string Content)[] files) =>
        new(name, files.Select(f => (f.Name, Encoding.UTF8.GetBytes(f.Content))));

    public bool Has(string name) => read.ContainsKey(name);

    public byte[] Bytes(string name) => read[name];

    /// <summary>A file's lines, without line ends.</summary>
    public string[] Lines(string name) => Encoding.UTF8.GetString(Bytes(name)).TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');

    public string PathOf(string name) => Path.Combine(folder, name);

    public JsonPart? Json(string name)
    {
        if (!Has(name))
            return null;
        try
        {
            var bytes = Bytes(name).AsMemory();
            using var document = JsonDocument.Parse(bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new(PathOf(name), "", document.RootElement.Clone())
                : throw new ModelException($"{PathOf(name)} holds no JSON object.");
        }
        catch (JsonException e)
        {
            throw new ModelException($"{PathOf(name)} is no JSON: {e.Message}", e);
        }
    }

    /// <summary>The token of a role, as the configuration names it.</summary>
    public string? RoleToken(string role)
    {
        foreach (var source in (JsonPart[])[Config, map])
            if (source.Find(role) is { } part)
                return part.Value.ValueKind == JsonValueKind.Object ? part["content"].String() : part.String();
        return null;
    }

    public void Save(string to)
    {
        foreach (var (name, content) in read)
            AtomicFile.Write(Path.Combine(to, name), stream => stream.Write(content));
    }

    private JsonPart Empty(string name) => new(PathOf(name), "", JsonDocument.Parse("{}").RootElement);
}
