using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using TaskDsl.Unicode;

namespace TaskDsl.Generators.Diagnostics;

/// <summary>A mistake in a YAML file, value-equal so that it can travel through the pipeline.</summary>
public sealed record Problem
{
    private readonly string arguments;

    public Problem(DiagnosticDescriptor rule, string path, SourceSpan span, params string[] arguments)
    {
        (Rule, Path, Span) = (rule, path, span);
        this.arguments = string.Join("\u0000", arguments);
    }

    /// <summary>The kind of mistake.</summary>
    public DiagnosticDescriptor Rule { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Where in the file.</summary>
    public SourceSpan Span { get; }

    /// <summary>Whether nothing can be made of what it stands in.</summary>
    public bool IsError => Rule.DefaultSeverity == DiagnosticSeverity.Error;

    /// <summary>The diagnostic that the compiler reports.</summary>
    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(
            Rule,
            Location.Create(Path, new TextSpan(Span.Start, Span.Length), new LinePositionSpan(Span.From, Span.To)),
            arguments.Split('\u0000').Select(Visible.Of).ToArray<object>()
        );
}
