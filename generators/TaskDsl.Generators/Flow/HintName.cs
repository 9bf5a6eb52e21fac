using System.Text.RegularExpressions;

namespace TaskDsl.Generators.Flow;

/// <summary>Names of generated files. Roslyn accepts letters, digits and few signs, and compares names without case.</summary>
internal static class HintName
{
    /// <summary>The name for a YAML file, by its path relative to the project.</summary>
    public static string Of(string path)
    {
        var hint = Regex.Replace(path.TrimStart('/'), @"[^\p{L}\p{Nd}/.,\-+_ ()\[\]{}@]", "_").Replace("../", "__/");
        return Regex.Replace(hint, @"\.ya?ml$", "") + ".g.cs";
    }
}
