namespace TaskDsl.Vocabulary;

/// <summary>
/// The string is a path (file, folder or glob) relative to the project's folder. A path inside the project is
/// checked at compile time against the files that the project includes.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute : Attribute
{
    /// <summary>Whether the path may be absent when the project is compiled (it is written by a run, say). Default: false.</summary>
    public bool MayBeAbsent { get; init; }

    /// <summary>The property beside it which, where it is given, says where else than in the project the file is. Default: none.</summary>
    public string? Elsewhere { get; init; }
}
