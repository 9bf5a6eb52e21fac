using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

/// <summary>A run in which each task gets a model of its own: one run per task, each in a folder within the run's.</summary>
internal sealed class RunPerTask(Recipe recipe, RunOptions options, Action<TrainingProgress> report, CancellationToken cancellationToken)
{
    /// <summary>The recipe of each task.</summary>
    public static IEnumerable<Recipe> Recipes(Recipe recipe) =>
        recipe.Tasks.Select(share => recipe with { Name = recipe.NameOf(share), Tasks = [share], OneModelPerTask = false });

    public FinishedRun Run(RunFolder folder)
    {
        Save(folder, RunStatus.Running);
        var parts = new List<FinishedRun>();
        try
        {
            foreach (var part in Recipes(recipe))
                parts.Add(Run(part, folder));
        }
        catch
        {
            foreach (var done in parts)
                done.Dispose();
            throw;
        }

        var evaluation = new RunEvaluation(
            new EvaluationReport([.. parts.SelectMany(p => p.Before.Tasks)]),
            new EvaluationReport([.. parts.SelectMany(p => p.After.Tasks)])
        );
        RunFolder.Write(folder.Evaluation, evaluation);
        Save(folder, RunStatus.Finished);
        return new FinishedRun(recipe, folder, null, parts, evaluation);
    }

    private FinishedRun Run(Recipe part, RunFolder folder)
    {
        var begun = options.Resume && File.Exists(new RunFolder(Path.Combine(folder.Path, part.Name)).Record);
        var within = options with { RunsDirectory = folder.Path, TokensDirectory = options.Tokens, Resume = begun };
        return new RunProgram(part, within, progress => report(progress with { Part = part.Name }), cancellationToken).Run();
    }

    private void Save(RunFolder folder, RunStatus status) =>
        new RunRecord
        {
            Name = recipe.Name,
            Status = status,
            Recipe = DefinitionJson.Write(recipe)!.AsObject(),
            Parts = [.. Recipes(recipe).Select(part => part.Name)],
        }.Write(folder);
}
