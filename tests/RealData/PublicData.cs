namespace RealData;

/// <summary>
/// Where the public data sets are: in the folder that <c>TASKDSL_REAL_DATA</c> names, else in <c>../shared/data</c>, beside the repository.
/// The tasks name them as <c>../public</c>, a link to it, which Git does not know.
/// </summary>
public static class PublicData
{
    /// <summary>The folder.</summary>
    public static string Folder { get; } =
        Path.GetFullPath(
            Environment.GetEnvironmentVariable("TASKDSL_REAL_DATA") is { Length: > 0 } named ? named : "../../../shared/data",
            TaskCatalog.Default.ProjectDirectory
        );

    /// <summary>Sets the link to the folder.</summary>
    /// <returns>Whether there is such a folder.</returns>
    public static bool Link()
    {
        var link = new DirectoryInfo(Path.GetFullPath("../public", TaskCatalog.Default.ProjectDirectory));
        if (!Directory.Exists(Folder))
            return false;
        if (link.LinkTarget == Folder)
            return true;
        if (link.LinkTarget is not null)
            link.Delete();
        link.CreateAsSymbolicLink(Folder);
        return true;
    }
}
