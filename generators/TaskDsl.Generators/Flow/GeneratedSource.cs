namespace TaskDsl.Generators.Flow;

/// <summary>A generated file.</summary>
public sealed record GeneratedSource(string HintName, string Text);
