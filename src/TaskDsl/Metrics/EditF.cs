using System.ComponentModel.DataAnnotations;
using TaskDsl.Codecs;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// F of the edits that an answer makes of a text of its input, against those that gold makes: the same place and the same text, of all
/// answers together. Precision counts more than recall (F0.5), as is usual for corrections.
/// </summary>
/// <remarks>
/// Sums and F as ERRANT's <c>errant_compare</c> has them (Bryant et al. 2017): where no edit was wrong, precision is 1, where none was
/// missed, recall is. The edits themselves are those of the format <c>edits</c>: ERRANT aligns by part of speech and merges by rules of
/// English.
/// </remarks>
[Keyword("edit_f")]
[Measures("text", "string")]
public sealed record EditF : Metric
{
    /// <summary>The text that is edited.</summary>
    [Shorthand]
    public required TextExpression Of { get; init; }

    /// <summary>How many times as much recall counts as precision.</summary>
    [Range(0.01, 100.0)]
    public double Beta { get; init; } = 0.5;

    /// <summary>What is counted.</summary>
    public EditUnit Unit { get; init; } = EditUnit.Word;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        long right = 0,
            gold = 0,
            predicted = 0;
        foreach (var answer in answers)
        {
            var example = answer.Example ?? throw new InvalidOperationException("edit_f: an answer comes without the example it is of.");
            var source = EditUnits.Of(Of.Of(example) ?? "", Unit);
            var wanted = Edits.Between(source, EditUnits.Of(Text(answer.Gold), Unit));
            gold += wanted.Count;
            if (answer.Predicted is null)
                continue;
            var made = Edits.Between(source, EditUnits.Of(Text(answer.Predicted), Unit));
            predicted += made.Count;
            right += made.Intersect(wanted).Count();
        }

        var precision = predicted == right ? 1 : (double)right / predicted;
        var recall = gold == right ? 1 : (double)right / gold;
        var weight = Beta * Beta;
        return precision + recall > 0 ? (1 + weight) * precision * recall / ((weight * precision) + recall) : 0;
    }

    private static string Text(IReadOnlyList<OutputItem> items) => items is [var only, ..] ? only.Value : "";
}
