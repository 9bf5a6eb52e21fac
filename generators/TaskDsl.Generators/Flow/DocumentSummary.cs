using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Flow;

/// <summary>A document as others see it: value-equal and without positions.</summary>
/// <param name="Entry">Its place in the index; null where it has no name.</param>
/// <param name="Shape">What can be seen of it beyond its name; null where that is nothing.</param>
public sealed record DocumentSummary(IndexEntry? Entry, DocumentShape? Shape)
{
    /// <summary>The files and folders that it names.</summary>
    public EquatableArray<string> Paths { get; init; }
}
