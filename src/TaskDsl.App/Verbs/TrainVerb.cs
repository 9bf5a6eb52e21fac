using System.CommandLine;
using Spectre.Console;
using TaskDsl.App.Reports;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Verbs;

/// <summary><c>train</c>: runs recipes one after the other and ends with the table of what they are worth.</summary>
internal static class TrainVerb
{
    public static Command Create(Session session)
    {
        var recipes = new Argument<string[]>("recipe") { Description = "The recipes, in order.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<DirectoryInfo?>("--out") { Description = "The folder of runs. Default: runs in the project's folder." };
        var resume = new Option<bool>("--resume") { Description = "Go on with the run that was interrupted." };
        var set = new Option<string[]>("--set")
        {
            Description = "Change a recipe by its own words, as --set tuning.lora.rank=16. May be given several times.",
        };
        var command = new Verb(
            "train",
            "Tune models by recipes and measure each task before and after.",
            "{recipe} {other}",
            "{recipe} --set tuning.lora.rank=16 --set budget.epochs=2",
            "{recipe} --resume"
        )
        {
            recipes,
            output,
            resume,
            set,
        };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    session,
                    parsed.GetValue(recipes)!,
                    parsed.GetValue(set) ?? [],
                    new RunOptions { RunsDirectory = parsed.GetValue(output)?.FullName ?? session.Runs, Resume = parsed.GetValue(resume) },
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        Session session,
        string[] names,
        string[] settings,
        RunOptions options,
        CancellationToken cancellationToken
    )
    {
        var change = new Override(Words.Of(session.Catalog.Assembly), session.Catalog);
        var recipes = names.Select(name => change.Apply(session.Recipe(name), settings)).ToList();
        // An interrupted row of recipes goes on: those that never began, begin.
        var begun = recipes.FindAll(recipe => HasBegun(Path.Combine(options.Runs, recipe.Name)));
        var before = new List<TaskReport>();
        var columns = new List<(string Name, EvaluationReport Report)>();
        foreach (var recipe in recipes)
        {
            session.Console.MarkupLineInterpolated($"[bold]{recipe.Name}[/]  {recipe.Summary}");
            using var run = await RunAsync(
                    session,
                    recipe,
                    names,
                    settings,
                    options with
                    {
                        Resume = options.Resume && (begun.Count == 0 || begun.Contains(recipe)),
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            before.AddRange(run.Before.Tasks.Where(t => !before.Exists(b => (b.Prompt, b.Language) == (t.Prompt, t.Language))));
            if (run.After is { Tasks.Count: > 0 } after)
                columns.Add((recipe.Name, after));
            session.Console.MarkupLineInterpolated($"saved in {run.Folder}; report: {RunReport.Write(run.Folder)}");
        }

        if (before.Count > 0)
            columns.Insert(0, ("before", new EvaluationReport(before)));
        if (columns.Count > 0)
            session.Console.Write(ScoreTable.Of(columns, session.Console.Profile.Width));
        return ExitCode.Success;
    }

    private static bool HasBegun(string folder) => File.Exists(new RunFolder(folder).Record);

    private static async Task<FinishedRun> RunAsync(
        Session session,
        Recipe recipe,
        string[] names,
        string[] settings,
        RunOptions options,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await LiveProgress
                .RunAsync(session.Console, progress => recipe.RunAsync(options, progress, cancellationToken))
                .ConfigureAwait(false);
        }
        catch (RunInterruptedException e)
        {
            SayHowToGoOn();
            if (HasBegun(e.Folder))
                RunReport.Write(e.Folder); // What there is can be looked at before the run goes on.
            throw;
        }
        catch (RunStorageException)
        {
            SayHowToGoOn();
            throw;
        }

        void SayHowToGoOn()
        {
            if (!names.Any(name => HasBegun(Path.Combine(options.Runs, name))))
                return; // There is nothing to go on with.
            var output = options.RunsDirectory is { } runs ? $" --out '{runs}'" : "";
            var set = string.Concat(settings.Select(setting => $" --set '{setting}'"));
            session.Errors.Profile.Out.Writer.WriteLine(
                $"To go on: {RootCommand.ExecutableName} train {string.Join(' ', names)} --resume{output}{set}"
            );
        }
    }
}
