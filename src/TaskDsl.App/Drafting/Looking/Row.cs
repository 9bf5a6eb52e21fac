using System.Text.Json;
using TaskDsl.Data;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>A record as a draft sees it, before anything is typed; valid until the next is read.</summary>
/// <param name="Origin">Where it stands.</param>
/// <param name="Part">The part that its file is; null where none is said.</param>
/// <param name="Values">Its values by column.</param>
internal sealed record Row(RecordOrigin Origin, SplitName? Part, IReadOnlyDictionary<string, JsonElement> Values)
{
    /// <summary>A value as a text; null where there is none, or it is blank.</summary>
    public string? Text(string column) => Values.TryGetValue(column, out var value) ? Text(value) : null;

    private static string? Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            JsonValueKind.String => value.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? text : null,
            JsonValueKind.Array => value.GetArrayLength() == 0 ? "" : string.Join("\n", value.EnumerateArray().Select(i => Text(i) ?? "")),
            _ => value.GetRawText(),
        };
}
