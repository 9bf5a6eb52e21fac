using System.CommandLine;
using TaskDsl.App.Reports;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Verbs;

/// <summary><c>report</c>: writes the page of a run or a pipeline again, also of one that is under way.</summary>
internal static class ReportVerb
{
    public static Command Create(Session session)
    {
        var runs = new Argument<string[]>("run")
        {
            Description = "Folders or names of runs, or names of pipelines.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Verb("report", "Write the page of a run or a pipeline, report.html, from the files in its folder.", "{recipe}")
        {
            runs,
        };
        command.SetAction(parsed =>
        {
            foreach (var named in parsed.GetValue(runs)!)
                session.WriteLine(
                    session.Pipelines.FirstOrDefault(p => p.Name == named) is { } pipeline
                        ? Write(session, pipeline)
                        : RunReport.Write(Find(session, named))
                );
            return ExitCode.Success;
        });
        return command;
    }

    private static string Write(Session session, Pipeline pipeline)
    {
        var runs = new RunOptions { ProjectDirectory = session.Catalog.ProjectDirectory };
        var folder = Path.Combine(runs.Runs, pipeline.Name);
        if (!Directory.Exists(folder))
            throw new UserException($"The pipeline '{pipeline.Name}' has not run: there is no {folder}.");
        var steps = pipeline.Plan(new PipelineOptions { Runs = runs });
        return PipelineReport.Write(pipeline, steps, steps.All(step => step.Record is not null) ? pipeline.Gates(steps) : null, folder);
    }

    private static string Find(Session session, string named)
    {
        string[] candidates =
        [
            Path.GetFullPath(named),
            Path.GetFullPath(named, session.Catalog.ProjectDirectory),
            Path.Combine(session.Catalog.ProjectDirectory, "runs", named),
        ];
        return candidates.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "run.json")))
            ?? throw new UserException($"'{named}' is no run: there is no run.json in {string.Join(", ", candidates.Distinct())}.");
    }
}
