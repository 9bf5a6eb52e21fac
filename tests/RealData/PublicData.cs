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

    /// <summary>Sets the link to the folder; where there is no such folder, there is no link.</summary>
    /// <returns>Why there is none; null where there is one.</returns>
    public static string? Link()
    {
        var link = new DirectoryInfo(Path.GetFullPath("../public", TaskCatalog.Default.ProjectDirectory));
        var isThere = Directory.Exists(Folder);
        if (isThere && link.LinkTarget == Folder)
            return null;
        if (link.LinkTarget is not null)
            link.Delete();
        if (isThere)
            link.CreateAsSymbolicLink(Folder);
        return isThere ? null : $"The public data sets are not in {Folder}; set TASKDSL_REAL_DATA to where they are.";
    }
}
