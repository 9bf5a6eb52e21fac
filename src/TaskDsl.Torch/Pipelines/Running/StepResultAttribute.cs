namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Says that a text, or the items of a list, name the result of another step of the pipeline, as <c>$teacher</c>: the compiler checks that
/// there is such a step and that it makes what is wanted. With <see cref="Vocabulary.FilePathAttribute"/> a path may stand there too.
/// </summary>
/// <param name="kind">
/// What the step must make: <c>model</c>, <c>examples</c>, <c>texts</c>, <c>index</c>, <c>answers</c>, <c>table</c>, or a kind of a
/// project's own.
/// </param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class StepResultAttribute(string kind) : Attribute
{
    /// <summary>What the step must make.</summary>
    public string Kind { get; } = kind;

    /// <summary>Another kind that serves as well. Default: none.</summary>
    public string Or { get; init; } = "";

    /// <summary>A word that may stand there instead of a result. Default: none.</summary>
    public string Also { get; init; } = "";

    /// <summary>
    /// Of examples, whether they come out again as they are: a condition in the step's stages may then ask for the confidence and the score
    /// that they were given before.
    /// </summary>
    public bool PassesOn { get; init; }

    /// <summary>Of examples, whether they may be of another task than the step's, whose fields are then read by their names.</summary>
    public bool OfAnyTask { get; init; }

    /// <summary>Of those, whether their inputs alone are wanted.</summary>
    public bool InputAlone { get; init; }
}
