namespace TaskDsl.Generators.Flow;

/// <summary>A declared definition.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Path">The file that declares it.</param>
/// <param name="HintName">The generated file that holds it.</param>
/// <param name="IsWhole">Whether it compiles: what refers to one that does not is left without a second error.</param>
/// <param name="Base">The definition without which it is nothing, as a prompt is without its task.</param>
public sealed record IndexEntry(DocumentKind Kind, string Name, string Path, string HintName, bool IsWhole, DocumentName? Base)
{
    /// <summary>
    /// Whether the name is a guess, because the file is broken before it could be read: it takes no name from others, and what refers to it
    /// is left without a second error.
    /// </summary>
    public bool IsGuess { get; private init; }

    /// <summary>The other project that declares it; null where that is this one.</summary>
    public ReferencedProject? Project { get; init; }

    /// <summary>Why nothing can be named so, where several other projects declare it; null where none or one does.</summary>
    public string? Unclear { get; init; }

    /// <summary>What is called so, as far as can be told.</summary>
    public static IndexEntry Guess(DocumentKind kind, string name, string path) =>
        new(kind, name, path, "", IsWhole: false, Base: null) { IsGuess = true };

    /// <summary>What it is called.</summary>
    public DocumentName Document => new(Kind.Word, Name);

    /// <summary>The generated class that holds it.</summary>
    public string ClassName => Kind.ClassName(Name);

    /// <summary>The property that yields it.</summary>
    public string Member => Kind.Member(Name);

    /// <summary>The C# expression that yields it, behind the root namespace; of what is another project's with its own.</summary>
    public string Expression => Project?.Global($"{ClassName}.{Member}") ?? $"{ClassName}.{Member}";
}
