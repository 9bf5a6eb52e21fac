using TaskDsl.Prompts;

namespace TaskDsl.App;

/// <summary>Finds the folder of a model that a user names: the folder itself, the best of a run's folder, or a run by its name.</summary>
internal static class ModelFolder
{
    /// <summary>The model that answers a prompt: in a run with one model per task, that task's.</summary>
    public static string Find(Session session, string named, Prompt prompt)
    {
        string[] candidates =
        [
            Path.GetFullPath(named),
            Path.GetFullPath(named, session.Catalog.ProjectDirectory),
            Path.Combine(session.Catalog.ProjectDirectory, "runs", named),
        ];
        foreach (var folder in candidates)
        {
            foreach (var best in (ReadOnlySpan<string>)[Path.Combine(folder, "best"), Path.Combine(folder, prompt.Name, "best")])
                if (Directory.Exists(best)) return best;
            if (File.Exists(Path.Combine(folder, "config.json")) || File.Exists(Path.Combine(folder, "adapter_config.json"))) return folder;
            if (File.Exists(Path.Combine(folder, "run.json")))
                throw new UserException($"the run in {folder} has no model for prompt '{prompt.Name}': it was not trained for it, or stopped before its first model was saved.");
        }

        throw new UserException($"'{named}' is neither a model's folder (with config.json or adapter_config.json) nor a run's. Looked in {string.Join(", ", candidates.Distinct())}.");
    }
}
