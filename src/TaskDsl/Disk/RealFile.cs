namespace TaskDsl.Disk;

/// <summary>Files behind links, as a cache of models has them: <see cref="FileInfo"/> tells of the link, not of the file.</summary>
public static class RealFile
{
    /// <summary>The file that a path names, behind however many links; it need not be there.</summary>
    public static FileInfo Of(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
    }
}
