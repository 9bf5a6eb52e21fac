using System.Runtime.InteropServices;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>The mean, over the labels that occur, of each label's F1: a rare label weighs as much as a frequent one.</summary>
[Keyword("macro_f1")]
public sealed record MacroF1 : Metric
{
    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        var labels = new Dictionary<OutputItem, (int Right, int Gold, int Predicted)>();
        foreach (var (gold, predicted) in answers)
        {
            foreach (var item in gold)
                CollectionsMarshal.GetValueRefOrAddDefault(labels, item, out _).Gold++;
            if (predicted is null)
                continue;
            var left = new Counts(gold);
            foreach (var item in predicted)
            {
                ref var label = ref CollectionsMarshal.GetValueRefOrAddDefault(labels, item, out _);
                label.Predicted++;
                if (left.Take(item))
                    label.Right++;
            }
        }

        return labels.Count == 0 ? double.NaN : labels.Values.Average(label => 2.0 * label.Right / (label.Gold + label.Predicted));
    }
}
