using System.Globalization;
using TaskDsl.Disk;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Reports;

/// <summary>
/// Writes <c>report.html</c> of a pipeline: one self-contained page with the graph of its steps, what is expected, tables, and examples
/// with what each was made of.
/// </summary>
public static class PipelineReport
{
    // What marks the counts of a step's record that are of what was left out.
    private const string LeftOut = "left out: ";
    private const int SamplesOfEach = 5;
    private const int LongestText = 600;

    /// <summary>Writes the page into the pipeline's folder, however far it is.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="steps">Its steps, each behind what it needs.</param>
    /// <param name="gates">What was expected; empty where it is not known yet.</param>
    /// <param name="folder">The pipeline's folder.</param>
    /// <returns>The page's path.</returns>
    public static string Write(Pipeline pipeline, IReadOnlyList<PlannedStep> steps, IReadOnlyList<Gate> gates, string folder)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(gates);
        var path = Path.Combine(folder, "report.html");
        AtomicFile.WriteText(path, PageTemplate.Render("pipeline.html", Page(pipeline, steps, gates, folder)));
        return path;
    }

    private static PipelinePage Page(Pipeline pipeline, IReadOnlyList<PlannedStep> steps, IReadOnlyList<Gate> gates, string folder)
    {
        var records = steps.Select(step => (Step: step, step.Record)).ToList();
        var tables = steps
            .Select(step => (step.Name, step.Table))
            .Where(t => t.Table is not null)
            .Select(t => (t.Name, Table: t.Table!))
            .ToList();
        return new PipelinePage
        {
            Name = pipeline.Name,
            Summary = pipeline.Summary,
            Status =
                records.Exists(r => r.Record is null) ? "unfinished"
                : gates.All(gate => gate.Holds) ? "finished"
                : "failed",
            Gates = [.. gates.Select(gate => new GateLine(gate.Text, gate.Holds, gate.Words))],
            Graph = StepGraph.Draw([.. records.Select(r => Box(r.Step, r.Record))]),
            Steps = [.. records.Select(r => Row(r.Step, r.Record, folder))],
            Tables = [.. tables.SelectMany(t => Sheets(t.Name, t.Table))],
            Curves = [.. tables.SelectMany(t => Curves(t.Name, t.Table))],
            Examples = [.. steps.Select(step => new MadeExamples(step.Name, [.. Made(step.Folder)])).Where(made => made.Samples.Count > 0)],
        };
    }

    private static StepBox Box(PlannedStep step, StepRecord? record) =>
        new(
            step.Name,
            $"{Words.WordOf(step.Step.Verb.GetType())}{(record is null ? "" : $" · {Time(record)}")}",
            record is null ? "not there" : string.Join(", ", record.Counts.Select(c => $"{Number(c.Value)} {c.Key}").Append(step.Makes)),
            record is not null,
            step.Reads
        );

    private static StepRow Row(PlannedStep step, StepRecord? record, string folder)
    {
        var counts = (record?.Counts ?? new Dictionary<string, long>()).Select(c => new Fact(c.Key, Number(c.Value))).ToList();
        return new StepRow(
            step.Name,
            Words.WordOf(step.Step.Verb.GetType()),
            step.Makes,
            record is null ? "not there" : Time(record),
            [.. counts.Where(c => !c.Name.StartsWith(LeftOut, StringComparison.Ordinal))],
            [
                .. counts
                    .Where(c => c.Name.StartsWith(LeftOut, StringComparison.Ordinal))
                    .Select(c => c with { Name = c.Name[LeftOut.Length..] }),
            ],
            Path.GetRelativePath(folder, step.Folder)
        );
    }

    private static IEnumerable<StepSheet> Sheets(string step, StepTable table) =>
        TableSheet
            .Of(table)
            .Select(sheet => new StepSheet(
                sheet.Title.Length == 0 ? step : $"{step}: {sheet.Title}",
                sheet.Header,
                sheet.Names,
                sheet.Lines,
                sheet.Notes
            ));

    private static IEnumerable<Chart> Curves(string step, StepTable table) =>
        from curve in table.Curves
        group curve by (curve.Row, curve.Language, curve.Metric, curve.Over) into same
        let title = string.Join(' ', new[] { $"{step}:", same.Key.Row, same.Key.Language, same.Key.Metric }.Where(part => part.Length > 0))
        select new Chart(
            title,
            [.. same.Select(curve => curve.Column)],
            LineChart.Draw(
                title,
                [
                    .. same.Select(curve => new Series(curve.Column, [.. curve.Points.Select(p => (p.At, p.Value))])
                    {
                        Band = [.. curve.Points.Select(p => (p.At, p.Low, p.High))],
                    }),
                ],
                same.Key.Over
            )
        );

    private static IEnumerable<MadeExample> Made(string folder) =>
        from file in Directory.Exists(folder) ? Directory.GetFiles(folder, "examples.*.jsonl") : []
        orderby Path.GetFileName(file)
        from line in File.ReadLines(file).Take(SamplesOfEach)
        let fields = SampleText.Fields(line)
        select new MadeExample(
            // What a step says of a record stands under names that no field can have.
            string.Join(
                ", ",
                fields.Where(f => f.Name.StartsWith('$')).Select(f => f.Name == StepExamples.Origin ? f.Value : $"{f.Name[1..]} {f.Value}")
            ),
            [.. fields.Where(f => !f.Name.StartsWith('$')).Select(f => f with { Value = SampleText.Cut(f.Value, LongestText) })]
        );

    private static string Time(StepRecord record) =>
        TimeSpan.FromSeconds(record.Seconds).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
