namespace TaskDsl.Generators.Flow;

/// <summary>A definition whose C# name is taken.</summary>
/// <param name="Entry">The definition.</param>
/// <param name="Name">The name.</param>
/// <param name="Owner">What has it; null where generated code of another kind has.</param>
public sealed record NameClash(IndexEntry Entry, string Name, IndexEntry? Owner);
