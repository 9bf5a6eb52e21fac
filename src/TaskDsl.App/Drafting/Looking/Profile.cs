using TaskDsl.App.Sessions;
using TaskDsl.Data;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>What was seen of all the records of a set, column by column.</summary>
internal sealed class Profile
{
    // More are no columns but keys; a task has at most 64 fields.
    private const int MostColumns = 400;

    // A few columns may be called 1, 2, 3.
    private const int FewNumbers = 8;

    private readonly Dictionary<string, Column> columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> files = new(StringComparer.Ordinal);
    private readonly long[] parts = new long[Enum.GetValues<SplitName>().Length];

    private Profile() { }

    /// <summary>The columns, in the order of their appearance.</summary>
    public IReadOnlyCollection<Column> Columns => columns.Values;

    /// <summary>How many records were read.</summary>
    public long Rows { get; private set; }

    /// <summary>How many of them are in a part that their file says.</summary>
    public long In(SplitName part) => parts[(int)part];

    /// <summary>Whether some record of a file has a column, be it blank.</summary>
    public bool Has(GivenFile file, string column) => files.GetValueOrDefault(file.Path)?.Contains(column) == true;

    /// <summary>Looks at all the records.</summary>
    /// <param name="records">The records.</param>
    /// <param name="name">What messages call them.</param>
    /// <param name="keys">Keys of official test records, which are met on the way; null where there are none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="UserException">There are none that could be read.</exception>
    public static async Task<Profile> OfAsync(Records records, string name, TestKeys? keys, CancellationToken cancellationToken)
    {
        var profile = new Profile();
        await foreach (var row in records.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            profile.Add(row, name);
            keys?.See(row.Origin);
        }

        if (profile.Rows == 0)
            throw new UserException(
                records.Unreadable == 0
                    ? $"{name}: the file has no records; there is nothing to draft from."
                    : $"{name}: none of its {records.Unreadable} records can be read. The first: {records.Faults[0]}"
            );
        if (profile.columns.Count >= FewNumbers && profile.columns.Keys.All(column => column.All(char.IsAsciiDigit)))
            throw new UserException(
                $"{name}: the names of its columns are numbers, so it seems to hold columns instead of records: pandas writes records with "
                    + "to_json(orient='records', lines=True)."
            );
        return profile;
    }

    private void Add(Row row, string name)
    {
        Rows++;
        if (row.Part is { } part)
            parts[(int)part]++;
        if (!files.TryGetValue(row.Origin.File, out var inFile))
            files.Add(row.Origin.File, inFile = new(StringComparer.Ordinal));
        foreach (var (column, value) in row.Values)
        {
            inFile.Add(column);
            if (!columns.TryGetValue(column, out var seen))
            {
                if (columns.Count == MostColumns)
                    throw new UserException(
                        $"{name}: its records have more than {MostColumns} different columns ('{column}' is one more), so they seem to be "
                            + "keys, not names. Write each key's value as a record of its own, with the key as a column."
                    );
                columns.Add(column, seen = new Column(column));
            }

            seen.Add(value);
        }
    }
}
