using Microsoft.CodeAnalysis;
using Scriban.Syntax;

namespace TaskDsl.Generators.Scriban;

/// <summary>Ends the compilation of an expression: what it stands in goes on without it, so that each mistake is one problem.</summary>
public sealed class TemplateException(DiagnosticDescriptor? rule, ScriptNode? node, params string[] arguments) : Exception
{
    /// <summary>The kind of mistake; null where it has been reported already.</summary>
    public DiagnosticDescriptor? Rule { get; } = rule;

    /// <summary>Where it is.</summary>
    public ScriptNode? Node { get; } = node;

    /// <summary>The words of its message.</summary>
    public string[] Arguments { get; } = arguments;
}
