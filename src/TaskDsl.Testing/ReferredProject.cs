namespace TaskDsl.Testing;

/// <summary>A project that another refers to, as the build tells the generator of it.</summary>
internal sealed record ReferredProject(string Name, string RootNamespace, string Folder);
