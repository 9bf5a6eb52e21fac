using System.Runtime.InteropServices;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// The mean of each label's F1: a rare label weighs as much as a frequent one. The labels are those that occur in gold or answers, as in
/// scikit-learn's <c>f1_score(average='macro')</c> and, by the kinds of entities, in seqeval.
/// </summary>
/// <remarks>
/// What does not parse is wrong for its gold and no label of its own. Where nothing occurs at all, right is 1, where the references say 0.
/// </remarks>
[Keyword("macro_f1")]
[Measures("label", "labels", "entities", "int", "bool")]
public sealed record MacroF1 : Metric
{
    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        var labels = new Dictionary<OutputItem, (int Right, int Gold, int Predicted)>();
        foreach (var (gold, predicted) in answers)
        {
            foreach (var item in gold)
                CollectionsMarshal.GetValueRefOrAddDefault(labels, Label(item), out _).Gold++;
            if (predicted is null)
                continue;
            var left = new Counts(gold);
            foreach (var item in predicted)
            {
                ref var label = ref CollectionsMarshal.GetValueRefOrAddDefault(labels, Label(item), out _);
                label.Predicted++;
                if (left.Take(item))
                    label.Right++;
            }
        }

        return labels.Count == 0 ? 1 : labels.Values.Average(label => 2.0 * label.Right / (label.Gold + label.Predicted));
    }

    // An entity counts for its kind, whatever its text.
    private static OutputItem Label(OutputItem item) =>
        item.Field.Contains('/', StringComparison.Ordinal) ? item with { Value = "" } : item;
}
