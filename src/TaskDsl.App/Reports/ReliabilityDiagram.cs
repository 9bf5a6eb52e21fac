using System.Globalization;
using System.Text;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.App.Reports;

/// <summary>
/// The share of right answers over the model's own confidence (Guo et al. 2017, arXiv 1706.04599): on the diagonal, the model knows what it
/// knows.
/// </summary>
internal static class ReliabilityDiagram
{
    private const int Left = 64;
    private const int Top = 10;
    private const int Side = 200;

    // Fewer answers than this leave the bins to chance.
    private const int Enough = 50;

    /// <summary>One diagram for each task and language whose answers have a confidence.</summary>
    public static IEnumerable<Chart> All(EvaluationReport? after) =>
        from task in after?.Tasks ?? []
        let calibration = Calibration.Of(task.Answers)
        where calibration is not null
        select new Chart(task.Title(), [], Draw(calibration, task.Title()), Note(calibration));

    private static string Note(Calibration calibration)
    {
        var (sure, right) = (calibration.Confidence, calibration.Right);
        var judgement =
            Math.Abs(sure - right) < 0.05 ? ""
            : sure > right ? " It is too sure of itself."
            : " It is less sure than it could be.";
        var few = calibration.Count < Enough ? $" From {calibration.Count} answers only, so a rough picture." : "";
        return string.Create(
                CultureInfo.InvariantCulture,
                $"Expected calibration error {calibration.ExpectedError:0.000}: {sure:0.0 %} sure on average, {right:0.0 %} right."
            )
            + judgement
            + few;
    }

    private static Html Draw(Calibration calibration, string title)
    {
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<svg class="square" viewBox="0 0 {Left + Side + 26} {Top + Side + 40}" role="img" """
                + $"""aria-label="{Html.Escape($"Reliability diagram: {title}")}">"""
        );
        foreach (var tick in (ReadOnlySpan<double>)[0, 0.5, 1])
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""<line class="grid" x1="{Left}" x2="{Left + Side}" y1="{Y(tick):0.#}" y2="{Y(tick):0.#}"/><text """
                    + $"""x="{Left - 6}" y="{Y(tick) + 4:0.#}" text-anchor="end">{tick:0 %}</text>"""
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""<text x="{X(tick):0.#}" y="{Top + Side + 16}" text-anchor="middle">{tick:0 %}</text>"""
            );
        }

        foreach (var bin in calibration.Bins)
        {
            var width = (double)Side / Calibration.BinCount;
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""<rect class="bin" x="{X((double)bin.Index / Calibration.BinCount) + 1:0.#}" y="{Y(bin.Right):0.#}" """
                    + $"""width="{width - 2:0.#}" height="{Math.Max(1, Top + Side - Y(bin.Right)):0.#}"><title>{bin.Count:N0} """
                    + $"""answers, {bin.Confidence:0.0 %} sure on average, {bin.Right:0.0 %} right</title></rect>"""
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""<circle class="sure" cx="{X(bin.Confidence):0.#}" cy="{Y(bin.Right):0.#}" """
                    + $"""r="{2 + (5 * Math.Sqrt((double)bin.Count / calibration.Count)):0.#}"/>"""
            );
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<path class="ideal" d="M{Left} {Top + Side}L{Left + Side} {Top}"/><text x="{Left + (Side / 2)}" """
                + $"""y="{Top + Side + 34}" text-anchor="middle">how sure the model is</text><text transform="translate(14 """
                + $"""{Top + (Side / 2)}) rotate(-90)" text-anchor="middle">share right</text>"""
        );
        return new Html(svg.Append("</svg>").ToString());

        double X(double share) => Left + (Side * share);
        double Y(double share) => Top + (Side * (1 - share));
    }
}
