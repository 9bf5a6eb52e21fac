using System.CommandLine;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.App.Verbs;

/// <summary><c>merge</c>: folds an adapter into the model that it was tuned from.</summary>
internal static class MergeVerb
{
    public static Command Create(Session session)
    {
        var adapter = new Argument<string>("adapter")
        {
            Description = "The folder of an adapter, or of a run that made one (its best is taken), or the run's name.",
        };
        var output = new Option<string>("--out")
        {
            Description = "The folder of the new model; it must be empty or not there.",
            Required = true,
        };
        var command = new Verb(
            "merge",
            "Fold an adapter into its model: a whole model is written that does the same, up to rounding.",
            "{recipe} --out models/merged"
        )
        {
            adapter,
            output,
        };
        command.SetAction(parsed => Run(session, parsed.GetValue(adapter)!, Path.GetFullPath(parsed.GetValue(output)!)));
        return command;
    }

    private static int Run(Session session, string named, string output)
    {
        var folder = ModelFolder.Find(session, named);
        if (File.Exists(output) || (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any()))
            throw new UserException($"{output} is there already and is not empty; give --out a new folder.");
        try
        {
            using var model = LoadedModel.Load(folder);
            session.Note(model.Notices);
            if (model.Adapter is null)
                throw new UserException($"{folder} is a whole model: there is no adapter to fold in.");
            model.Merge();
            Directory.CreateDirectory(output);
            model.Save(output);
        }
        catch (MisfitException e)
        {
            throw new UserException($"{folder}: {e.Message}");
        }

        session.WriteLine(output);
        return ExitCode.Success;
    }
}
