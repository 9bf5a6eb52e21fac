namespace TaskDsl.Generators.Flow;

/// <summary>What a document is called.</summary>
/// <param name="Kind">The word of its kind.</param>
/// <param name="Name">Its name among those.</param>
public readonly record struct DocumentName(string Kind, string Name);
