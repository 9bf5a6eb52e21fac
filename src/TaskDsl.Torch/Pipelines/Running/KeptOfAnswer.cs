using System.Text.Json.Nodes;
using TaskDsl.Data;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What goes with an example of the answer that it was made of. Its text is what an origin keeps.</summary>
/// <param name="Model">A hash of the model that gave the answer.</param>
public sealed record KeptOfAnswer(string Model)
{
    private const int Digits = 5;

    /// <summary>The number of the answer among several to one record, from 0; null where there is one.</summary>
    public int? Sample { get; init; }

    /// <summary>The logarithm of its probability; one that is infinite is not written, since JSON has no such number.</summary>
    public double? LogProbability { get; init; }

    /// <summary>Each label's probability, by its key; written to seven digits, so that small ones can be learned too.</summary>
    public IReadOnlyDictionary<string, double>? Scores { get; init; }

    /// <summary>The texts of all answers to the record.</summary>
    public IReadOnlyList<string>? Samples { get; init; }

    /// <summary>Which piece of what the record is that is answered; null where it is none.</summary>
    public Piece? Piece { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        var kept = new JsonObject { [KeptColumns.Model] = Model };
        if (Sample is { } sample)
            kept[KeptColumns.Sample] = sample;
        if (LogProbability is { } probability && double.IsFinite(probability))
            kept[KeptColumns.LogProbability] = Math.Round(probability, Digits);
        if (Scores is not null)
            kept[KeptColumns.Scores] = new JsonObject(
                Scores.Select(score => KeyValuePair.Create<string, JsonNode?>(score.Key, (float)score.Value))
            );
        if (Samples is not null)
            kept[KeptColumns.Samples] = new JsonArray([.. Samples.Select(text => (JsonNode)text)]);
        if (Piece is not null)
            kept[KeptColumns.Piece] = Piece.ToJson();
        return KeptColumns.Text(kept);
    }
}
