using System.Globalization;
using System.Text;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A table as <c>table.csv</c>, a line for each number: what a program reads.</summary>
internal static class TableCsv
{
    public static string Of(StepTable table)
    {
        var coordinates = table.Columns.Keys.SelectMany(c => TableColumn.Of(c).Coordinates).Select(c => c.Key).Distinct().ToList();
        var text = new StringBuilder();
        Line(text, ["row", "language", "metric", "column", .. coordinates, "value", "low", "high", "examples"]);
        foreach (var row in TableRow.Of(table))
        foreach (var (name, score) in row.Cells)
        {
            var (column, (low, high)) = (TableColumn.Of(name), Bootstrap.Interval(score.Resampled));
            string[] place = [row.Name, row.Language, row.Metric, column.Name, .. coordinates.Select(c => column[c] ?? "")];
            Line(text, [.. place, Number(score.Value), Number(low), Number(high), Number(score.Examples)]);
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, IEnumerable<string> values) =>
        text.Append(string.Join(',', values.Select(Quoted))).Append("\r\n");

    // RFC 4180.
    private static string Quoted(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("0.######", CultureInfo.InvariantCulture);
}
