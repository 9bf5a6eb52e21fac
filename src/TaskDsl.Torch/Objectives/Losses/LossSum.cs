using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>The loss of a batch.</summary>
/// <param name="Sum">The sum over what is counted, a float32 scalar with its graph.</param>
/// <param name="Count">How many terms the sum has: tokens, as a rule.</param>
public readonly record struct LossSum(Tensor Sum, long Count)
{
    /// <summary>What else the objective says of validation examples: each a sum over the same terms, which <c>metrics.jsonl</c> has as a mean, named <c>validation_…</c>. Default: nothing.</summary>
    public IReadOnlyList<(string Name, double Sum)> Measures { get; init; } = [];
}
