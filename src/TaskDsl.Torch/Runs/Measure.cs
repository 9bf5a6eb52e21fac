using System.Diagnostics;
using TaskDsl.Data;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

/// <summary>What a model's answers are worth, before, while and after it is tuned.</summary>
/// <param name="run">The run.</param>
/// <param name="tasks">The tasks that are trained on.</param>
/// <param name="model">The model.</param>
internal sealed class Measure(RunContext run, IReadOnlyList<RunTask> tasks, LoadedModel model)
{
    /// <summary>Of a run that is prepared.</summary>
    public Measure(RunData data)
        : this(data.Run, data.Tasks, data.Model) { }

    private Recipe Recipe => run.Recipe;

    private bool HasAnswers => run.Evaluates && tasks.Count > 0;

    /// <summary>What the model is worth before tuning; other runs may have measured it already.</summary>
    public EvaluationReport? Before()
    {
        // A new model's answers are noise, and slow noise: there is nothing to compare with.
        if (!HasAnswers || !run.Options.MeasuresEnds || Recipe.Model is not StoredModel stored)
            return null;
        var (recipe, known) = (Recipe, run.Options.Measurements);
        var folder = Fingerprints.OfFolder(stored.FindFolder(), run.Options.ProjectDirectory);
        var opened = $"{folder} {stored.Weights} {recipe.Model.ChatFormat}";
        var numbers = $"{recipe.Device} {recipe.Tf32} {model.AnswersIn}";
        var shape = $"{opened} {DefinitionJson.Write(recipe.Evaluation)} {recipe.Seed} {numbers}";
        var unknown = tasks.Where(t => known[Key(t)] is null).ToArray();
        var measured =
            unknown.Length == 0
                ? EvaluationReport.Empty
                : Evaluate(unknown, recipe.Evaluation, SplitName.Test, RunPhase.EvaluatingBefore, run.CancellationToken);
        foreach (var task in unknown)
            known[Key(task)] = [.. measured.Tasks.Where(t => t.Prompt == task.Prompt.Name)];
        return new EvaluationReport([.. tasks.SelectMany(t => known[Key(t)]!)]);

        string Key(RunTask task) => $"{shape} {task.Prompt.Name} {task.Data.Fingerprint}";
    }

    /// <summary>What the tuned model is worth.</summary>
    public EvaluationReport? After() =>
        HasAnswers && run.Options.MeasuresEnds
            ? Evaluate(tasks, Recipe.Evaluation, SplitName.Test, RunPhase.EvaluatingAfter, run.CancellationToken)
            : null;

    /// <summary>What the model is worth on the validation part while it is tuned.</summary>
    /// <param name="limit">The most examples of a task and language; null for all.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    public EvaluationReport Validation(int? limit, CancellationToken cancellationToken) =>
        run.Evaluates
            ? Evaluate(tasks, Recipe.Evaluation with { Limit = limit }, SplitName.Validation, phase: null, cancellationToken)
            : EvaluationReport.Empty;

    /// <summary>
    /// The time of all answers before and after, by the first batch of each task and language; null where that is too long to wait for.
    /// </summary>
    public TimeSpan? Rehearse(TimeSpan longest)
    {
        if (!HasAnswers)
            return TimeSpan.Zero;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(run.CancellationToken);
        patience.CancelAfter(longest);
        var plan = Recipe.Evaluation;
        var limit = plan.Limit ?? int.MaxValue;
        try
        {
            var started = Stopwatch.GetTimestamp();
            var first = plan with { Limit = Math.Min(plan.Rows, limit) };
            var asked = Evaluate(tasks, first, SplitName.Test, phase: null, patience.Token).Tasks.Sum(t => t.Examples);
            var took = Stopwatch.GetElapsedTime(started);
            var all = tasks.Sum(t => t.Data[SplitName.Test].GroupBy(e => e.Language).Sum(g => (long)Math.Min(g.Count(), limit)));
            // A new model is measured after only.
            return asked == 0 ? TimeSpan.Zero : took * ((double)all / asked) * (Recipe.Model is StoredModel ? 2 : 1);
        }
        catch (OperationCanceledException) when (!run.CancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private EvaluationReport Evaluate(
        IEnumerable<RunTask> tasks,
        EvaluationPlan plan,
        SplitName split,
        RunPhase? phase,
        CancellationToken cancellationToken
    ) =>
        Evaluator.Evaluate(
            model,
            [.. tasks.Select(t => (t.Prompt, t.Data))],
            plan,
            Recipe.Seed,
            phase is null ? null : new AnswersProgress(run, phase.Value),
            split,
            cancellationToken: cancellationToken
        );
}
