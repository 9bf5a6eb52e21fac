namespace TaskDsl.Torch.Tuning;

/// <summary>Which weights are trained, and in which form. Each method is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Tuning;
