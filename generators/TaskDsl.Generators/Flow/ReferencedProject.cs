namespace TaskDsl.Generators.Flow;

/// <summary>Another project, whose definitions this one may name: compiled there, and read here for their names and shapes.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="RootNamespace">The namespace of its generated code.</param>
/// <param name="Folder">Its folder, with <c>/</c> at its end.</param>
public sealed record ReferencedProject(string Name, string RootNamespace, string Folder)
{
    /// <summary>The full name of something in its namespace.</summary>
    public string Global(string name) => RootNamespace.Length == 0 ? $"global::{name}" : $"global::{RootNamespace}.{name}";
}
