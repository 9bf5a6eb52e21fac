using System.Text.Json;

namespace TaskDsl.Data;

/// <summary>The keys of a file's official test records; each must be found, or the division would not be the official one.</summary>
internal sealed class TestKeys
{
    private readonly string path;
    private readonly HashSet<string> all;
    private readonly HashSet<string> missing;

    private TestKeys(string path, HashSet<string> all) => (this.path, this.all, missing) = (path, all, [.. all]);

    /// <summary>Reads an array of keys, or an object that has them; null where the source names no such file.</summary>
    /// <exception cref="DataException">The file is missing, or something else.</exception>
    public static TestKeys? Read(FileSource source, string directory)
    {
        if (source.TestKeys is not { } path)
            return null;
        byte[] json = [];
        try
        {
            json = File.ReadAllBytes(Path.GetFullPath(path, directory));
            using var document = JsonDocument.Parse(json);
            var keys = Keys(document.RootElement) ?? throw Wrong($"it holds {Texts.Describe(document.RootElement)}");
            return keys.Count == 0 ? throw Wrong("it holds none")
                : keys.GroupBy(key => key).FirstOrDefault(same => same.Count() > 1) is { } twice
                    ? throw Wrong($"it holds '{twice.Key}' twice, and one record has one key")
                : new TestKeys(path, [.. keys]);
        }
        catch (JsonException e)
        {
            throw Wrong(BrokenJson.Describe(json, e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw Wrong(e.Message);
        }

        DataException Wrong(string found) =>
            new($"{path}: error: test_keys needs a JSON array of keys, or an object that has them: {found}");
    }

    private static List<string>? Keys(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object ? [.. root.EnumerateObject().Select(p => p.Name)]
        : root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray().Select(Key)]
        : null;

    private static string Key(JsonElement key) =>
        key.ValueKind switch
        {
            JsonValueKind.String => key.GetString()!,
            JsonValueKind.Number => key.GetRawText(),
            _ => throw new InvalidOperationException($"it holds {Texts.Describe(key)} as a key."),
        };

    /// <summary>Whether a record is a test record.</summary>
    /// <exception cref="DataException">The file's records have no keys.</exception>
    public bool Has(in RecordOrigin origin)
    {
        if (origin.Key is null)
            throw new DataException(
                $"{origin}: error: the record has no key, so test_keys cannot choose it; keyed records are an object of objects in "
                    + "a JSON file."
            );
        missing.Remove(origin.Key);
        return all.Contains(origin.Key);
    }

    /// <summary>Throws where a key was never met.</summary>
    /// <exception cref="DataException">It names some of them.</exception>
    public void CheckAllFound(DataSource source)
    {
        if (missing.Count > 0)
            throw new DataException(
                $"{path}: error: {missing.Count} of {all.Count} test keys have no record in {source.Title}: "
                    + $"{string.Join(", ", missing.Order(StringComparer.Ordinal).Take(5))}{(missing.Count > 5 ? ", …" : "")}."
            );
    }
}
