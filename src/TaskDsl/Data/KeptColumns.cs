using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>
/// What steps of a pipeline and stages have noted of an example, as what is kept of its answer, written beside the fields of its record
/// under names that no field can have. It goes with the example as it is (<see cref="RecordOrigin.Kept"/>).
/// </summary>
public static class KeptColumns
{
    /// <summary>The column of a hash of the model that gave the answer.</summary>
    public const string Model = "$model";

    /// <summary>The column of the number of this answer among several to one record, from 0.</summary>
    public const string Sample = "$sample";

    /// <summary>The column of the logarithm of the answer's probability.</summary>
    public const string LogProbability = "$log_probability";

    /// <summary>The column of each label's probability, by its key.</summary>
    public const string Scores = "$scores";

    /// <summary>The column of the texts of all answers to the record.</summary>
    public const string Samples = "$samples";

    /// <summary>The column of which piece of a document a record is, where it is one.</summary>
    public const string Piece = "$piece";

    private static readonly JsonSerializerOptions OneLine = new(DefinitionJson.Options) { WriteIndented = false };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Model, Sample, LogProbability, Scores, Samples, Piece];

    /// <summary>Those of a record, as one JSON object; null where it has none.</summary>
    public static string? Of(JsonObject record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var kept = new JsonObject();
        foreach (var column in All)
            if (record[column] is { } value)
                kept[column] = value.DeepClone();
        return kept.Count == 0 ? null : Text(kept);
    }

    /// <summary>What is kept, on one line, every letter as it is.</summary>
    public static string Text(JsonObject kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        return kept.ToJsonString(OneLine);
    }

    /// <summary>The scores that are kept of an example's answer, by the labels' keys; null where none are.</summary>
    /// <exception cref="DataException">They are no numbers.</exception>
    public static IReadOnlyDictionary<string, double>? ScoresOf(RecordOrigin origin)
    {
        if (origin.Kept is null || JsonNode.Parse(origin.Kept)![Scores] is not { } scores)
            return null;
        try
        {
            return scores.Deserialize<Dictionary<string, double>>()!;
        }
        catch (JsonException e)
        {
            throw new DataException($"{origin}: error: {Scores} is {scores.ToJsonString()}; expected a number for each label.", e);
        }
    }
}
