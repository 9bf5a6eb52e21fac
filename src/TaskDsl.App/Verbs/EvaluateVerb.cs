using System.CommandLine;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Verbs;

/// <summary><c>evaluate</c>: measures models on the test parts.</summary>
internal static class EvaluateVerb
{
    public static Command Create(Session session)
    {
        var models = new Argument<string[]>("model")
        {
            Description = "Folders of models or adapters, or of runs (their best is taken).",
            Arity = ArgumentArity.OneOrMore,
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
            "{recipe} --set decoding.beam.width=8"
        )
        {
            models,
            prompts,
            limit,
            free,
            device,
            set,
        };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    session,
                    parsed.GetValue(models)!,
                    parsed.GetValue(prompts) is { Length: > 0 } named ? [.. named.Select(session.Prompt)] : null,
                    device.Of(parsed),
                    set.Apply(session, parsed, new EvaluationPlan { Limit = parsed.GetValue(limit), Constrained = !parsed.GetValue(free) }),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        Session session,
        string[] folders,
        IReadOnlyList<Prompts.Prompt>? prompts,
        TorchSharp.torch.Device device,
        EvaluationPlan plan,
        CancellationToken cancellationToken
    )
    {
        // A run answers what it was trained on; another model is asked what the runs beside it are.
        var own = folders.Distinct().ToDictionary(f => f, f => prompts ?? ModelFolder.Prompts(session, f));
        IReadOnlyList<Prompts.Prompt> all = [.. own.Values.SelectMany(some => some ?? []).Distinct()];
        if (all.Count == 0)
            all = session.Catalog.Prompts;
        var data = await Scoring.DataAsync(session, all, cancellationToken).ConfigureAwait(false);
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

        session.Console.Write(ScoreTable.Of(columns, session.Console.Profile.Width));
        return ExitCode.Success;
    }
}
