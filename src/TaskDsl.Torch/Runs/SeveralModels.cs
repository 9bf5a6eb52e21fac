using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Groupings;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

/// <summary>A run that makes several models (<c>one_model_per</c>): one run for each, in a folder within the run's.</summary>
internal sealed class SeveralModels(RunContext run)
{
    private readonly Dictionary<string, Dataset<Example>> data = [];

    private Recipe Recipe => run.Recipe;

    private IEnumerable<DslTask> Tasks => Recipe.Tasks.Select(share => share.Task).DistinctBy(task => task.Name);

    /// <summary>Whether a recipe's run makes several. One task alone needs no folder within the run's.</summary>
    public static bool AreOf(Recipe recipe) =>
        recipe.OneModelPer is not (null or TaskGrouping) || recipe is { OneModelPer: not null, Tasks.Count: > 1 };

    /// <summary>The recipe of each, and what its run is given. What is given holds until the next one is asked for.</summary>
    /// <exception cref="DataException">An example that is trained on belongs to none.</exception>
    public IEnumerable<(Recipe Recipe, RunOptions Options)> Parts() =>
        Recipe.OneModelPer is ValuesOf values
            ? OfValues(values)
            : Recipe.OneModelPer!.Models(Recipe).Select(model => (Part(model.Name, model.Tasks), run.Options));

    public FinishedRun Run(RunFolder folder)
    {
        if (run.Options.Resume)
            Resumption.RefuseOtherModels(folder, Recipe);
        var names = Names();
        Save(folder, RunStatus.Running, names);
        var parts = new List<FinishedRun>();
        try
        {
            var before = Recipe.OneModelPer is ValuesOf ? Before() : null;
            foreach (var (part, options) in Parts())
            {
                parts.Add(Run(part, options, folder));
                if (options.Data is not null)
                    parts[^1].Release(); // There may be many.
            }

            var evaluation =
                Recipe.OneModelPer is ValuesOf
                    ? new RunEvaluation(before, After(folder))
                    : new RunEvaluation(
                        new EvaluationReport([.. parts.SelectMany(p => p.Before.Tasks)]),
                        new EvaluationReport([.. parts.SelectMany(p => p.After.Tasks)])
                    );
            RunFolder.Write(folder.Evaluation, evaluation);
            Save(folder, RunStatus.Finished, names);
            return new FinishedRun(Recipe, folder, null, parts, evaluation);
        }
        catch
        {
            foreach (var done in parts)
                done.Dispose();
            throw;
        }
    }

    private FinishedRun Run(Recipe part, RunOptions options, RunFolder folder)
    {
        var begun = options.Resume && File.Exists(new RunFolder(Path.Combine(folder.Path, part.Name)).Record);
        var within = options with { RunsDirectory = folder.Path, TokensDirectory = options.Tokens, Resume = begun };
        return new RunProgram(part, within, progress => run.Report(progress with { Part = part.Name }), run.CancellationToken).Run();
    }

    private Recipe Part(string name, IReadOnlyList<TaskShare> tasks) => Recipe with { Name = name, Tasks = tasks, OneModelPer = null };

    private List<string> Names() =>
        Recipe.OneModelPer is ValuesOf values
            ? [.. Values(values).Select(values.NameOf)]
            : [.. Recipe.OneModelPer!.Models(Recipe).Select(model => model.Name)];

    /// <summary>The values of the training part, in an order that does not depend on that of the examples.</summary>
    private List<string> Values(ValuesOf values)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var task in Tasks)
        foreach (var example in Examples(task).Train)
            found.Add(
                values.ValueIn(task, example.InputValue)
                    ?? throw new DataException(
                        $"{example.Origin}: error: '{values.Field}' is empty here, so that the example belongs to no model "
                            + $"(one_model_per: {{values_of: {values.Field}}}). Fill it in, or leave such examples out by a stage of the "
                            + $"task '{task.Name}'."
                    )
            );
        return found.Count > 0 ? [.. found] : throw new RunException($"recipe '{Recipe.Name}': there is no example to train on.");
    }

    private IEnumerable<(Recipe Recipe, RunOptions Options)> OfValues(ValuesOf values)
    {
        foreach (var value in Values(values))
        {
            var name = values.NameOf(value);
            var own = new Dictionary<string, Dataset>();
            try
            {
                foreach (var task in Tasks)
                    own.Add(task.Name, Examples(task).Only(e => values.ValueIn(task, e.InputValue) == value, $"{values.Field}={value}"));
                // A task that has no example of the value teaches its model nothing.
                var tasks = Recipe.Tasks.Where(share => own[share.Task.Name][SplitName.Train].Count > 0);
                yield return (Part(name, [.. tasks]), run.Options with { Data = own });
            }
            finally
            {
                foreach (var examples in own.Values)
                    examples.Dispose();
            }
        }
    }

    private Dataset<Example> Examples(DslTask task)
    {
        if (!data.TryGetValue(task.Name, out var examples))
            data.Add(task.Name, examples = run.Hold(Prepare.Read(run, task)));
        return examples;
    }

    /// <summary>What the model is worth that all start from: measured once, for all of them.</summary>
    private EvaluationReport? Before()
    {
        if (!run.Evaluates || Recipe.Model is not StoredModel)
            return null;
        using var tf32 = TorchRuntime.UseTf32(Recipe.Tf32);
        using var model = ModelOpening.Open(run, Measured(), []);
        return new Measure(run, Measured(), model).Before();
    }

    /// <summary>What the models are worth, each example answered by that of its value.</summary>
    private EvaluationReport? After(RunFolder folder)
    {
        if (!run.Evaluates)
            return null;
        using var tf32 = TorchRuntime.UseTf32(Recipe.Tf32);
        using var models = RunModel.Open(folder.Path, run.Device);
        return new Measure(run, Measured(), models).After();
    }

    private IReadOnlyList<RunTask> Measured() =>
        [.. Recipe.Tasks.Where(share => share.Weight > 0).Select(share => new RunTask(share, Examples(share.Task)))];

    private void Save(RunFolder folder, RunStatus status, IReadOnlyList<string> names) =>
        new RunRecord
        {
            Name = Recipe.Name,
            Status = status,
            Recipe = DefinitionJson.Write(Recipe)!.AsObject(),
            Parts = names,
        }.Write(folder);
}
