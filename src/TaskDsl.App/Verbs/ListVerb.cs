using System.CommandLine;
using Spectre.Console;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Verbs;

/// <summary><c>list</c>: what the project declares.</summary>
internal static class ListVerb
{
    public static Command Create(Session session)
    {
        var command = new Command("list", "List the tasks, prompts, recipes and pipelines of this project.");
        command.SetAction(_ => Run(session));
        return command;
    }

    private static int Run(Session session)
    {
        if (session.Catalog.Tasks.Count + session.Catalog.Prompts.Count + session.Catalog.Definitions.Count == 0)
        {
            session.WriteLine(
                "This project declares nothing yet. A task is a file <name>.task.yaml, a prompt <name>.prompt.yaml, a recipe "
                    + "<name>.recipe.yaml, in any folder of the project; the next build finds them."
            );
            return ExitCode.Success;
        }

        var table = new Table().RoundedBorder().AddColumns("kind", "name", "", "summary");
        foreach (var task in session.Catalog.Tasks)
        {
            var shape =
                $"{string.Join(", ", task.InputFields.Select(f => f.Name))} → "
                + $"{string.Join(", ", task.OutputFields.Select(f => f.Name))}  ({string.Join(", ", task.Languages)})";
            table.AddRow("task", Markup.Escape(task.Name), Markup.Escape(shape), Markup.Escape(task.Summary));
        }

        foreach (var prompt in session.Catalog.Prompts)
            table.AddRow("prompt", Markup.Escape(prompt.Name), Markup.Escape($"for {prompt.Task.Name}"), Markup.Escape(prompt.Summary));
        foreach (var recipe in session.Recipes)
        {
            var on =
                recipe.Tasks.Count > 0
                    ? string.Join(", ", recipe.Tasks.Select(t => t.Task.Name))
                    : $"{recipe.Corpus.Count} text file patterns";
            table.AddRow("recipe", Markup.Escape(recipe.Name), Markup.Escape(on), Markup.Escape(recipe.Summary));
        }

        foreach (var pipeline in session.Pipelines)
            table.AddRow(
                "pipeline",
                Markup.Escape(pipeline.Name),
                Markup.Escape(string.Join(", ", pipeline.Steps.Keys)),
                Markup.Escape(pipeline.Summary)
            );
        foreach (var other in session.Catalog.Definitions.Except([.. session.Recipes, .. session.Pipelines]))
            table.AddRow(Markup.Escape(other.GetType().Name), Markup.Escape(other.Name), "", Markup.Escape(other.Summary));
        session.Console.Write(table);
        return ExitCode.Success;
    }
}
