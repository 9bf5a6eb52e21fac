using System.CommandLine;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Verbs;

/// <summary><c>evaluate</c>: measures models, and ready answers, on the test parts.</summary>
internal static class EvaluateVerb
{
    public static Command Create(Session session)
    {
        var models = new Argument<string[]>("model")
        {
            Description = "Folders of models or adapters, or of runs (their best is taken).",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var answers = new Option<string[]>("--answers")
        {
            Description =
                "Files of ready answers to the examples of a task, each a column as a model's. How they are read is said by the words "
                + "of the step answers, as --set answers.key=text.",
            AllowMultipleArgumentsPerToken = true,
        };
        var prompts = new Option<string[]>("--prompt")
        {
            Description = "The prompts to measure by. Default: those that the runs were trained on; where none is a run's, all.",
            AllowMultipleArgumentsPerToken = true,
        };
        var limit = new CountOption("--limit") { Description = "At most so many examples per task and language." };
        var free = new Option<bool>("--free") { Description = "Let the model write freely instead of only what parses." };
        var device = new DeviceOption();
        var set = new PlanOption();
        var command = new Verb(
            "evaluate",
            "Measure models on the test parts, each task and language on its own.",
            "{recipe}",
            "{model} runs/{recipe} --prompt {prompt} --limit 50",
            "{recipe} --set decoding.beam.width=8",
            "{recipe} --answers big.jsonl --set answers.task={task} --set answers.key={field}"
        )
        {
            models,
            answers,
            prompts,
            limit,
            free,
            device,
            set,
        };
        command.Validators.Add(given =>
        {
            if (given.GetValue(models) is not { Length: > 0 } && given.GetValue(answers) is not { Length: > 0 })
                given.AddError("evaluate needs a model, or a file of --answers.");
        });
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    session,
                    parsed.GetValue(models) ?? [],
                    parsed.GetValue(answers) ?? [],
                    [.. (parsed.GetValue(set) ?? []).Where(ReadyAnswers.IsMeant)],
                    parsed.GetValue(prompts) is { Length: > 0 } named ? [.. named.Select(session.Prompt)] : null,
                    device.Of(parsed),
                    set.Apply(
                        session,
                        parsed,
                        new EvaluationPlan { Limit = parsed.GetValue(limit), Constrained = !parsed.GetValue(free) },
                        setting => !ReadyAnswers.IsMeant(setting)
                    ),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        Session session,
        string[] folders,
        string[] files,
        string[] reading,
        IReadOnlyList<Prompt>? prompts,
        TorchSharp.torch.Device device,
        EvaluationPlan plan,
        CancellationToken cancellationToken
    )
    {
        // A run answers what it was trained on; another model is asked what the runs beside it are.
        var own = folders.Distinct().ToDictionary(f => f, f => prompts ?? ModelFolder.Prompts(session, f));
        IReadOnlyList<Prompt> all = [.. own.Values.Append(prompts).SelectMany(some => some ?? []).Distinct()];
        if (all.Count == 0)
            all = session.Catalog.Prompts;
        var ready = ReadyAnswers.Steps(session, files.Distinct().ToList(), reading, [.. all.Select(prompt => prompt.Task).Distinct()]);
        // Answers that are there are what they are, whichever prompt is named.
        if (folders.Length == 0 && prompts is null)
            all = [all.First(prompt => prompt.Task == ready[0].Task)];
        var data = await Scoring.DataAsync(session, all, cancellationToken).ConfigureAwait(false);
        // First: a file that cannot be read is told before models have answered for an hour.
        var measured = ready.Select(step => ReadyAnswers.Measure(session, step, data, plan, cancellationToken)).ToList();
        var columns = new List<(string, EvaluationReport)>();
        foreach (var folder in folders.Distinct())
        {
            var reports = new List<TaskReport>();
            foreach (
                var asked in data.Where(d => (own[folder] ?? all).Contains(d.Prompt))
                    .GroupBy(d => ModelFolder.Find(session, folder, d.Prompt))
            )
            {
                var report = await Scoring
                    .ScoreAsync(session, () => RunModel.Open(asked.Key, device), [.. asked], plan, SplitName.Test, cancellationToken)
                    .ConfigureAwait(false);
                reports.AddRange(report.Tasks);
            }

            columns.Add((Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), new EvaluationReport(reports)));
        }

        columns.AddRange(measured);
        session.Console.Write(ScoreTable.Of(columns, session.Console.Profile.Width));
        return ExitCode.Success;
    }
}
