namespace TaskDsl.App.Sessions;

/// <summary>A folder that is there as a whole or not at all.</summary>
internal static class NewFolder
{
    /// <summary>Fills a folder beside its place, then moves it there.</summary>
    /// <param name="folder">The folder; it is empty or not there.</param>
    /// <param name="fill">Fills the folder that it is given.</param>
    public static T Write<T>(string folder, Func<string, T> fill)
    {
        var beside = $"{folder}.{Guid.NewGuid():n}.tmp";
        try
        {
            Directory.CreateDirectory(beside);
            var result = fill(beside);
            if (Directory.Exists(folder))
                Directory.Delete(folder);
            Directory.Move(beside, folder);
            return result;
        }
        catch
        {
            if (Directory.Exists(beside))
                Directory.Delete(beside, recursive: true);
            throw;
        }
    }
}
