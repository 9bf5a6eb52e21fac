namespace TaskDsl.Data.Files;

/// <summary>What separates the columns of a table, as its first lines tell. Compiler and runtime share it.</summary>
public static class Separators
{
    /// <summary>What a first line <c>sep=;</c> says, as Excel writes it; null where it is an ordinary line.</summary>
    public static char? Said(string line)
    {
        line = (line ?? throw new ArgumentNullException(nameof(line))).TrimStart('\uFEFF').TrimEnd('\r', '\n');
        var isSaid = line.Length == 5 && line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase);
        return isSaid && line[4] is > '\0' and < '\u0080' ? line[4] : null;
    }

    /// <summary>What a header of one column is where it holds another separator, so that it seems to be several; else null.</summary>
    /// <param name="header">The names of its columns.</param>
    /// <param name="separator">What separates them.</param>
    public static string? Missed(IReadOnlyList<string> header, char separator) =>
        header is [var only] && only.IndexOfAny(['\t', ';', ',', '|']) is >= 0 and var at && only[at] != separator
            ? $"one column '{only.Replace('\t', ' ')}'; the columns seem to be separated by "
                + only[at] switch
                {
                    '\t' => "tabs: write 'tsv: <path>'",
                    ',' => "commas: write 'csv: <path>'",
                    var other => $"'{other}': write csv with 'delimiter: \"{other}\"'",
                }
            : null;
}
