using Microsoft.CodeAnalysis;
using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Flow;

/// <summary>What an emitter works with besides the document itself.</summary>
/// <param name="RootNamespace">The namespace of generated code.</param>
/// <param name="Path">The YAML file.</param>
/// <param name="Index">What the project declares.</param>
public sealed record EmitContext(string RootNamespace, string Path, ProjectIndex Index)
{
    /// <summary>What is found wrong while emitting.</summary>
    public List<Problem> Problems { get; } = [];

    /// <summary>Whether the document had no mistake so far: of another, what seems to be missing may be what is wrong.</summary>
    public bool IsSound { get; init; } = true;

    /// <summary>Compiles an expression over fields; null where there are no fields.</summary>
    public Func<BoundScalar, string>? Expression { get; init; }

    /// <summary>Reports a mistake.</summary>
    public void Report(DiagnosticDescriptor rule, SourceSpan span, params string[] arguments) =>
        Problems.Add(new Problem(rule, Path, span, arguments));

    /// <summary>Reports a reference that names nothing, or not what it must be of.</summary>
    public void Check(BoundReference reference)
    {
        var found = Index.Find(reference);
        if (reference.Name.Length > 0 && found is null)
            Report(
                Rules.UnknownReference,
                reference.Span,
                reference.Kind,
                reference.Name,
                NearestWord.Choice(reference.Name, Index.Names(reference.Kind))
            );
        else if (reference.Of is { } whose && Index.Find(whose) is { Unclear: not null })
            return; // Told of what it is of.
        else if (found?.Unclear is { } unclear)
            Report(Rules.NotOfIt, reference.Span, unclear);
        else if (reference.Of is { } of && Index.Find(of) is not null)
            CheckBase(reference, of, found);
    }

    private void CheckBase(BoundReference reference, BoundReference of, IndexEntry? found)
    {
        var (kind, whose) = (reference.Kind, $"the {of.Kind} '{of.Name}'");
        if (found is null && Index.Candidates(reference) is { Count: 0 })
            Report(Rules.NotOfIt, reference.Span, $"{whose} has no {kind}; write one, as *.{kind}.yaml with '{of.Kind}: {of.Name}'");
        else if (found is null && Index.Candidates(reference) is var several && several.All(e => e.Base is not null))
            Report(
                Rules.NotOfIt,
                reference.Span,
                $"{whose} has the {kind}s {Words(several)}; say which: {{{of.Kind}: {of.Name}, {kind}: {several[0].Name}}}"
            );
        else if (found?.Base is { } basis && basis != new DocumentName(of.Kind, of.Name))
            Report(Rules.NotOfIt, reference.Span, $"the {kind} '{reference.Name}' is of the {basis.Kind} '{basis.Name}', not of {whose}");
    }

    private static string Words(IEnumerable<IndexEntry> entries)
    {
        var names = entries.Select(e => $"'{e.Name}'").ToList();
        return $"{string.Join(", ", names.Take(names.Count - 1))} and {names[names.Count - 1]}";
    }

    /// <summary>The fully qualified name of something in the root namespace; what is another project's has its own already.</summary>
    public string Global(string name) =>
        name.StartsWith("global::", StringComparison.Ordinal) ? name
        : RootNamespace.Length == 0 ? $"global::{name}"
        : $"global::{RootNamespace}.{name}";
}
