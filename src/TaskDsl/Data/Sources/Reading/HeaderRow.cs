using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;
using TaskDsl.Data.Files;

namespace TaskDsl.Data.Sources.Reading;

/// <summary>
/// The columns that a header row names. Spreadsheets leave columns without a name behind, mostly empty ones: where they hold nothing, or
/// the source ignores <c>''</c>, they are passed over.
/// </summary>
internal sealed class HeaderRow
{
    private const string Nameless = "";
    private readonly string[] names;
    private readonly byte[][] utf8;
    private readonly JsonEncodedText?[] read;
    private readonly bool ignoresNameless;

    private HeaderRow(string[] names, DataSource source)
    {
        this.names = names;
        utf8 = [.. names.Select(Encoding.UTF8.GetBytes)];
        ignoresNameless = source.Ignore.Any(string.IsNullOrWhiteSpace);
        var readsNameless = source.Columns.Values.Contains(Nameless);
        read =
        [
            .. names.Select(name =>
                name.Length > 0 || readsNameless
                    ? JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)
                    : (JsonEncodedText?)null
            ),
        ];
    }

    /// <summary>How many columns there are.</summary>
    public int Count => names.Length;

    /// <summary>The columns of a header.</summary>
    /// <param name="header">Its names.</param>
    /// <param name="line">The line that it stands on.</param>
    /// <param name="separator">What separates them.</param>
    /// <param name="source">The source: what it says of columns without a name.</param>
    /// <exception cref="IOException">It is none.</exception>
    public static HeaderRow Of(IReadOnlyList<string> header, long line, char separator, DataSource source)
    {
        string[] names = [.. header.Select(name => string.IsNullOrWhiteSpace(name) ? Nameless : name)];
        if (names.Any(name => name.Contains('\uFFFD', StringComparison.Ordinal)))
            throw new IOException($"the header (line {line}) is no UTF-8; convert the file first, as with 'iconv -f GB18030 -t UTF-8'.");
        var mapped = source.Columns.Values.Contains(Nameless);
        if (names.Where(name => name.Length > 0 || mapped).GroupBy(name => name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new IOException(
                $"the header (line {line}) names column '{twice.Key}' twice; give each column a name of its own, also those under 'ignore'."
            );
        if (Separators.Missed(names, separator) is { } missed)
            throw new IOException($"the header (line {line}) is {missed}.");
        return new HeaderRow(names, source);
    }

    /// <summary>The name of a column that is read; null for one that is passed over.</summary>
    public JsonEncodedText? Read(int column) => read[column];

    /// <summary>A column, for messages.</summary>
    public string Describe(int column) => names[column].Length > 0 ? $"column '{names[column]}'" : $"column {column + 1}";

    /// <summary>What is wrong with the cells of a row, as far as the header tells; null where nothing is.</summary>
    public string? Wrong(CsvReader row, RowFormat format, char separator)
    {
        for (var i = Count; i < row.FieldCount; i++)
            if (!IsBlank(row.GetSpan(i)))
                return $"{Width(row)}; "
                    + (
                        format.Quotes == true
                            ? $"a value with a {Name(separator)} in it needs quotes around it"
                            : $"no value holds a {Name(separator)}: take it out"
                    );
        if (row.FieldCount < Count)
            return $"{Width(row)}; a value that is missing needs its {Name(separator)} all the same";
        for (var i = 0; i < Count; i++)
            if (read[i] is null && !ignoresNameless && !IsBlank(row.GetSpan(i)))
                return $"column {i + 1} has no name in the header and holds {RecordPath.Quote(Encoding.UTF8.GetString(row.GetSpan(i)))}; "
                    + "name it there, or write \"ignore: ['']\" at the source to pass over columns without a name";
        return Count > 1 && Repeats(row) ? "the header once more, as where files were put together; take the row out" : null;
    }

    /// <summary>Whether a row is separators and nothing else, as spreadsheets leave some behind the last.</summary>
    public static bool IsEmpty(CsvReader row, char separator) =>
        row.FieldCount > 1 && row.RawRecord.IndexOfAnyExcept((byte)separator, (byte)'\r', (byte)'\n') < 0;

    private string Width(CsvReader row) => $"{row.FieldCount} columns where the header has {Count}";

    private bool Repeats(CsvReader row)
    {
        for (var i = 0; i < Count; i++)
        {
            var cell = row.GetSpan(i);
            if (i == 0 && cell.StartsWith("\uFEFF"u8))
                cell = cell[3..];
            if (!cell.SequenceEqual(utf8[i]))
                return false;
        }

        return true;
    }

    private static bool IsBlank(ReadOnlySpan<byte> cell) => cell.IndexOfAnyExcept(" \t"u8) < 0;

    private static string Name(char separator) => separator == '\t' ? "tab" : $"'{separator}'";
}
