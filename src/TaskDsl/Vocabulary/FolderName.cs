using System.Text.RegularExpressions;

namespace TaskDsl.Vocabulary;

/// <summary>Names that the YAML gives and that folders of a run get.</summary>
public static class FolderName
{
    // What a run's folder has itself.
    private static readonly string[] Taken = ["best", "checkpoints"];

    /// <summary>Why no folder of a run can be called so, as a clause; null where one can.</summary>
    public static string? Fault(string name) =>
        Taken.Contains(name) ? $"a run has its own folder '{name}'"
        : Regex.IsMatch(name, @"^[\p{L}\p{N}_][\p{L}\p{N}_.\-]{0,59}\z", RegexOptions.None, TimeSpan.FromSeconds(1)) ? null
        : "a folder's name here has at most 60 letters, digits, '_', '-' and '.', and begins with no point or dash";
}
