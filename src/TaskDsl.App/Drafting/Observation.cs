using System.Globalization;

namespace TaskDsl.App.Drafting;

/// <summary>
/// Something to look out for in data: one file each, found by itself. It is shown every record once the columns are taken for something,
/// and then says what it has seen, if anything. What it holds is bounded.
/// </summary>
internal abstract class Observation
{
    /// <summary>Looks at a record.</summary>
    public virtual void See(Seen record) { }

    /// <summary>What it has seen: a remark each, none where there is nothing to say.</summary>
    public abstract IEnumerable<Remark> Tell(Draft draft);

    /// <summary>One of each, in the order of their names.</summary>
    public static IReadOnlyList<Observation> All() =>
        [
            .. typeof(Observation)
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(Observation)))
                .OrderBy(type => type.Name, StringComparer.Ordinal)
                .Select(type => (Observation)Activator.CreateInstance(type)!),
        ];

    /// <summary>A number, with commas.</summary>
    protected static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number of things: <c>1 record</c>, <c>1,200 records</c>.</summary>
    protected static string Count(long value, string thing) => value == 1 ? $"1 {thing}" : $"{Number(value)} {thing}s";

    /// <summary>A share, in whole percent.</summary>
    protected static string Percent(double share) => $"{Math.Floor(100 * share).ToString("0", CultureInfo.InvariantCulture)} %";

    /// <summary>A text for a remark: one line, and not too long.</summary>
    protected static string Shown(string text)
    {
        const int longest = 60;
        var line = text.ReplaceLineEndings(" ").Trim();
        return $"'{(line.Length <= longest ? line : line[..longest] + "…")}'";
    }
}
