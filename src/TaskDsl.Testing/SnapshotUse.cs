using System.Collections.Concurrent;

namespace TaskDsl.Testing;

/// <summary>Who holds a text against a snapshot: two that do not know of each other would overwrite it in turn.</summary>
/// <param name="Test">The test, as it writes its parameters.</param>
/// <param name="Line">Where it verifies.</param>
/// <param name="Text">The text.</param>
internal sealed record SnapshotUse(string Test, int Line, string Text)
{
    // File systems that do not tell cases apart are common.
    private static readonly ConcurrentDictionary<string, SnapshotUse> Uses = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes the use of a snapshot. A test may run again, as it did before.</summary>
    /// <exception cref="SnapshotException">Another test, or another line of the test, uses it.</exception>
    public void Of(string path)
    {
        var first = Uses.GetOrAdd(path, this);
        if (first == this)
            return;
        var name = Path.GetFileName(path);
        throw new SnapshotException(
            first.Test != Test
                ? $"{name} is the snapshot of {first.Test} and of {Test}, which differ only in signs or case that a file's name cannot "
                    + "tell apart. Give them parameters that differ in letters."
            : first.Line != Line
                ? $"{name} is verified twice, in lines {first.Line} and {Line}. Give each its own parameters, as parameters: \"before\"."
            : $"{name} is verified twice with different texts, in line {Line}. Give each its own parameters: a theory's, or a loop's."
        );
    }
}
