namespace TaskDsl.Vocabulary;

/// <summary>What every YAML file declares: a named thing with a description.</summary>
public abstract record Definition
{
    /// <summary>The name, in snake_case, given by the file's first key; unique among its kind in a project.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence that says what this is for; it becomes the doc comment of the generated code.</summary>
    [DoesNotShape]
    public string Summary { get; init; } = "";
}
