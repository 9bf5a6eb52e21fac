namespace TaskDsl.Tasks;

/// <summary>A named piece of text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text, as it stands in the input.</param>
public readonly record struct Entity<TKind>(TKind Kind, string Text)
    where TKind : struct, Enum;
