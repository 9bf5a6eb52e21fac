using System.Reflection;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What a property of a step, or of a word in it, names.</summary>
/// <param name="Path">The properties that lead to it, its own last.</param>
/// <param name="Place">The same in the words of the YAML: <c>by.similarity.to</c>.</param>
/// <param name="Wanted">What must be named.</param>
/// <param name="Names">The texts: <c>$name</c>, or what may stand in its place.</param>
internal sealed record NamedResults(IReadOnlyList<PropertyInfo> Path, string Place, StepResultAttribute Wanted, IReadOnlyList<string> Names)
{
    /// <summary>Whether one result is read, and not a list.</summary>
    public bool IsOne => Path[^1].PropertyType == typeof(string);

    /// <summary>Those of a record and of the words in it.</summary>
    public static IEnumerable<NamedResults> In(object record, IReadOnlyList<PropertyInfo> path, string place)
    {
        foreach (var property in Words.Properties(record.GetType()))
        {
            var (value, key) = (property.GetValue(record), place + Words.KeyOf(property));
            if (property.GetCustomAttribute<StepResultAttribute>() is { } wanted)
                yield return new NamedResults(
                    [.. path, property],
                    key,
                    wanted,
                    value is string one ? [one] : [.. value as IEnumerable<string> ?? []]
                );
            else if (value?.GetType().GetCustomAttribute<KeywordAttribute>() is { } word)
                foreach (var inner in In(value, [.. path, property], $"{key}.{word.Word}."))
                    yield return inner;
            // A record of a step's own that is no word; a definition names nothing of a pipeline.
            else if (value is not (null or Definition) && value.GetType().GetMethod("<Clone>$") is not null)
                foreach (var inner in In(value, [.. path, property], $"{key}."))
                    yield return inner;
        }
    }

    /// <summary>A copy of the step with other names in this place.</summary>
    public Step With(Step step, IReadOnlyList<string> names) => (Step)With(step, Path, names);

    private static object With(object record, IReadOnlyList<PropertyInfo> path, IReadOnlyList<string> names)
    {
        // What 'with' does: records copy themselves, and init properties are open to reflection.
        var copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        path[0].SetValue(copy, path.Count == 1 ? names : With(path[0].GetValue(record)!, [.. path.Skip(1)], names));
        return copy;
    }
}
