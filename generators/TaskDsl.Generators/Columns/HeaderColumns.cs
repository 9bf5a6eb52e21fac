using TaskDsl.Data.Files;

namespace TaskDsl.Generators.Columns;

/// <summary>The columns that a header row names, as the run will read it.</summary>
internal static class HeaderColumns
{
    /// <summary>The columns; null where the start does not tell them.</summary>
    /// <param name="start">The start of the file.</param>
    /// <param name="declared">What the source says that separates columns; null where it says nothing.</param>
    /// <param name="quotes">Whether values may stand in quotes.</param>
    public static ColumnNames? Of(FileStart start, char? declared, bool quotes)
    {
        var lines = start.FirstLines;
        var said = lines.Count > 0 ? Separators.Said(lines[0]) : null;
        if (said is not null && declared is not null && said != declared)
            return null; // The run says that the two are at odds.
        var separator = said ?? declared ?? ',';
        var header = said is null ? 0 : 1;
        if (lines.Count <= header || Row(header) is not { } cells)
            return null;

        // A column without a name is passed over where it holds nothing.
        var row = lines.Count > header + 1 ? Row(header + 1) : null;
        var names = cells.Select(name => string.IsNullOrWhiteSpace(name) ? "" : name).ToList();
        var always = names.Where((name, i) => name.Length > 0 || (i < row?.Count && !string.IsNullOrWhiteSpace(row[i])));
        return new ColumnNames(new(names), new(always), Separators.Missed(names, separator));

        // What is in quotes and goes on in the next line is left to the run.
        List<string>? Row(int line) => SeparatedRows.Read(lines[line], separator, quotes).FirstOrDefault().Cells;
    }
}
