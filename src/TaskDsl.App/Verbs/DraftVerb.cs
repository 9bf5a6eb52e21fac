using System.CommandLine;
using System.Globalization;
using TaskDsl.App.Drafting;
using TaskDsl.App.Drafting.Looking;
using TaskDsl.App.Drafting.Writing;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Verbs;

/// <summary><c>draft</c>: a task, a prompt and a recipe to stand on, guessed from a file of records.</summary>
internal static class DraftVerb
{
    // How far above the project's folder its schemas may lie.
    private const int MostFolders = 4;

    public static Command Create(Session session)
    {
        var kind = new Argument<string>("kind") { Description = "What is drafted: task." };
        var file = new Argument<string>("file")
        {
            Description =
                "The file of records, from the current folder or else from the project's; the other parts of its set (train, dev, test) "
                + "are taken along.",
        };
        var name = new Option<string?>("--name") { Description = "What task, prompt and recipe are called. Default: as the file." };
        var answer = new Option<string?>("--answer") { Description = "The column of the answers. Default: the likeliest." };
        var command = new Verb(
            "draft",
            "Look at a file of records and write a task, a prompt and a recipe for it, with comments at what a person should decide.",
            "task data/tickets.csv",
            "task data/tickets.csv --answer queue --name queue"
        )
        {
            kind,
            file,
            name,
            answer,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var said = parsed.GetValue(kind)!;
                if (said != "task")
                    throw new UserException($"there is no draft of a '{said}'; expected 'draft task <file>'.");
                return await RunAsync(session, parsed.GetValue(file)!, parsed.GetValue(name), parsed.GetValue(answer), cancellation)
                    .ConfigureAwait(false);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        Session session,
        string file,
        string? wished,
        string? answer,
        CancellationToken cancellationToken
    )
    {
        var project = session.Catalog.ProjectDirectory;
        var files = GivenFile.Find(file, project);
        var name = wished is null ? Name(files[0]) : Naming.Task(wished);
        var paths = ((string[])["task", "prompt", "recipe"]).ToDictionary(kind => kind, kind => $"{kind}s/{name}.{kind}.yaml");
        // Before the file is read, which may take minutes.
        Check(session, name, paths.Values);
        var models = ModelFolder.Packaged(session).Select(model => model.Word).ToHashSet();
        var draft = await Draft.OfAsync(files, project, name, answer, models, cancellationToken).ConfigureAwait(false);
        var schema = Schemas(project);
        await WriteAsync(project, paths["task"], TaskPage.Of(draft, schema), cancellationToken).ConfigureAwait(false);
        await WriteAsync(project, paths["prompt"], PromptPage.Of(draft, schema), cancellationToken).ConfigureAwait(false);
        await WriteAsync(project, paths["recipe"], RecipePage.Of(draft, schema), cancellationToken).ConfigureAwait(false);
        foreach (var path in paths.Values)
            session.WriteLine(path);
        Tell(session, draft);
        return ExitCode.Success;
    }

    private static void Tell(Session session, Draft draft)
    {
        var records = draft.Profile.Rows.ToString("N0", CultureInfo.InvariantCulture);
        var inputs = draft.Inputs.Count == 0 ? "nothing" : string.Join(", ", draft.Inputs.Select(field => field.Name));
        session.Note([
            $"{records} records; {inputs} -> {draft.Output.Name} ({draft.Output.Written}), because {draft.Guess.Why}.",
            .. draft.Remarks.Where(remark => remark.NeedsHand).Select(remark => $"needs a hand: {remark.Text}"),
            .. draft.Remarks.Count > 0
                ? (string[])
                    [
                        $"comments on {draft.Remarks.Count} {(draft.Remarks.Count == 1 ? "thing" : "things")} say what was seen and "
                            + $"what a person should decide.",
                    ]
                : [],
            draft.Remarks.Any(remark => remark.NeedsHand)
                ? "look at the comments that say NEEDS A HAND first; then 'dotnet build'."
                : $"'dotnet build' compiles it as it is, and 'train {draft.Name}' trains it.",
        ]);
    }

    private static string Name(GivenFile file)
    {
        // A file that is called after its part alone has its set's name on its folder.
        var folder = Path.GetFileName(Path.GetDirectoryName(file.File)) ?? "";
        return Naming.Task(file.Stem.Length > 0 ? file.Stem : folder);
    }

    private static void Check(Session session, string name, IEnumerable<string> paths)
    {
        foreach (var path in paths)
            if (File.Exists(Path.Combine(session.Catalog.ProjectDirectory, path)))
                throw new UserException($"{path} is there already, and nothing is overwritten; say another name with --name.");
        if (
            session.Catalog.Tasks.Any(task => task.Name == name)
            || session.Catalog.Prompts.Any(prompt => prompt.Name == name)
            || session.Recipes.Any(recipe => recipe.Name == name)
        )
            throw new UserException($"the project has a task, prompt or recipe '{name}' already; say another name with --name.");
    }

    private static async Task WriteAsync(string project, string path, string text, CancellationToken cancellationToken)
    {
        var file = Path.Combine(project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // Whatever has come there meanwhile stays.
        await using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        await using var writer = new StreamWriter(stream);
        await writer.WriteAsync(text.AsMemory(), cancellationToken).ConfigureAwait(false);
    }

    // From a folder of the project to where the schemas are, or will be once 'schema' writes them.
    private static string Schemas(string project)
    {
        var up = "../";
        var folder = new DirectoryInfo(project);
        for (var i = 0; i < MostFolders && folder is not null; i++, folder = folder.Parent, up += "../")
            if (File.Exists(Path.Combine(folder.FullName, "schema", "task.schema.json")))
                return $"{up}schema";
        return "../schema";
    }
}
