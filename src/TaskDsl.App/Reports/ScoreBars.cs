using System.Globalization;
using System.Text;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.App.Reports;

/// <summary>A metric before and after as two bars, each with its interval, as inline SVG.</summary>
internal static class ScoreBars
{
    private const double Width = 200;

    /// <summary>Draws what there is of both.</summary>
    public static Html Draw(MetricScore? before, MetricScore? after)
    {
        var scale = Math.Max(1, Math.Max(before?.High ?? 0, after?.High ?? 0));
        var svg = new StringBuilder("""<svg class="bars" viewBox="0 0 200 30" role="img" aria-label="before and after as bars">""");
        Bar(svg, before, "before", 2, scale);
        Bar(svg, after, "after", 17, scale);
        return new Html(svg.Append("</svg>").ToString());
    }

    private static void Bar(StringBuilder svg, MetricScore? score, string kind, int top, double scale)
    {
        if (score is null || !double.IsFinite(score.Value))
            return;
        svg.Append(CultureInfo.InvariantCulture, $"""<rect class="track" x="0" y="{top}" width="{Width}" height="11" rx="2"/>""");
        var middle = top + 5.5;
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<rect class="{kind}" x="0" y="{top}" width="{At(score.Value):0.#}" height="11" rx="2"><title>{kind}: """
                + $"""{score.Value:0.000} ({score.Low:0.000} to {score.High:0.000})</title></rect>"""
        );
        if (!double.IsFinite(score.Low))
            return;
        var whisker = string.Create(
            CultureInfo.InvariantCulture,
            $"M{At(score.Low):0.#} {middle}H{At(score.High):0.#}M{At(score.Low):0.#} {middle - 3}v6M{At(score.High):0.#} {middle - 3}v6"
        );
        svg.Append($"""<path class="halo" d="{whisker}"/><path class="whisker" d="{whisker}"/>"""); // Seen on any bar.

        double At(double value) => Math.Clamp(value / scale, 0, 1) * Width;
    }
}
