namespace TaskDsl.App;

/// <summary>Finds the folder of a model that a user names: the folder itself, the best of a run's folder, or a run by its name.</summary>
internal static class ModelFolder
{
    public static string Find(Session session, string named)
    {
        string[] candidates =
        [
            Path.GetFullPath(named),
            Path.GetFullPath(named, session.Catalog.ProjectDirectory),
            Path.Combine(session.Catalog.ProjectDirectory, "runs", named),
        ];
        foreach (var folder in candidates)
        {
            if (Directory.Exists(Path.Combine(folder, "best"))) return Path.Combine(folder, "best");
            if (File.Exists(Path.Combine(folder, "config.json")) || File.Exists(Path.Combine(folder, "adapter_config.json"))) return folder;
        }

        throw new UserException($"'{named}' is neither a model's folder (with config.json or adapter_config.json) nor a run's. Looked in {string.Join(", ", candidates.Distinct())}.");
    }
}
