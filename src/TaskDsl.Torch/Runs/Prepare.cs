using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Torch.Runs;

/// <summary>
/// The first step of a run, and all of a plan that is no forecast: reads data and model, and finds out what does not go together.
/// </summary>
internal sealed class Prepare(RunContext run)
{
    private Recipe Recipe => run.Recipe;

    /// <summary>Prepares the run itself.</summary>
    /// <exception cref="RunException">It cannot start.</exception>
    public RunData Run()
    {
        var (tasks, corpus) = Read();
        var limit = new MemoryLimit(run);
        if (Recipe.Model is StoredModel)
            using (var shape = ModelOpening.Open(run, tasks, corpus.Train, onMeta: true))
                limit.RefuseWhatCannotFit(shape.Model.Config);
        var model = ModelOpening.Open(run, tasks, corpus.Train);
        try
        {
            Agreement.Check(run, tasks, model);
            if (Recipe.Model is not StoredModel)
                limit.RefuseWhatCannotFit(model.Model.Config);
            var data = Batch(tasks, corpus, model);
            limit.WarnOfWhatMayNotFit(model.Model.Config, data.Batches);
            return data;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Prepares the same without the model's weights, for a plan.</summary>
    /// <exception cref="RunException">The run could not start.</exception>
    public RunData ForPlan()
    {
        var (tasks, corpus) = Read();
        var model = run.Hold(ModelOpening.Open(run, tasks, corpus.Train, onMeta: true));
        Agreement.Check(run, tasks, model);
        return Batch(tasks, corpus, model);
    }

    private (IReadOnlyList<RunTask> Tasks, Corpus Corpus) Read() =>
        (
            [.. Recipe.Tasks.Select(share => new RunTask(share, run.Hold(Load(share))))],
            Corpus.Read(Recipe.Corpus, run.Options.ProjectDirectory)
        );

    private Dataset Load(TaskShare share) => run.Options.Data?[share.Task.Name] ?? Read(run, share.Task);

    /// <summary>Reads the examples that a run has of a task, in the recipe's languages. The caller frees them.</summary>
    public static Dataset<Example> Read(RunContext run, DslTask task)
    {
        var all = TaskExamples
            .Builder(task, run.Options.Examples)
            .ToDatasetAsync(
                new DataOptions { ProjectDirectory = run.Options.FolderOf(task.ProjectDirectory), RejectsDirectory = run.Options.Runs },
                run.CancellationToken
            )
            .GetAwaiter()
            .GetResult();
        var languages = run.Recipe.Languages;
        if (languages.Count == 0)
            return all;
        using (all)
            return all.Only(example => languages.Contains(example.Language), $"languages {string.Join(' ', languages)}");
    }

    private RunData Batch(IReadOnlyList<RunTask> tasks, Corpus corpus, LoadedModel model)
    {
        tasks = [.. tasks.Where(t => t.Share.Weight > 0)]; // A new tokenizer has read the others; that is all they are for.
        foreach (var task in tasks)
            TellOfEmptyParts(task.Data);
        if (run.Evaluates)
            foreach (var notice in Evaluator.Notices(model, [.. tasks.Select(t => (t.Prompt, t.Data))], Recipe.Evaluation))
                run.Notice(notice);
        var stream = new BatchSources(run, tasks, model).Training(corpus.Train);
        var batches = stream.Measure(Recipe.Budget, run.CancellationToken);
        if (Recipe.Budget is { Epochs: { } epochs, Steps: { } steps } && batches.Steps < steps)
            run.Notice(
                FormattableString.Invariant(
                    $"budget: the run ends at {epochs} epochs, which are {batches.Steps:N0} steps; its {steps:N0} steps are never "
                ) + "reached. Leave out epochs for the steps alone."
            );
        return new RunData(run, tasks, corpus, model, stream, batches);
    }

    private void TellOfEmptyParts(Dataset data)
    {
        if (run.Evaluates && data.Task.Split.Test > 0 && data[SplitName.Test].Count == 0)
            run.Notice($"task '{data.Task.Name}' has no example in its test part: what it learns is not measured.");
        if (data.Task.Split.Validation > 0 && data[SplitName.Validation].Count == 0)
            run.Notice($"task '{data.Task.Name}' has no example in its validation part: the best model is not chosen by it.");
    }
}
