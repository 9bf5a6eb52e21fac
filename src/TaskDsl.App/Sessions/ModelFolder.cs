using TaskDsl.Prompts;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Sessions;

/// <summary>
/// Finds the folder of a model that a user names: the folder itself, the best of a run's folder, a run by its name, or the word of a
/// model that a package brings.
/// </summary>
internal static class ModelFolder
{
    /// <summary>The model that answers a prompt: in a run with several models, that of its task, or all where the input decides.</summary>
    public static string Find(Session session, string named, Prompt prompt)
    {
        var candidates = Candidates(session, named);
        foreach (var folder in candidates)
        {
            if (RunModel.Find(folder, prompt) is { } model)
                return model;
            if (File.Exists(Path.Combine(folder, "run.json")))
                throw new UserException(
                    $"the run in {folder} has no model for prompt '{prompt.Name}': it was not trained for it, or stopped before "
                        + "its first model was saved."
                );
        }

        throw Missing(named, candidates);
    }

    /// <summary>A model or an adapter, or else a folder of that name, whatever is in it.</summary>
    public static string Find(Session session, string named)
    {
        var candidates = Candidates(session, named);
        if (candidates.Select(folder => RunModel.Find(folder, prompt: null)).FirstOrDefault(model => model is not null) is { } found)
            return found;
        if (Array.Find(candidates, folder => RunModel.Parts(folder).Count > 0) is { } several)
            throw new UserException(
                $"the run in {several} has several models (one_model_per), and here one is meant; name the folder of one: "
                    + $"{string.Join(", ", RunModel.Parts(several).Select(part => Path.Combine(several, part)))}."
            );
        return Array.Find(candidates, Directory.Exists) ?? throw Missing(named, candidates);
    }

    /// <summary>The run that a model is of: its folder is the run's, or lies in it; null where it is no run's.</summary>
    public static RunFolder? Run(Session session, string named) =>
        Candidates(session, named)
            .SelectMany(folder => (string?[])[folder, Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))])
            .OfType<string>()
            .Select(folder => new RunFolder(folder))
            .FirstOrDefault(folder => File.Exists(folder.Record));

    /// <summary>The prompts that a model's run was trained on; null where it is no run's.</summary>
    public static IReadOnlyList<Prompt>? Prompts(Session session, string named)
    {
        if (Run(session, named) is not { } run)
            return null;
        var trained = RunRecord.Read(run).Recipe["tasks"]?.AsArray().Where(task => (double?)task!["weight"] is not 0).ToList() ?? [];
        Prompt[] prompts = [.. session.Catalog.Prompts.Where(prompt => trained.Exists(task => (string?)task!["prompt"] == prompt.Name))];
        return prompts.Length > 0 ? prompts : null;
    }

    /// <summary>The words that mean a model by themselves, as packages bring them.</summary>
    public static IEnumerable<(string Word, Type Type)> Packaged(Session session) =>
        Words
            .Of(session.Catalog.Assembly)
            .Choices(typeof(StoredModel))
            .Where(choice => !Words.Properties(choice.Type).Any(Words.IsRequired));

    /// <summary>Refuses a folder for a new model that has something in it.</summary>
    public static void RefuseTaken(string output)
    {
        if (File.Exists(output) || (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any()))
            throw new UserException($"{output} is there already and is not empty; give --out a new folder.");
    }

    private static string[] Candidates(Session session, string named)
    {
        string[] folders =
        [
            Path.GetFullPath(named),
            Path.GetFullPath(named, session.Catalog.ProjectDirectory),
            Path.Combine(session.Catalog.ProjectDirectory, "runs", named),
        ];
        return folders.Any(Directory.Exists) || Packaged(session).FirstOrDefault(model => model.Word == named).Type is not { } model
            ? folders
            : [.. folders, ((StoredModel)Words.Default(model)).FindFolder()];
    }

    private static UserException Missing(string named, string[] candidates) =>
        new(
            $"'{named}' is neither a model's folder (with config.json or adapter_config.json) nor a run's, nor a package's word. Looked in "
                + $"{string.Join(", ", candidates.Distinct())}."
        );
}
