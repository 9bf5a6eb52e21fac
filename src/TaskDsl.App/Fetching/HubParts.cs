using System.Collections;
using TaskDsl.Hub;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Fetching;

/// <summary>What definitions read of a hub, however deep in them it is said.</summary>
internal static class HubParts
{
    /// <summary>All of it, each once.</summary>
    /// <param name="definitions">Tasks, prompts, recipes, pipelines.</param>
    public static IReadOnlyList<HubPart> In(IEnumerable<object> definitions)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        return [.. definitions.SelectMany(definition => Of(definition, seen))];
    }

    private static IEnumerable<HubPart> Of(object? value, HashSet<object> seen)
    {
        if (value is null or string or IExpression || value.GetType().IsValueType || !seen.Add(value))
            return [];
        var own = value is IFromHub from && from.FromHub() is { } part ? (HubPart[])[part] : [];
        var within = value switch
        {
            DslTask task => task.Examples.Cast<object?>().Concat(task.Stages).Concat(task.Stages.SelectMany(stage => stage.Sources)),
            Prompt prompt => [prompt.Task],
            IDictionary map => map.Values.Cast<object?>(),
            IEnumerable items => items.Cast<object?>(),
            _ when value.GetType().GetMethod("<Clone>$") is not null => Words
                .Properties(value.GetType())
                .Select(property => property.GetValue(value)),
            _ => [],
        };
        return [.. own, .. within.SelectMany(item => Of(item, seen))];
    }
}
