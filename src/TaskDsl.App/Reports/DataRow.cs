using System.Globalization;
using System.Text.Json.Nodes;

namespace TaskDsl.App.Reports;

/// <summary>Where the records of one task went: read = kept + each reason, kept = train + validation + test.</summary>
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
    IReadOnlyList<string> Samples
)
{
    public static DataRow Of(string task, JsonObject data)
    {
        var reasons = (data["dropped"] as JsonObject ?? []).Select(d => (d.Key, Count: Count(d.Value))).ToList();
        var (read, train, validation, test) = (Count(data["read"]), Count(data["train"]), Count(data["validation"]), Count(data["test"]));
        var (kept, left) = (train + validation + test, reasons.Sum(r => r.Count));
        return new DataRow(
            task,
            Text(read),
            Text(kept),
            Text(left),
            Text(train),
            Text(validation),
            Text(test),
            [.. reasons.Where(r => r.Count > 0).Select(r => new Fact(r.Key, Text(r.Count)))],
            RunReport.Text(data["quarantine"]),
            read == kept + left
                ? ""
                : $"{Text(read)} read are not {Text(kept)} kept and {Text(left)} left out: {Text(Math.Abs(read - kept - left))} {(read > kept + left ? "are missing" : "are too many")}.",
            [.. (data["dropped_samples"] as JsonArray ?? []).Select(RunReport.Text)]
        );
    }

    private static long Count(JsonNode? node) => (long)(RunParts.AsNumber(node) ?? 0);

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
