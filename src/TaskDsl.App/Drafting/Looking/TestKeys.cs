using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Disk;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>
/// A file beside a keyed JSON document that names its official test records by their keys. Whether it does is known once all the
/// document's records were read: each of its keys must be one of theirs.
/// </summary>
internal sealed class TestKeys
{
    private const long Largest = 8 << 20;

    private readonly HashSet<string> missing;

    private TestKeys(string path, HashSet<string> keys) => (Path, missing, Count) = (path, keys, keys.Count);

    /// <summary>Its path from the project's folder.</summary>
    public string Path { get; }

    /// <summary>How many keys it names.</summary>
    public int Count { get; }

    /// <summary>Whether all its keys were met.</summary>
    public bool IsWhole => missing.Count == 0;

    /// <summary>Meets a record.</summary>
    public void See(in RecordOrigin origin)
    {
        if (origin.Key is not null)
            missing.Remove(origin.Key);
    }

    /// <summary>The file beside a document that is called as a test part and has keys; null where there is none.</summary>
    public static TestKeys? Beside(DraftSource source, string project)
    {
        if (source.Source is not Json || source.File.Part is not null)
            return null;
        foreach (
            var file in Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(source.File.File)!, "*.json").Order(StringComparer.Ordinal)
        )
            if (
                RealFile.Of(file).Length <= Largest
                && GivenFile.Of(file, project) is { Part: SplitName.Test } named
                && Keys(file) is { Count: > 0 } keys
            )
                return new TestKeys(named.Path, keys);
        return null;
    }

    private static HashSet<string>? Keys(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement;
            return root.ValueKind switch
            {
                JsonValueKind.Object => [.. root.EnumerateObject().Select(property => property.Name)],
                JsonValueKind.Array when root.EnumerateArray().All(key => key.ValueKind == JsonValueKind.String) =>
                [
                    .. root.EnumerateArray().Select(key => key.GetString()!),
                ],
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null; // It is another file; nothing said that it has keys.
        }
    }
}
