using System.Globalization;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Reports;

/// <summary>Where the records of one task went: read + what cutting adds = kept + each reason, kept = train + validation + test.</summary>
internal sealed record DataRow(
    string Task,
    string Read,
    string Kept,
    string LeftOut,
    string Train,
    string Validation,
    string Test,
    IReadOnlyList<Fact> Reasons,
    string Quarantine,
    string Missing,
    IReadOnlyList<string> Samples,
    IReadOnlyList<string> Notices
)
{
    public static DataRow Of(string task, RecordedData data)
    {
        var read = data.Read + data.Added;
        var (kept, left) = (data.Train + data.Validation + data.Test, data.Dropped.Values.Sum());
        return new DataRow(
            task,
            data.Added == 0 ? Text(read) : FormattableString.Invariant($"{data.Read:N0} {data.Added:+#,0;-#,0}"),
            Text(kept),
            Text(left),
            Text(data.Train),
            Text(data.Validation),
            Text(data.Test),
            [.. data.Dropped.Where(r => r.Value > 0).Select(r => new Fact(r.Key, Text(r.Value)))],
            data.Quarantine ?? "",
            read == kept + left
                ? ""
                : $"{Text(read)} read are not {Text(kept)} kept and {Text(left)} left out: {Text(Math.Abs(read - kept - left))} "
                    + $"{(read > kept + left ? "are missing" : "are too many")}.",
            data.DroppedSamples,
            data.Notices
        );
    }

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
