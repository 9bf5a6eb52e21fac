using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Flow;

/// <summary>A kind of YAML file: how it is read beyond its vocabulary, what it is called in C#, what is written for it.</summary>
/// <param name="Word">The word in its file's name and at its head, as <c>recipe</c>.</param>
public abstract record DocumentKind(string Word)
{
    /// <summary>The package that brings the kind, where it is one of ours.</summary>
    public virtual string? Package => null;

    /// <summary>The class, in metadata, that its files are compiled to; null where others refer to the definition itself.</summary>
    public virtual string? Compiled => null;

    /// <summary>The list of the catalogue that holds them.</summary>
    public virtual string Listing => "Definitions";

    /// <summary>Whether the class of each is its own, and not one that all of the kind share.</summary>
    public virtual bool HasOwnClass => true;

    /// <summary>The class that holds the definition of a name, without namespace.</summary>
    public abstract string ClassName(string name);

    /// <summary>The property of that class that yields it.</summary>
    public abstract string Member(string name);

    /// <summary>The definition without which it is nothing, as a prompt is without its task; null where there is none.</summary>
    public virtual BoundReference? Base(BoundRecord value) => null;

    /// <summary>Whether others see of it what <see cref="Shape"/> reads, so that without it nothing is whole.</summary>
    public virtual bool HasShape => false;

    /// <summary>Reads what others see of it; null where there is none, or it is broken, and then there are problems that say why.</summary>
    public virtual DocumentShape? Shape(BoundRecord value, string path, VocabularyModel vocabulary, List<Problem> problems) => null;

    /// <summary>Whether what is written for one, or reported of it, depends on the shapes of what it names.</summary>
    public virtual bool SeesShapes(BoundRecord value) => false;

    /// <summary>Writes its C#; null where that cannot be.</summary>
    public abstract string? Emit(ScopedDocument document, EmitContext context);
}
