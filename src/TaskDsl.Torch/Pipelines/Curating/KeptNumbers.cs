using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>Reads the numbers that stand beside an example's fields.</summary>
public static class KeptNumbers
{
    /// <summary>The number of an example.</summary>
    /// <exception cref="RunException">It has none.</exception>
    public static double Of(this KeptNumber number, Example example)
    {
        ArgumentNullException.ThrowIfNull(example);
        return (number == KeptNumber.Score ? example.Origin.Score : example.Origin.Confidence)
            ?? throw new RunException(
                number == KeptNumber.Score
                    ? $"{example.Origin} has no score: let a score step give one to all that is chosen from."
                    : $"{example.Origin} has no confidence: let a generate step answer all that is chosen from, with keep: [confidence]."
            );
    }
}
