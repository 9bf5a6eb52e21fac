using System.Text.Json;
using System.Text.Json.Nodes;

namespace TaskDsl.Data;

/// <summary>Which piece of what an example is, where a stage has cut it: the column <c>$piece</c>.</summary>
/// <param name="Document">What it is a piece of: a hash of that example.</param>
/// <param name="Number">Which one, from 0.</param>
/// <param name="Count">How many there are.</param>
public sealed record Piece(string Document, int Number, int Count)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The number that its first line shows; null where lines have none.</summary>
    public int? Line { get; init; }

    /// <summary>What stands before a line that shows its number.</summary>
    public static string NumberOf(int line) => $"[{line:000}]";

    /// <summary>The piece that an example is; null where it is none.</summary>
    /// <exception cref="DataException">What stands there is none.</exception>
    public static Piece? Of(RecordOrigin origin)
    {
        if (origin.Kept is null || JsonNode.Parse(origin.Kept)![KeptColumns.Piece] is not { } node)
            return null;
        try
        {
            return
                node.Deserialize<Piece>(Names) is { Document: not null, Number: >= 0, Line: null or >= 0 } piece
                && piece.Number < piece.Count
                ? piece
                : throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new DataException(
                $"{origin}: error: {KeptColumns.Piece} is {node.ToJsonString()}, which no stage has written; take the column out.",
                e
            );
        }
    }

    /// <summary>As it stands in the column.</summary>
    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, Names)!;
}
