namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Which cell of a sweep was chosen.</summary>
/// <param name="Cell">The cell: <c>rank=8,seed=1</c>.</param>
/// <param name="Setting">It without its seed.</param>
/// <param name="By">What it was chosen by.</param>
/// <param name="Scores">What each cell has of that.</param>
public sealed record Chosen(string Cell, string Setting, string By, IReadOnlyDictionary<string, double> Scores);
