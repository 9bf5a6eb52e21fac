using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Training;

/// <summary>The loss or the gradients are no longer finite; the run stopped before they reached the weights.</summary>
public sealed class TrainingDivergedException(string message) : RunException(message)
{
    /// <summary>Names the batch, its records, and what usually helps.</summary>
    internal static TrainingDivergedException At(int done, int steps, TrainingStep step, TokenBatch batch, string problem, string? good)
    {
        var place =
            step.Batches.Count == 1
                ? ""
                : $", in batch {step.Batches.Index().First(b => b.Item == batch).Index + 1} of {step.Batches.Count}";
        var records = string.Join(", ", batch.Origins.Take(10)) + (batch.Origins.Count > 10 ? $" and {batch.Origins.Count - 10} more" : "");
        return new(
            $"Training stopped at step {done + 1} of {steps}{place}: {problem}. The weights are still those of step {done}.\n"
                + $"The batch's records: {Records(batch)}.\n"
                + (good is null ? "No checkpoint was written yet." : $"The last good checkpoint is {good}.")
                + "\nA lower optimizer.learning_rate, more schedule.warm_up or a lower clip_norm usually cures it; one of these records "
                + "may also be broken."
        );
    }

    /// <summary>Where the records of a batch stand.</summary>
    internal static string Records(TokenBatch batch) =>
        string.Join(", ", batch.Origins.Take(10)) + (batch.Origins.Count > 10 ? $" and {batch.Origins.Count - 10} more" : "");
}
