using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Flow;

/// <summary>A definition whose C# name is taken.</summary>
/// <param name="Entry">The definition.</param>
/// <param name="Name">The name.</param>
/// <param name="Owner">What has it; null where generated code of another kind has.</param>
public sealed record NameClash(IndexEntry Entry, string Name, IndexEntry? Owner)
{
    /// <summary>Says so at the definition's name.</summary>
    public Problem ToProblem(SourceSpan place) =>
        Owner?.Document == Entry.Document
            ? new Problem(Rules.DuplicateName, Entry.Path, place, Entry.Kind.Word, Entry.Name, Owner.Path)
            : new Problem(
                Rules.NameClash,
                Entry.Path,
                place,
                Entry.Kind.Word,
                Entry.Name,
                Name,
                Owner is null ? "other generated code" : $"the {Owner.Kind.Word} '{Owner.Name}' ({Owner.Path})"
            );
}
