namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A step as it runs: of one round and one cell, its names resolved.</summary>
/// <param name="Name">Its name, the folder's too: <c>self.2.student</c>, <c>tuned[rank=8,seed=1]</c>.</param>
/// <param name="Step">What it does, without rounds and sweeps.</param>
/// <param name="Path">As the pipeline names it: <c>self.student</c>, <c>tuned</c>.</param>
/// <param name="Cell">The cells that it is of, as <c>rank=8,seed=1</c>; empty where nothing is swept.</param>
/// <param name="IsLast">Whether it is of the last rounds, which its path means.</param>
internal sealed record UnrolledStep(string Name, PipelineStep Step, string Path, string Cell, bool IsLast)
{
    /// <summary>What the names in it mean, without their signs.</summary>
    public IReadOnlyDictionary<string, Needed> Needs { get; init; } = new Dictionary<string, Needed>();
}
