using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Training;

namespace TaskDsl.App.Sessions;

/// <summary>Scores models by their answers, with progress and what is to be known shown on the console.</summary>
internal static class Scoring
{
    /// <summary>The data that prompts are scored on.</summary>
    public static async Task<IReadOnlyList<(Prompt Prompt, Dataset Data)>> DataAsync(
        Session session,
        IEnumerable<Prompt> prompts,
        CancellationToken cancellationToken
    )
    {
        var data = new List<(Prompt, Dataset)>();
        foreach (var prompt in prompts)
            data.Add(
                (prompt, await DatasetBuilder.LoadAsync(prompt.Task, session.Data(prompt.Task), cancellationToken).ConfigureAwait(false))
            );
        return data;
    }

    /// <summary>Opens a model, scores it on a part of some data, and frees it.</summary>
    public static async Task<EvaluationReport> ScoreAsync(
        Session session,
        Func<LoadedModel> open,
        IReadOnlyList<(Prompt Prompt, Dataset Data)> data,
        EvaluationPlan plan,
        SplitName split,
        CancellationToken cancellationToken
    )
    {
        using var model = open();
        session.Note(model.Notices);
        return await LiveProgress
            .RunAsync(session.Console, progress =>
            {
                foreach (var notice in Evaluator.Notices(model, data, plan, split))
                    progress.Report(new TrainingProgress { Phase = RunPhase.EvaluatingAfter, Notice = notice });
                return Evaluator.EvaluateAsync(
                    model,
                    data,
                    plan,
                    progress: new AnswersProgress(progress, RunPhase.EvaluatingAfter),
                    split: split,
                    cancellationToken: cancellationToken
                );
            })
            .ConfigureAwait(false);
    }
}
