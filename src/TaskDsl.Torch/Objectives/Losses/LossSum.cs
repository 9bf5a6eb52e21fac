using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>One term's loss of a batch: a sum, never a mean; <see cref="ObjectiveRun.Count"/> says over how many.</summary>
/// <param name="Sum">A float32 scalar with its graph.</param>
public readonly record struct LossSum(Tensor Sum)
{
    /// <summary>
    /// What else the term says of validation examples: each a sum over what the term counts, which <c>metrics.jsonl</c> has as a mean,
    /// named <c>validation_…</c>. Default: nothing.
    /// </summary>
    public IReadOnlyList<(string Name, double Sum)> Measures { get; init; } = [];
}
