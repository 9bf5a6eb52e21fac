using System.CommandLine;
using TaskDsl.App.Reports;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Verbs;

/// <summary><c>report</c>: writes a run's page again, also that of a run that is under way.</summary>
internal static class ReportVerb
{
    public static Command Create(Session session)
    {
        var runs = new Argument<string[]>("run") { Description = "Folders or names of runs.", Arity = ArgumentArity.OneOrMore };
        var command = new Verb("report", "Write the page of a run, report.html, from the files in its folder.", "{recipe}") { runs };
        command.SetAction(parsed =>
        {
            foreach (var named in parsed.GetValue(runs)!)
                session.WriteLine(RunReport.Write(Find(session, named)));
            return ExitCode.Success;
        });
        return command;
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
