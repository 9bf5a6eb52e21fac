using System.Globalization;
using System.Text;

namespace TaskDsl.Data;

/// <summary>What became of the records: <c>Read + Added == Kept + Dropped.Values.Sum()</c>.</summary>
public sealed class DataReport
{
    private const int Shown = 20,
        ShownOfEach = 5;
    private readonly SortedDictionary<string, long> dropped = new(StringComparer.Ordinal);
    private readonly List<string> samples = [];
    private readonly List<string> notices = [];
    private readonly HashSet<(string File, string Notice)> told = [];

    /// <summary>Records that were read.</summary>
    public long Read { get; internal set; }

    /// <summary>How many examples stages have made more of what was read, by cutting; below zero: fewer, by joining.</summary>
    public long Added { get; internal set; }

    /// <summary>Examples in the data set.</summary>
    public long Kept { get; internal set; }

    /// <summary>Records that are not in the data set, by reason.</summary>
    public IReadOnlyDictionary<string, long> Dropped => dropped;

    /// <summary>The first records that were left out for each reason, with their places.</summary>
    public IReadOnlyList<string> DroppedSamples => samples;

    /// <summary>What was read though it may not be meant, each with its place: a file without records, tokens joined by spaces.</summary>
    public IReadOnlyList<string> Notices => notices;

    /// <summary>All of it as text: the counts, then what was left out and what was noticed.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Read} records read, {Kept} kept");
        if (Added != 0)
            text.Append(CultureInfo.InvariantCulture, $", {Added:+0;-0} by cutting and joining");
        foreach (var (reason, count) in dropped)
            text.Append(CultureInfo.InvariantCulture, $", {count} left out: {reason}");
        foreach (var line in samples.Concat(notices))
            text.Append("\n  ").Append(line);
        return text.ToString();
    }

    /// <summary>Notes something of a file, once, with the place where it was seen first.</summary>
    internal void Tell(string file, string place, string notice)
    {
        if (notices.Count < Shown && told.Add((file, notice)))
            notices.Add($"{place}: {notice}");
    }

    internal void Drop(RecordOrigin origin, string reason, string detail)
    {
        dropped[reason] = dropped.GetValueOrDefault(reason) + 1;
        if (samples.Count < Shown && dropped[reason] <= ShownOfEach)
            samples.Add($"{origin}: {detail}");
    }
}
