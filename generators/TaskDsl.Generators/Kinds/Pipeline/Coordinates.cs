using TaskDsl.Generators.Binding;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>What tells apart the columns of one name in a table: the lists that its step crosses.</summary>
internal static class Coordinates
{
    /// <summary>What is wrong with a coordinate in an expectation, as <c>shots=4</c>; null where a table has such columns.</summary>
    public static string? Fault(string coordinate, BoundStep step)
    {
        var (name, value) = (coordinate.Substring(0, coordinate.IndexOf('=')), coordinate.Substring(coordinate.IndexOf('=') + 1));
        var crossed = step.Verb!.Properties.Where(p => p.Property.Coordinate is not null && p.Value is BoundList { Items.Count: > 0 })
            .ToList();
        var all = crossed.Select(p => p.Property.Coordinate!).ToList();
        if (crossed.Find(p => p.Property.Coordinate == name) is not { } property)
            return all.Count == 0
                ? $"the table '{step.Name}' crosses nothing, so that no column has '{coordinate}'"
                : $"the columns of '{step.Name}' are not told apart by '{name}'{NearestWord.Choice(name, all)}";
        var values = Values((BoundList)property.Value).ToList();
        return values.Contains(value) || (values.Contains("all") && value.All(char.IsDigit) && value.Length > 0)
            ? null
            : $"'{step.Name}' has no column with {name} '{value}', only {string.Join(", ", values)}";
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
