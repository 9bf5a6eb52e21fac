namespace TaskDsl.Testing;

/// <summary>A file that the generator wrote.</summary>
/// <param name="HintName">Its name, as <c>tasks/key_terms.task.g.cs</c>.</param>
/// <param name="Text">What stands in it.</param>
public sealed record GeneratedFile(string HintName, string Text)
{
    internal string SnapshotName => (HintName.EndsWith(".cs", StringComparison.Ordinal) ? HintName[..^3] : HintName).Replace('/', '.');
}
