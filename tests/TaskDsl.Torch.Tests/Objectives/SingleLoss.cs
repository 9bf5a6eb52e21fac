using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives.Losses;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Objectives;

/// <summary>The loss of one batch by an objective of one term.</summary>
internal sealed record SingleLoss(Tensor Sum, double Count, IReadOnlyList<(string Name, double Sum)> Measures);

internal static class ObjectiveExtensions
{
    public static SingleLoss Loss(this Objective objective, LanguageModel model, TokenBatch batch)
    {
        using var run = objective.Start(new ObjectiveStart { Model = model });
        return run.Loss(model, batch);
    }

    public static SingleLoss Loss(this ObjectiveRun run, LanguageModel model, TokenBatch batch)
    {
        using var pass = new ForwardPass(model, batch);
        var loss = run.Loss(pass).Single();
        return new(loss.Sum, run.Count(batch).Single(), loss.Measures);
    }
}
