using System.Globalization;
using System.Text;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.App.Reports;

/// <summary>
/// Which label was answered for which: a table where the labels are few, else a map of dots, and the most frequent confusions.
/// </summary>
internal sealed record ConfusionPart(
    string Title,
    string Note,
    IReadOnlyList<ConfusionRow> Rows,
    IReadOnlyList<string> Columns,
    Html? Map,
    IReadOnlyList<ConfusedPair> Pairs
)
{
    private const int TableLabels = 12;
    private const int MostPairs = 10;

    /// <summary>One for each task and language whose answer is a label.</summary>
    public static IEnumerable<ConfusionPart> All(EvaluationReport? after) =>
        from task in after?.Tasks ?? []
        let confusion = Confusion.Of(task.Answers)
        where confusion is not null
        select Of(task, confusion);

    private static ConfusionPart Of(TaskReport task, Confusion confusion)
    {
        var few = confusion.Labels.Count <= TableLabels;
        var note =
            string.Create(
                CultureInfo.InvariantCulture,
                $"{task.Examples:N0} examples, {confusion.Labels.Count} labels. Always answering the most frequent one, "
                    + $"“{confusion.Labels[0]}”, would be right for {confusion.MostFrequent:0.0 %}."
            ) + (confusion.Unparsed > 0 ? $" {confusion.Unparsed} answers were no label." : "");
        var columns = Enumerable.Range(0, confusion.Labels.Count + (confusion.Unparsed > 0 ? 1 : 0)).ToArray();
        return new ConfusionPart(
            task.Title(),
            note,
            few
                ?
                [
                    .. confusion.Labels.Select(
                        (label, g) =>
                            new ConfusionRow(
                                g + 1,
                                label,
                                [.. columns.Select(a => Cell(confusion.Counts[g], a, g))],
                                $"{Share(confusion.Counts[g][g], confusion.Counts[g].Sum())}"
                            )
                    ),
                ]
                : [],
            few ? [.. columns.Select(a => a < confusion.Labels.Count ? confusion.Labels[a] : "no label")] : [],
            few ? null : Draw(confusion, task.Title()),
            [
                .. confusion
                    .Pairs.Take(MostPairs)
                    .Select(p => new ConfusedPair(
                        p.Gold,
                        p.Answered,
                        p.Count.ToString(CultureInfo.InvariantCulture),
                        Share(p.Count, p.OfGold)
                    )),
            ]
        );
    }

    private static ConfusionCell Cell(IReadOnlyList<int> row, int answered, int gold)
    {
        // At most 45 %: the number on it stays readable in light and dark.
        var strength = row.Sum() == 0 ? 0 : 45.0 * row[answered] / row.Sum();
        return new ConfusionCell(row[answered], answered == gold ? "hit" : "miss", strength.ToString("0.#", CultureInfo.InvariantCulture));
    }

    private static string Share(int some, int all) =>
        all == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{(double)some / all:0 %}");

    /// <summary>A square for each pair that occurs, the stronger the larger its share of the gold label.</summary>
    private static Html Draw(Confusion confusion, string title)
    {
        var size = confusion.Labels.Count;
        var side = 480.0 / size;
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<svg class="map" viewBox="0 0 510 510" role="img" """
                + $"""aria-label="{Html.Escape($"Confusion of {size} labels: {title}")}"><rect class="frame" x="28" y="2" width="480" """
                + $"""height="480"/><text transform="translate(18 240) rotate(-90)" text-anchor="middle">gold label</text><text """
                + $"""x="268" y="504" text-anchor="middle">answered label</text>"""
        );
        for (var g = 0; g < size; g++)
        {
            var all = confusion.Counts[g].Sum();
            for (var a = 0; a < size; a++)
            {
                if (confusion.Counts[g][a] is not (> 0 and var count))
                    continue;
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"""<rect class="{(a == g ? "hit" : "miss")}" x="{28 + (a * side):0.##}" y="{2 + (g * side):0.##}" """
                        + $"""width="{side:0.##}" height="{side:0.##}" opacity="{0.25 + (0.75 * count / all):0.##}">"""
                        + $"""<title>{Html.Escape($"{confusion.Labels[g]} answered as {confusion.Labels[a]}: {count} of {all}")}"""
                        + $"""</title></rect>"""
                );
            }
        }

        return new Html(svg.Append("</svg>").ToString());
    }
}

/// <summary>The answers to the examples of one gold label.</summary>
internal sealed record ConfusionRow(int Number, string Label, IReadOnlyList<ConfusionCell> Cells, string Right);

/// <summary>How often one label was answered for another.</summary>
internal sealed record ConfusionCell(int Count, string Kind, string Strength);

/// <summary>Two labels that are taken for each other.</summary>
internal sealed record ConfusedPair(string Gold, string Answered, string Count, string Share);
