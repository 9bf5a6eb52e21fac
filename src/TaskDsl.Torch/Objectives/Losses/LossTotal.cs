using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>The terms of a loss over several batches: sums with their counts, until they are shown.</summary>
/// <param name="terms">The terms.</param>
public sealed class LossTotal(IReadOnlyList<LossTerm> terms)
{
    private readonly double[] counts = new double[terms.Count],
        sums = new double[terms.Count];
    private readonly List<(string Name, int Term, double Sum)> measures = [];
    private readonly List<(int Term, Tensor Sum)> unread = [];
    private int read;
    private int? broken;

    /// <summary>Whether nothing was counted.</summary>
    public bool IsEmpty => counts.All(c => c == 0);

    /// <summary>The loss: Σ weight · sum / count over the terms that were counted.</summary>
    public double Mean
    {
        get
        {
            Read();
            return Counted.Sum(t => terms[t].Weight * (sums[t] / counts[t]));
        }
    }

    /// <summary>The scale at which the first counted term's <see cref="Scaled"/> is its sum.</summary>
    public double Unit => Counted.Select(t => counts[t] / terms[t].Weight).First();

    /// <summary>Each term's own mean, where there are several.</summary>
    public IEnumerable<(string Name, double Value)> Terms
    {
        get
        {
            Read();
            return terms.Count == 1 ? [] : Counted.Select(t => ($"{terms[t].Name}_loss", sums[t] / counts[t]));
        }
    }

    /// <summary>The number of the first batch, from 0, with which the loss was no longer finite; null where it is.</summary>
    public int? Broken
    {
        get
        {
            Read();
            return broken;
        }
    }

    /// <summary>What else was measured, each a mean, after <see cref="Terms"/>.</summary>
    public IEnumerable<(string Name, double Value)> Measures =>
        [
            .. Terms,
            .. measures
                .Where(m => counts[m.Term] > 0)
                .GroupBy(m => (m.Name, m.Term))
                .Select(g =>
                    (terms.Count == 1 ? g.Key.Name : $"{terms[g.Key.Term].Name}_{g.Key.Name}", g.Sum(m => m.Sum) / counts[g.Key.Term])
                ),
        ];

    private IEnumerable<int> Counted => Enumerable.Range(0, counts.Length).Where(t => counts[t] > 0);

    /// <summary>Adds what a batch has of what each term counts.</summary>
    public void Count(double[] batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (var t = 0; t < counts.Length; t++)
            counts[t] += batch[t];
    }

    /// <summary>Adds a batch's sums. They are read when they are asked for: on a GPU reading waits for the whole batch.</summary>
    public void Add(LossSum[] batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (var t = 0; t < sums.Length; t++)
        {
            unread.Add((t, batch[t].Sum.detach().DetachFromDisposeScope()));
            measures.AddRange(batch[t].Measures.Select(m => (m.Name, t, m.Sum)));
        }
    }

    private void Read()
    {
        foreach (var (term, sum) in unread)
        {
            using (sum)
                sums[term] += sum.ToDouble();
            if (term < terms.Count - 1)
                continue;
            if (Counted.Any(t => !double.IsFinite(sums[t])))
                broken ??= read;
            read++;
        }

        unread.Clear();
    }

    /// <summary>A batch's share of <see cref="Mean"/> once all batches are counted, times a scale: what is differentiated.</summary>
    /// <param name="losses">The batch's sums.</param>
    /// <param name="batch">The batch's counts.</param>
    /// <param name="scale">The scale.</param>
    /// <returns>A scalar; null where the batch has nothing that counts.</returns>
    public Tensor? Scaled(LossSum[] losses, double[] batch, double scale)
    {
        ArgumentNullException.ThrowIfNull(losses);
        ArgumentNullException.ThrowIfNull(batch);
        Tensor? all = null;
        foreach (var t in Counted.Where(t => batch[t] > 0))
        {
            var (sum, factor) = (losses[t].Sum, scale * terms[t].Weight / counts[t]);
            if (factor != 1) // A tensor, not a number: TorchSharp wraps a number in a native object that only a finaliser frees.
                sum = sum * tensor((float)factor, device: sum.device);
            all = all is null ? sum : all + sum;
        }

        return all;
    }
}
