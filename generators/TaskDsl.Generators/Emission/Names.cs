using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace TaskDsl.Generators.Emission;

/// <summary>Names across the border: snake_case in YAML, PascalCase in C#.</summary>
public static class Names
{
    /// <summary>
    /// <c>key_terms</c> → <c>KeyTerms</c>. Whatever cannot stand in an identifier separates words; a name that begins with a digit gets
    /// an underscore. Null where nothing is left.
    /// </summary>
    public static string? Pascal(string name)
    {
        var pascal = new StringBuilder();
        var begin = true;
        foreach (var c in name)
        {
            if (c == '_' || !IsPart(c))
            {
                begin = true;
                continue;
            }

            if (pascal.Length == 0 && !SyntaxFacts.IsIdentifierStartCharacter(c))
                pascal.Append('_');
            pascal.Append(begin ? char.ToUpperInvariant(c) : c);
            begin = false;
        }

        return pascal.Length == 0 ? null : pascal.ToString();
    }

    /// <summary><c>KeyTerms</c> → <c>keyTerms</c>, with an @ where that is a word of C#.</summary>
    public static string Camel(string pascal)
    {
        var camel = char.ToLowerInvariant(pascal[0]) + pascal.Substring(1);
        return SyntaxFacts.GetKeywordKind(camel) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(camel) == SyntaxKind.None
            ? camel
            : "@" + camel;
    }

    /// <summary>A text as one identifier: what cannot stand in it becomes an underscore, and a word of C# gets an @.</summary>
    public static string Identifier(string text)
    {
        var name = string.Concat(text.Select(c => IsPart(c) ? c : '_'));
        if (name.Length == 0 || !SyntaxFacts.IsIdentifierStartCharacter(name[0]))
            name = "_" + name;
        return SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
    }

    /// <summary><c>recipe</c> → <c>Recipes</c>; <c>study</c> → <c>Studies</c>.</summary>
    public static string Plural(string kind)
    {
        var pascal = Pascal(kind) ?? "Definition";
        return pascal.EndsWith("y", StringComparison.Ordinal) ? pascal.Substring(0, pascal.Length - 1) + "ies"
            : pascal.EndsWith("s", StringComparison.Ordinal) || pascal.EndsWith("x", StringComparison.Ordinal) ? pascal + "es"
            : pascal + "s";
    }

    // Surrogate halves are letters to nobody; format characters are legal in identifiers but invisible.
    private static bool IsPart(char c) => SyntaxFacts.IsIdentifierPartCharacter(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format;
}
