using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Sessions;

/// <summary>Ready answers on the command line: files of them, read by the words of the step <c>answers</c>.</summary>
internal static class ReadyAnswers
{
    private const string Prefix = "answers.";

    /// <summary>Whether a setting says how ready answers are read.</summary>
    public static bool IsMeant(string setting) => setting.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>A step for each file.</summary>
    /// <param name="session">The session.</param>
    /// <param name="files">The files, from the current folder.</param>
    /// <param name="settings">How they are read, as <c>answers.key=text</c>.</param>
    /// <param name="tasks">The tasks that are measured; the answers are to the only one, or to the one that a setting names.</param>
    /// <exception cref="UserException">It is not known which task they are to, or that one is not measured.</exception>
    /// <exception cref="WordException">A setting does not fit.</exception>
    public static IReadOnlyList<AnswersStep> Steps(
        Session session,
        IReadOnlyList<string> files,
        IReadOnlyList<string> settings,
        IReadOnlyList<DslTask> tasks
    )
    {
        if (files.Count == 0 && settings.Count > 0)
            throw new UserException($"{settings[0]} says how a file of answers is read, and there is none; name one by --answers.");
        if (files.Count > 0 && tasks.Count > 1 && !settings.Any(set => set.StartsWith($"{Prefix}task=", StringComparison.Ordinal)))
            throw new UserException(
                $"{files[0]} has answers to one task, and several are measured; say which, as --set answers.task={tasks[0].Name}: one of "
                    + $"{string.Join(", ", tasks.Select(task => task.Name))}."
            );
        var change = new Override(Words.Of(session.Catalog.Assembly), session.Catalog);
        return
        [
            .. files
                .Select(file =>
                    change.Apply(
                        new AnswersStep { Task = tasks[0], Path = Path.GetFullPath(file) },
                        settings.Select(set => set[Prefix.Length..])
                    )
                )
                .Select(step =>
                    tasks.Contains(step.Task)
                        ? step
                        : throw new UserException(
                            $"the answers are to the task '{step.Task.Name}', which is not measured here; name a prompt of it by --prompt."
                        )
                ),
        ];
    }

    /// <summary>What the answers of a file are worth; what is wrong with them is noted.</summary>
    /// <param name="session">The session.</param>
    /// <param name="step">How the file is read.</param>
    /// <param name="data">Prompts with their tasks' examples; those of the step's task have the answers.</param>
    /// <param name="plan">How many of them are measured.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static (string Name, EvaluationReport Report) Measure(
        Session session,
        AnswersStep step,
        IReadOnlyList<(Prompt Prompt, Dataset Data)> data,
        EvaluationPlan plan,
        CancellationToken cancellationToken
    )
    {
        var asked = data.Where(one => one.Prompt.Task == step.Task).ToList();
        var name = Path.GetFileNameWithoutExtension(step.Path!);
        var context = new StepContext(name, session.Runs, step)
        {
            Options = new RunOptions { ProjectDirectory = session.Data(step.Task).ProjectDirectory },
            Progress = new Progress<TrainingProgress>(),
            Cache = Path.Combine(session.Runs, ".cache"),
            CancellationToken = cancellationToken,
        };
        var answers = step.Read(context, asked[0].Data);
        answers.CountFaults(context, [.. asked[0].Data[SplitName.Test]]);
        var counts = context.Counts.Select(count => $"{count.Key} {count.Value:N0}");
        session.Note([$"{name}: {string.Join(", ", counts)}."]);
        return (name, new EvaluationReport([.. asked.SelectMany(one => answers.Measure(one.Prompt, one.Data, plan, new QuestionPlan()))]));
    }
}
