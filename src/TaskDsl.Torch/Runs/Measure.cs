using System.Diagnostics;
using TaskDsl.Data;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

/// <summary>What a model's answers are worth, before, while and after it is tuned.</summary>
internal sealed class Measure(RunData data)
{
    private RunContext Run => data.Run;

    private bool HasAnswers => Run.Evaluates && data.Tasks.Count > 0;

    /// <summary>What the model is worth before tuning; other runs may have measured it already.</summary>
    public EvaluationReport? Before()
    {
        // A new model's answers are noise, and slow noise: there is nothing to compare with.
        if (!HasAnswers || data.Recipe.Model is not Pretrained pretrained)
            return null;
        var (recipe, known) = (data.Recipe, Run.Options.Measurements);
        var model = Fingerprints.OfFolder(pretrained.Path, Run.Options.ProjectDirectory);
        var opened = $"{model} {pretrained.Weights} {recipe.Model.ChatFormat}";
        var numbers = $"{recipe.Device} {recipe.Tf32} {data.Model.AnswersIn}";
        var shape = $"{opened} {DefinitionJson.Write(recipe.Evaluation)} {recipe.Seed} {numbers}";
        var unknown = data.Tasks.Where(t => known[Key(t)] is null).ToArray();
        var measured =
            unknown.Length == 0
                ? EvaluationReport.Empty
                : Evaluate(unknown, recipe.Evaluation, SplitName.Test, RunPhase.EvaluatingBefore, Run.CancellationToken);
        foreach (var task in unknown)
            known[Key(task)] = [.. measured.Tasks.Where(t => t.Prompt == task.Prompt.Name)];
        return new EvaluationReport([.. data.Tasks.SelectMany(t => known[Key(t)]!)]);

        string Key(RunTask task) => $"{shape} {task.Prompt.Name} {task.Data.Fingerprint}";
    }

    /// <summary>What the tuned model is worth.</summary>
    public EvaluationReport? After() =>
        HasAnswers ? Evaluate(data.Tasks, data.Recipe.Evaluation, SplitName.Test, RunPhase.EvaluatingAfter, Run.CancellationToken) : null;

    /// <summary>What the model is worth on the validation part while it is tuned.</summary>
    /// <param name="limit">The most examples of a task and language; null for all.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    public EvaluationReport Validation(int? limit, CancellationToken cancellationToken) =>
        Run.Evaluates
            ? Evaluate(data.Tasks, data.Recipe.Evaluation with { Limit = limit }, SplitName.Validation, phase: null, cancellationToken)
            : EvaluationReport.Empty;

    /// <summary>
    /// The time of all answers before and after, by the first batch of each task and language; null where that is too long to wait for.
    /// </summary>
    public TimeSpan? Rehearse(TimeSpan longest)
    {
        if (!HasAnswers)
            return TimeSpan.Zero;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Run.CancellationToken);
        patience.CancelAfter(longest);
        var plan = data.Recipe.Evaluation;
        var limit = plan.Limit ?? int.MaxValue;
        try
        {
            var started = Stopwatch.GetTimestamp();
            var first = plan with { Limit = Math.Min(plan.Rows, limit) };
            var asked = Evaluate(data.Tasks, first, SplitName.Test, phase: null, patience.Token).Tasks.Sum(t => t.Examples);
            var took = Stopwatch.GetElapsedTime(started);
            var all = data.Tasks.Sum(t => t.Data[SplitName.Test].GroupBy(e => e.Language).Sum(g => (long)Math.Min(g.Count(), limit)));
            // A new model is measured after only.
            return asked == 0 ? TimeSpan.Zero : took * ((double)all / asked) * (data.Recipe.Model is Pretrained ? 2 : 1);
        }
        catch (OperationCanceledException) when (!Run.CancellationToken.IsCancellationRequested)
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
            data.Model,
            [.. tasks.Select(t => (t.Prompt, t.Data))],
            plan,
            data.Recipe.Seed,
            phase is null ? null : new AnswersProgress(Run, phase.Value),
            split,
            cancellationToken: cancellationToken
        );
}
