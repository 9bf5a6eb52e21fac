using System.Globalization;
using System.Text;

namespace TaskDsl.App.Reports;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Points">Step and value; a value that is not finite breaks the line.</param>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>The interval that each value lies in. Default: none is known.</summary>
    public IReadOnlyList<(double X, double Low, double High)> Band { get; init; } = [];
}

/// <summary>
/// A chart of lines over steps or another number, as inline SVG: its colours come from the page, so that it follows light
/// and dark.
/// </summary>
internal static class LineChart
{
    private const int Width = 480;
    private const int Height = 240;
    private const int Left = 58;
    private const int Right = 12;
    private const int Top = 12;
    private const int Bottom = 30;

    // As many as the page's style has.
    private const int Colours = 6;

    // More points than pixels only make the file large.
    private const int MaxPoints = 400;

    /// <summary>Draws the lines into one frame.</summary>
    /// <param name="title">What the chart is called.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="over">What their numbers are over.</param>
    public static Html Draw(string title, IReadOnlyList<Series> lines, string over = "step")
    {
        var shown = lines
            .SelectMany(line => line.Points.Concat(line.Band.SelectMany(b => new[] { (b.X, Y: b.Low), (b.X, Y: b.High) })))
            .Where(p => double.IsFinite(p.Y))
            .ToList();
        if (shown.Count == 0)
            return new Html("""<p class="none">No numbers yet.</p>""");
        var (firstX, lastX) = (shown.Min(p => p.X), shown.Max(p => p.X));
        var ticks = Ticks(shown.Min(p => p.Y), shown.Max(p => p.Y));
        var (low, high) = (ticks[0], ticks[^1]);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{Html.Escape(title)}">""");
        foreach (var tick in ticks)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{Y(tick):0.#}" y2="{Y(tick):0.#}"/>"""
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""<text x="{Left - 8}" y="{Y(tick) + 4:0.#}" text-anchor="end">{Tick(tick)}</text>"""
            );
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<text x="{Left}" y="{Height - 8}">{firstX:0.####}</text><text x="{(Left + Width - Right) / 2}" y="{Height - 8}" """
                + $"""text-anchor="middle">{Html.Escape(over)}</text>"""
        );
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Width - Right}" y="{Height - 8}" text-anchor="end">{lastX:0.####}</text>""");
        for (var i = 0; i < lines.Count; i++)
        {
            var band = lines[i].Band.Where(b => double.IsFinite(b.Low) && double.IsFinite(b.High)).ToList();
            if (band.Count > 1)
                svg.Append(CultureInfo.InvariantCulture, $"""<path class="band dot{i % Colours}" d="M{string.Join('L', Edge(band))}Z"/>""");
            var path = new StringBuilder();
            var pen = false;
            foreach (var (x, y) in Thin(lines[i].Points))
            {
                pen &= double.IsFinite(y);
                if (!double.IsFinite(y))
                    continue;
                path.Append(CultureInfo.InvariantCulture, $"{(pen ? 'L' : 'M')}{X(x):0.#} {Y(y):0.#}");
                pen = true;
            }

            svg.Append(CultureInfo.InvariantCulture, $"""<path class="line line{i % Colours}" d="{path}"/>""");
            if (lines[i].Points.Count > 40)
                continue;
            foreach (var (x, y) in lines[i].Points.Where(p => double.IsFinite(p.Y)))
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"""<circle class="dot dot{i % Colours}" cx="{X(x):0.#}" cy="{Y(y):0.#}" r="3"><title>{Html.Escape(lines[i].Name)}, """
                        + $"""{Html.Escape(over)} {Short(x)}: {Short(y)}</title></circle>"""
                );
        }

        return new Html(svg.Append("</svg>").ToString());

        // There above and back below.
        IEnumerable<string> Edge(IReadOnlyList<(double X, double Low, double High)> band) =>
            band.Select(b => (b.X, Y: b.High))
                .Concat(band.Reverse().Select(b => (b.X, Y: b.Low)))
                .Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):0.#} {Y(p.Y):0.#}"));

        // One notation for an axis: 0.0005 beside 0.001, not 5e-4.
        string Tick(double value) =>
            Math.Max(Math.Abs(low), Math.Abs(high)) is >= 0.001 and < 10
                ? value.ToString("0.#####", CultureInfo.InvariantCulture)
                : Short(value);
        double X(double x) => Left + ((Width - Left - Right) * (lastX > firstX ? (x - firstX) / (lastX - firstX) : 0.5));
        double Y(double y) => Height - Bottom - ((Height - Top - Bottom) * (y - low) / (high - low));
    }

    /// <summary>A number in few characters.</summary>
    public static string Short(double value) =>
        Math.Abs(value) switch
        {
            0 => "0",
            < 0.001 or >= 1e6 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
            < 10 => value.ToString("0.####", CultureInfo.InvariantCulture),
            < 1000 => value.ToString("0.#", CultureInfo.InvariantCulture),
            _ => value.ToString("N0", CultureInfo.InvariantCulture),
        };

    /// <summary>Round numbers from below the lowest value to above the highest.</summary>
    internal static IReadOnlyList<double> Ticks(double low, double high)
    {
        if (high - low <= 1e-12 * Math.Max(1, Math.Abs(high)))
            (low, high) = (low - (Math.Abs(low) / 2) - 1e-9, high + (Math.Abs(high) / 2) + 1e-9);
        var raw = (high - low) / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step =
            power
            * (raw / power) switch
            {
                <= 1 => 1,
                <= 2 => 2,
                <= 5 => 5,
                _ => 10,
            };
        var first = Math.Floor(low / step);
        var last = Math.Max(first + 1, Math.Ceiling(high / step));
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
    }

    private static IEnumerable<(double X, double Y)> Thin(IReadOnlyList<(double X, double Y)> points)
    {
        var every = (points.Count + MaxPoints - 1) / MaxPoints;
        // The mean of neighbours, not every n-th point: a spike between two of them stays visible.
        return every <= 1 ? points : points.Chunk(every).Select(chunk => (chunk[^1].X, chunk.Average(p => p.Y)));
    }
}
