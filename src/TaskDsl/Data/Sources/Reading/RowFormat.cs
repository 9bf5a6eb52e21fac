namespace TaskDsl.Data.Sources.Reading;

/// <summary>How rows of separated values are written.</summary>
/// <param name="Name">The format, for messages.</param>
/// <param name="Separator">What separates columns; null where a first line <c>sep=;</c> may say so, and else a comma does.</param>
/// <param name="Quotes">Whether values may stand in quotes; null where a value in quotes is an error, because nobody has said.</param>
internal sealed record RowFormat(string Name, char? Separator, bool? Quotes)
{
    /// <summary>What separates the columns of a file.</summary>
    /// <param name="said">What its line <c>sep=;</c> says; null where it has none.</param>
    /// <exception cref="IOException">The two are at odds.</exception>
    public char SeparatorOf(char? said)
    {
        if (said is { } sign && Separator is { } declared && sign != declared)
            throw new IOException(
                $"its first line 'sep={sign}' says that {Describe(sign)} separate the columns, the source that {Describe(declared)} do; "
                    + (Name == "CSV" ? "take 'delimiter' away, or that line." : $"read it as CSV ('csv: <path>'), or take that line away.")
            );
        return said ?? Separator ?? ',';
    }

    private static string Describe(char sign) => sign == '\t' ? "tabs" : $"'{sign}'";
}
