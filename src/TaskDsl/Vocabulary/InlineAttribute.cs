namespace TaskDsl.Vocabulary;

/// <summary>
/// What the property may be given stands beside the record's other properties, without a key of its own. Of a choice these are its words:
/// with it on a step's verb, <c>{train: …, stages: […]}</c>. Of another definition these are its properties, each in the place of the one
/// that the named definition has: with it on a recipe, <c>{recipe: full, seed: 3}</c>. A property of the record hides one of that name.
/// </summary>
/// <param name="noun">What messages call it: a pipeline step without a <c>verb</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InlineAttribute(string noun) : Attribute
{
    /// <summary>What messages call it.</summary>
    public string Noun { get; } = noun;
}
