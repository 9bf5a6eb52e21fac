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

    /// <summary>Compiles an expression over fields; null where there are no fields.</summary>
    public Func<BoundScalar, string>? Expression { get; init; }

    /// <summary>Reports a mistake.</summary>
    public void Report(DiagnosticDescriptor rule, SourceSpan span, params string[] arguments) =>
        Problems.Add(new Problem(rule, Path, span, arguments));

    /// <summary>Reports a reference that names nothing.</summary>
    public void ReportUnknown(BoundReference reference) =>
        Report(
            Rules.UnknownReference,
            reference.Span,
            reference.Kind,
            reference.Name,
            NearestWord.Choice(reference.Name, Index.Names(reference.Kind))
        );

    /// <summary>The fully qualified name of something in the root namespace.</summary>
    public string Global(string name) => RootNamespace.Length == 0 ? $"global::{name}" : $"global::{RootNamespace}.{name}";
}
