using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>
/// The divergence of a head's probabilities from those that a teacher has given all labels, at a temperature T, times T², besides the
/// cross-entropy of the example's own label (arXiv 1503.02531): stored probabilities in the place of a teacher at work.
/// </summary>
/// <param name="model">A model whose head answers by one of its labels.</param>
/// <param name="temperature">Divides the model's scores; <see cref="Target"/> has applied it to the teacher's.</param>
/// <param name="share">The share of the divergence; the rest is the own label's. An example without stored scores has that alone.</param>
public sealed class SoftLabels(LanguageModel model, double temperature, double share) : ObjectiveRun
{
    private const double Tiny = 1e-30; // So that 0 · log 0 is 0.

    /// <summary>
    /// What is learned of an example: each label's probability at a temperature, in the order of the labels, with the number of its own
    /// label behind them; that number alone where no scores are kept with it.
    /// </summary>
    /// <param name="task">The task, which answers by one label.</param>
    /// <param name="example">The example.</param>
    /// <param name="labels">The labels in the order of the head's scores.</param>
    /// <param name="temperature">The stored probabilities are raised to one by it, and sum up to 1 again.</param>
    /// <exception cref="DataException">The scores are of other labels, or no probabilities.</exception>
    public static float[] Target(DslTask task, Example example, IReadOnlyList<string> labels, double temperature)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(example);
        ArgumentNullException.ThrowIfNull(labels);
        float own = labels.ToList().IndexOf(task.Items(example.OutputValue)[0].Value);
        if (KeptColumns.ScoresOf(example.Origin) is not { } scores)
            return [own];
        if (scores.Keys.FirstOrDefault(label => !labels.Contains(label)) is { } unknown)
            throw Wrong($"are of '{unknown}', which is no label of the task '{task.Name}'");
        if (labels.FirstOrDefault(label => !scores.ContainsKey(label)) is { } missing)
            throw Wrong($"have none for '{missing}', a label of the task '{task.Name}'");
        if (scores.FirstOrDefault(score => !(score.Value is >= 0 and <= 1)) is { Key: not null } wrong)
            throw Wrong($"have {wrong.Value} for '{wrong.Key}', which is no probability");
        double[] soft = [.. labels.Select(label => Math.Pow(scores[label], 1 / temperature))];
        var sum = soft.Sum(); // Of a teacher that writes, other texts have the rest.
        return sum > 0 ? [.. soft.Select(p => (float)(p / sum)), own] : throw Wrong("are all 0");

        DataException Wrong(string what) =>
            new($"{example.Origin}: error: the teacher's scores {what}. Let a generate step of the task as it is now keep them anew.");
    }

    /// <inheritdoc/>
    public override double[] Count(TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return [batch.Sequences.Sum(s => (double)s.Weight)];
    }

    /// <inheritdoc/>
    public override LossSum[] Loss(ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using var scope = NewDisposeScope();
        var sequences = pass.Batch.Sequences;
        var labels = model.Config.Labels.Count;
        foreach (var placed in sequences)
            HostChecks.Label(placed, placed.Sequence.Target[^1], model);
        // Before the model runs: on a GPU a copy waits for what runs there.
        var own = FromHost.Tensor(sequences.Select(s => (long)s.Sequence.Target[^1]).ToArray(), model.Device).unsqueeze(1); // [texts, 1]
        var soft = FromHost.Tensor( // [texts, labels]
            sequences.SelectMany(s => IsSoft(s) ? s.Sequence.Target[..^1] : new float[labels]).ToArray(),
            [sequences.Count, labels],
            model.Device
        );
        var shares = Column(sequences.Select(s => IsSoft(s) ? (float)share : 0)); // [texts, 1]
        var weights = Column(sequences.Select(s => s.Weight)); // [texts, 1]
        var scores = model.Logits(pass.OfTexts()).to(ScalarType.Float32); // [texts, labels]; 16 bits under autocast
        var divergence = (soft * (soft.clamp_min(Tiny).log() - (scores / temperature).log_softmax(1))).sum(1, keepdim: true);
        var right = -scores.log_softmax(1).gather(1, own); // [texts, 1]
        var losses = shares * divergence * (temperature * temperature) + (1 - shares) * right;
        return [new((losses * weights).sum().MoveToOuterDisposeScope())];
    }

    /// <summary>Whether a sequence has a teacher's scores.</summary>
    public static bool IsSoft(PlacedSequence placed)
    {
        return placed.Sequence.Target.Length > 1;
    }

    private Tensor Column(IEnumerable<float> values) => FromHost.Tensor(values.ToArray(), model.Device).unsqueeze(1);
}
