namespace TaskDsl.Torch.Objectives;

/// <summary>What a run minimises. Each objective is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Objective;
