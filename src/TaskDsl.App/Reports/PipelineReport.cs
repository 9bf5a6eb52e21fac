using System.Globalization;
using TaskDsl.App.Sessions;
using TaskDsl.Disk;
using TaskDsl.Torch.Evaluation;
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
            Tables = [.. steps.Where(step => step.Table is not null).Select(step => Rows(step.Name, step.Table!))],
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

    private static StepTableRows Rows(string step, StepTable table)
    {
        var columns = table.Columns.ToList();
        var rows = columns
            .SelectMany(c => c.Value.Tasks)
            .SelectMany(t => t.Metrics.Select(m => (t.Prompt, t.Language, m.Metric, t.Examples)))
            .Distinct()
            .Select(row =>
            {
                var scores = columns.Select(c => c.Value[row.Prompt, row.Language, row.Metric]).ToList();
                var measured = scores.OfType<MetricScore>().ToList();
                var best = measured[0].HigherIsBetter ? measured.Max(s => s.Value) : measured.Min(s => s.Value);
                var first = Find(columns[0].Value, row.Prompt, row.Language);
                return new StepTableRow(
                    row.Prompt,
                    row.Language,
                    row.Metric,
                    Number(row.Examples),
                    [
                        .. columns.Zip(scores, (column, score) =>
                            new StepTableCell(
                                column.Key,
                                score is null ? "" : ScoreTable.Text(score, interval: true),
                                score?.Value == best && measured.Exists(other => other.Value != best),
                                Significance.Between(first, Find(column.Value, row.Prompt, row.Language), row.Metric, out _)
                                    is { BeyondChance: true }
                            )
                        ),
                    ]
                );
            });
        return new StepTableRows(step, [.. columns.Select(c => c.Key)], [.. rows]);
    }

    private static TaskReport? Find(EvaluationReport report, string prompt, string language) =>
        report.Tasks.FirstOrDefault(t => t.Prompt == prompt && t.Language == language);

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
