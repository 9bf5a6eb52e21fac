using Microsoft.CodeAnalysis;

namespace TaskDsl.Generators.Vocabulary;

/// <summary>
/// The full name of a type, as of an attribute. At every edit of C# it is held against every attribute of the vocabulary: it is compared
/// part by part, the type's own name first, and no text is made.
/// </summary>
/// <param name="space">The namespace.</param>
/// <param name="name">The name in it.</param>
internal sealed class TypeName(string space, string name)
{
    private readonly string[] outwards = [.. Enumerable.Reverse(space.Split('.'))];

    /// <summary>Whether it is a type's name.</summary>
    public bool IsOf(INamedTypeSymbol? type)
    {
        if (type is not { ContainingType: null, Arity: 0 } || type.Name != name)
            return false;
        var around = type.ContainingNamespace;
        foreach (var part in outwards)
        {
            if (around?.Name != part)
                return false;
            around = around.ContainingNamespace;
        }

        return around is { IsGlobalNamespace: true };
    }

    /// <summary>The attribute of this name; null where the symbol has none.</summary>
    public AttributeData? On(ISymbol symbol)
    {
        foreach (var attribute in symbol.GetAttributes())
            if (IsOf(attribute.AttributeClass))
                return attribute;
        return null;
    }
}
