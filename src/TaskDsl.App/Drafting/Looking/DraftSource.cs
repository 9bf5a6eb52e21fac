using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Shapes;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>A file with the source that reads it.</summary>
/// <param name="File">The file.</param>
/// <param name="Source">Its format, as the draft's YAML says it.</param>
internal sealed record DraftSource(GivenFile File, FileSource Source)
{
    /// <summary>The layout that a record was made in, where it is one that others use; null where its columns are fields.</summary>
    public static Shape? ShapeOf(JsonElement record) =>
        HasTurns(record, "messages", "role", "content") ? new Messages()
        : HasTurns(record, "conversations", "from", "value") ? new ShareGpt()
        : IsText(record, "instruction") && IsText(record, "output") ? new Alpaca()
        : null;

    /// <summary>Properties of turns besides speaker and words, which the source must be told to pass over.</summary>
    public static IEnumerable<string> BesideWords(JsonElement record, Shape shape)
    {
        var (turns, speaker, words) = shape is Messages ? ("messages", "role", "content") : ("conversations", "from", "value");
        if (shape is Alpaca || !record.TryGetProperty(turns, out var list) || list.ValueKind != JsonValueKind.Array)
            return [];
        return list.EnumerateArray()
            .Where(turn => turn.ValueKind == JsonValueKind.Object)
            .SelectMany(turn => turn.EnumerateObject())
            .Where(property => property.Value.ValueKind != JsonValueKind.Null)
            .Select(property => property.Name)
            .Where(name => name != speaker && name != words);
    }

    private static bool HasTurns(JsonElement record, string turns, string speaker, string words) =>
        record.TryGetProperty(turns, out var list)
        && list.ValueKind == JsonValueKind.Array
        && list.GetArrayLength() > 0
        && list[0].ValueKind == JsonValueKind.Object
        && IsText(list[0], speaker)
        && IsText(list[0], words);

    private static bool IsText(JsonElement record, string name) =>
        record.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;
}
