namespace TaskDsl.Torch.Exporting.Writing;

/// <summary>What came of an export.</summary>
/// <param name="Measured">What was written, and how near it is to the model, a line each.</param>
/// <param name="Notices">What its users should know.</param>
public sealed record ExportOutcome(IReadOnlyList<string> Measured, IReadOnlyList<string> Notices);
