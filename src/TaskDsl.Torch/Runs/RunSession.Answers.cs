using System.Diagnostics;
using TaskDsl.Data;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

// What the model's answers are worth, before and after.
internal sealed partial class RunSession
{
    /// <summary>What the model is worth before tuning; other runs may have measured it already.</summary>
    private EvaluationReport? EvaluateBefore(
        LoadedModel model,
        (TaskShare Share, Dataset Data)[] tasks,
        CancellationToken cancellationToken
    )
    {
        // A new model's answers are noise, and slow noise: there is nothing to compare with.
        if (!Evaluates || tasks.Length == 0 || recipe.Model is not Pretrained)
            return null;
        var shape =
            $"{FingerprintOf(recipe.Model)} {DefinitionJson.Write(recipe.Evaluation)} {recipe.Model.ChatFormat} {recipe.Seed} {recipe.Device}";
        var unknown = tasks.Where(t => options.Measurements[Key(t)] is null).ToArray();
        var measured =
            unknown.Length == 0
                ? EvaluationReport.Empty
                : Evaluate(model, unknown, recipe.Evaluation, RunPhase.EvaluatingBefore, cancellationToken);
        foreach (var task in unknown)
            options.Measurements[Key(task)] = [.. measured.Tasks.Where(t => t.Prompt == task.Share.Prompt.Name)];
        return new EvaluationReport([.. tasks.SelectMany(t => options.Measurements[Key(t)]!)]);

        string Key((TaskShare Share, Dataset Data) task) => $"{shape} {task.Share.Prompt.Name} {task.Data.Fingerprint}";
    }

    private EvaluationReport Evaluate(
        LoadedModel model,
        (TaskShare Share, Dataset Data)[] tasks,
        EvaluationPlan plan,
        RunPhase phase,
        CancellationToken cancellationToken,
        SplitName split = SplitName.Test
    ) =>
        Evaluator.Evaluate(
            model,
            [.. tasks.Select(t => (t.Share.Prompt, t.Data))],
            plan,
            recipe.Seed,
            phase == RunPhase.Training ? null : new Answers(this, phase),
            split,
            cancellationToken
        );

    /// <summary>What the run has measured already; what cannot be read is measured again.</summary>
    private RunEvaluation Known(RunFolder folder)
    {
        try
        {
            return folder.ReadEvaluation();
        }
        catch (RunException e)
        {
            Notice($"{e.Message} What it said is measured again.");
            return new RunEvaluation(null, null);
        }
    }

    private sealed class Answers(RunSession session, RunPhase phase) : IProgress<(int Done, int All)>
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();

        public void Report((int Done, int All) value) =>
            session.Report(
                new TrainingProgress
                {
                    Phase = phase,
                    Step = value.Done,
                    Steps = value.All,
                    Eta = value.Done == 0 ? null : watch.Elapsed * ((double)(value.All - value.Done) / value.Done),
                }
            );
    }
}
