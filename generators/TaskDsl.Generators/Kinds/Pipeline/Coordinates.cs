using TaskDsl.Generators.Binding;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>What tells apart the columns of one name in a table.</summary>
internal static class Coordinates
{
    /// <summary>What a step's columns of one name are told apart by, with all values: what it crosses, and what is swept.</summary>
    /// <param name="step">The step.</param>
    /// <param name="columns">The columns of that name, with what is swept.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Of(BoundStep step, IEnumerable<TableColumn> columns)
    {
        var coordinates = columns
            .SelectMany(column => column.Coordinates)
            .GroupBy(c => c.Key)
            .ToDictionary(same => same.Key, same => (IReadOnlyList<string>)[.. same.Select(c => c.Value).Distinct()]);
        foreach (var given in step.Verb!.Properties)
            if (given.Property.Coordinate is { } coordinate && given.Value is BoundList { Items.Count: > 0 } list)
                coordinates[coordinate] = [.. Values(list)];
        return coordinates;
    }

    /// <summary>What is wrong with a coordinate in an expectation; null where a table has such columns.</summary>
    public static string? Fault(
        KeyValuePair<string, string> coordinate,
        BoundStep step,
        IReadOnlyDictionary<string, IReadOnlyList<string>> coordinates
    )
    {
        var (name, value) = (coordinate.Key, coordinate.Value);
        if (!coordinates.TryGetValue(name, out var values))
            return coordinates.Count == 0
                ? $"the table '{step.Path}' crosses nothing, so that no column has '{name}={value}'"
                : $"the columns of '{step.Path}' are not told apart by '{name}'{NearestWord.Choice(name, coordinates.Keys)}";
        return values.Contains(value) || (values.Contains("all") && value.Length > 0 && value.All(char.IsDigit))
            ? null
            : $"'{step.Path}' has no column with {name} '{value}', only {string.Join(", ", values)}";
    }

    // As EvaluationCell calls them: what stands there again has its number behind it.
    private static IEnumerable<string> Values(BoundList list)
    {
        var seen = new Dictionary<string, int>();
        foreach (var item in list.Items)
        {
            var text = item switch
            {
                BoundScalar scalar => scalar.Scalar.Value,
                BoundReference reference => reference.Name,
                BoundRecord record => record.Type.Label,
                _ => "",
            };
            seen[text] = seen.TryGetValue(text, out var before) ? before + 1 : 1;
            yield return seen[text] == 1 ? text : $"{text}_{seen[text]}";
        }
    }
}
