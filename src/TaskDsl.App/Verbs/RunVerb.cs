using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TaskDsl.App.Reports;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Verbs;

/// <summary><c>run</c>: runs what of a pipeline is not there yet, and tells whether what it expects holds.</summary>
internal static class RunVerb
{
    public static Command Create(Session session)
    {
        var pipeline = new Argument<string>("pipeline") { Description = "The pipeline." };
        var output = new Option<DirectoryInfo?>("--out") { Description = "The folder of runs. Default: runs in the project's folder." };
        var from = new Option<string?>("--from")
        {
            Description = "Run this step again, and all that depends on it, though it is finished.",
        };
        var dry = new Option<bool>("--dry") { Description = "Say what would run, and why; run nothing." };
        var set = new Option<string[]>("--set")
        {
            Description = "Change a step by its own words, as --set student.seed=2. May be given several times.",
        };
        var command = new Verb(
            "run",
            "Run a pipeline: what is finished is kept, what was interrupted goes on, and an edit runs again only what depends on it.",
            "{pipeline}",
            "{pipeline} --dry",
            "{pipeline} --from {step}"
        )
        {
            pipeline,
            output,
            from,
            dry,
            set,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var settings = parsed.GetValue(set) ?? [];
                var changed = Change(session, session.Pipeline(parsed.GetValue(pipeline)!), settings);
                var options = new PipelineOptions
                {
                    From = parsed.GetValue(from),
                    Runs = new RunOptions { RunsDirectory = parsed.GetValue(output)?.FullName ?? session.Runs },
                };
                if (!parsed.GetValue(dry))
                    return RunAsync(session, changed, settings, options, cancellation);
                session.Console.Write(Steps(changed.Plan(options), "would run because"));
                return Task.FromResult(ExitCode.Success);
            }
        );
        return command;
    }

    private static Pipeline Change(Session session, Pipeline pipeline, string[] settings)
    {
        var change = new Override(Words.Of(session.Catalog.Assembly), session.Catalog);
        return settings.Aggregate(pipeline, (changed, setting) =>
            changed with
            {
                Steps = Change(changed.Steps, setting, setting, $"no step of '{pipeline.Name}'", change),
            }
        );
    }

    /// <summary>Changes a step by what stands behind its name; of a group, one in it.</summary>
    private static Dictionary<string, PipelineStep> Change(
        IReadOnlyDictionary<string, PipelineStep> steps,
        string setting,
        string rest,
        string none,
        Override change
    )
    {
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        if (dot < 1 || !steps.TryGetValue(rest[..dot], out var step))
            throw new WordException($"'{setting}' begins with {none}{NearestWord.Choice(rest[..Math.Max(0, dot)], steps.Keys)}");
        var (name, behind) = (rest[..dot], rest[(dot + 1)..]);
        // What a sweep says of itself it says once; the rest each of its cells says.
        var changed = behind.StartsWith("sweep.", StringComparison.Ordinal) ? Set(step) : step.Change(Cell);
        return new Dictionary<string, PipelineStep>(steps) { [name] = changed };

        PipelineStep Cell(PipelineStep cell) =>
            cell.Verb is StepsStep { Steps: var all } group && !behind.StartsWith("repeat.", StringComparison.Ordinal)
                ? cell with
                {
                    Verb = group with { Steps = Change(all, setting, behind, $"no step of '{name}'", change) },
                }
                : Set(cell);

        PipelineStep Set(PipelineStep one)
        {
            try
            {
                return change.Apply(one, [behind]);
            }
            catch (WordException e)
            {
                var step = setting[..^(behind.Length + 1)];
                throw new WordException(string.Join('\n', e.Message.Split('\n').Select(mistake => $"step '{step}': {mistake}")));
            }
        }
    }

    private static async Task<int> RunAsync(
        Session session,
        Pipeline pipeline,
        string[] settings,
        PipelineOptions options,
        CancellationToken cancellationToken
    )
    {
        session.Console.MarkupLineInterpolated($"[bold]{pipeline.Name}[/]  {pipeline.Summary}");
        var plan = pipeline.Plan(options);
        if (plan.Any(step => step.Why is not null))
            session.Console.Write(Steps(plan, "runs because"));
        FinishedPipeline finished;
        try
        {
            finished = await LiveProgress
                .RunAsync(session.Console, progress => pipeline.RunAsync(options, progress, cancellationToken))
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            var again = string.Concat(settings.Select(setting => $" --set '{setting}'"));
            var output = options.Runs.RunsDirectory is { } runs ? $" --out '{runs}'" : "";
            session.WriteLine($"What is finished is kept. To go on: {RootCommand.ExecutableName} run {pipeline.Name}{output}{again}");
            WritePage(session, pipeline, pipeline.Plan(options), null, options);
            throw new OperationCanceledException(e.Message, e); // How a single run goes on is not how its pipeline does.
        }
        catch (RunException e) when (e is not RunStorageException) // With a disk that is full no page can be written either.
        {
            WritePage(session, pipeline, pipeline.Plan(options), null, options);
            throw;
        }

        session.Console.Write(Steps(finished.Steps, "ran because"));
        foreach (var step in finished.Steps)
        foreach (var sheet in step.Table is { } table ? SheetTable.Of(step.Name, table, session.Console.Profile.Width) : [])
            session.Console.Write(sheet);
        foreach (var gate in finished.Gates)
            session.Console.MarkupLine(
                $"{(gate.Holds ? "holds" : "[red]does not hold[/]")}: {Markup.Escape(gate.Text)}  ({Markup.Escape(gate.Words)})"
            );
        WritePage(session, pipeline, finished.Steps, finished.Gates, options);
        return finished.Gates.All(gate => gate.Holds) ? ExitCode.Success : ExitCode.Mistake;
    }

    private static void WritePage(
        Session session,
        Pipeline pipeline,
        IReadOnlyList<PlannedStep> steps,
        IReadOnlyList<Gate>? gates,
        PipelineOptions options
    )
    {
        var folder = Path.Combine(options.Runs.Runs, pipeline.Name);
        if (Directory.Exists(folder)) // Else nothing has begun.
            session.WriteLine($"report: {PipelineReport.Write(pipeline, steps, gates, folder)}");
    }

    private static Table Steps(IReadOnlyList<PlannedStep> steps, string because)
    {
        var table = new Table().RoundedBorder().AddColumns("step", "does", "reads", "makes", "state", because, "counts");
        foreach (var step in steps)
        {
            var record = step.Record;
            var time = record is null
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $" in {TimeSpan.FromSeconds(record.Seconds):h\\:mm\\:ss}");
            var chosen = step.Chosen is { } choice
                ? new[] { string.Create(CultureInfo.InvariantCulture, $"{choice.Cell}: {choice.By} {choice.Scores[choice.Cell]:0.000}") }
                : [];
            var counts = record?.Counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:N0}"));
            table.AddRow(
                Markup.Escape(step.Name),
                Words.WordOf(step.Step.Verb.GetType()),
                Markup.Escape(string.Join(", ", step.Reads)),
                step.Makes,
                record is null ? "not there" : "finished" + time,
                Markup.Escape(step.Why ?? ""),
                Markup.Escape(string.Join(", ", chosen.Concat(counts ?? [])))
            );
        }

        return table;
    }
}
