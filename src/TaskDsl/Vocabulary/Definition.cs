using System.Reflection;

namespace TaskDsl.Vocabulary;

/// <summary>What every YAML file declares: a named thing with a description.</summary>
public abstract record Definition
{
    private Assembly? project;

    /// <summary>The name, in snake_case, given by the file's first key; unique among its kind in a project.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence that says what this is for; it becomes the doc comment of the generated code.</summary>
    [DoesNotShape]
    public string Summary { get; init; } = "";

    /// <summary>
    /// The folder that its relative paths start from: the project's whose YAML declares it, or the one that it is a copy of. Null where C#
    /// made it.
    /// </summary>
    public string? ProjectDirectory => project is null ? null : ProjectFolder.Of(project);

    /// <summary>Says whose YAML declares a new definition: what generated code calls.</summary>
    public static T Declare<T>(T definition, Assembly project)
        where T : Definition
    {
        ArgumentNullException.ThrowIfNull(definition);
        definition.project = project;
        return definition;
    }
}
