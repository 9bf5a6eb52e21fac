using TaskDsl.Torch.Opening;

namespace TaskDsl.App.Sessions;

/// <summary>Names of the project's own for the examples in help: <c>{recipe}</c> becomes its first recipe.</summary>
internal static class ExampleNames
{
    /// <summary>An example with names in it; what the project has not is left open, as <c>&lt;recipe&gt;</c>.</summary>
    public static string Fill(Session session, string example)
    {
        var recipe = session.Recipes.FirstOrDefault(r => r.Tasks.Count > 0) ?? First(session.Recipes);
        var prompt = recipe?.Tasks is [var share, ..] ? share.Prompt : First(session.Catalog.Prompts);
        var task = prompt?.Task ?? First(session.Catalog.Tasks);
        var model = session.Recipes.Select(r => r.Model).OfType<Pretrained>().FirstOrDefault();
        var fields = task?.InputFields.Select(field => $"\"{field.Name}\": \"…\"");
        return example
            .Replace("{recipe}", recipe?.Name ?? "<recipe>", StringComparison.Ordinal)
            .Replace("{other}", session.Recipes.FirstOrDefault(r => r != recipe)?.Name ?? "<recipe>", StringComparison.Ordinal)
            .Replace("{prompt}", prompt?.Name ?? "<prompt>", StringComparison.Ordinal)
            .Replace("{task}", task?.Name ?? "<task>", StringComparison.Ordinal)
            .Replace("{language}", task?.Languages[^1] ?? "<language>", StringComparison.Ordinal)
            .Replace("{model}", model?.Path ?? "<model's folder>", StringComparison.Ordinal)
            .Replace("{pipeline}", First(session.Pipelines)?.Name ?? "<pipeline>", StringComparison.Ordinal)
            .Replace("{step}", First(session.Pipelines)?.Steps.Keys.First() ?? "<step>", StringComparison.Ordinal)
            .Replace("{field}", task?.InputFields is [var field, ..] ? field.Name : "<field>", StringComparison.Ordinal)
            .Replace("{input}", fields is null ? "<input>" : $"'{{{string.Join(", ", fields)}}}'", StringComparison.Ordinal);
    }

    private static T? First<T>(IReadOnlyList<T> items)
        where T : class => items is [var first, ..] ? first : null;
}
