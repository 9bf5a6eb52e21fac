using System.Globalization;
using System.Text.RegularExpressions;
using TaskDsl.App.Reports;

namespace TaskDsl.App.Tests.Reports;

public sealed class LineChartTests
{
    [Fact]
    public void A_band_goes_along_the_upper_ends_and_back_along_the_lower_ones()
    {
        var line = new Series("small", [(0, 0.2), (1, 0.4), (4, 0.5)]) { Band = [(0, 0.1, 0.3), (1, 0.3, 0.5), (4, 0.4, 0.6)] };
        var drawn = LineChart.Draw("accuracy", [line], "shots").Markup;
        Assert.Contains(">shots</text>", drawn, StringComparison.Ordinal);
        Assert.Contains("small, shots 4: 0.5</title>", drawn, StringComparison.Ordinal);
        var band = Regex.Match(drawn, "<path class=\"band dot0\" d=\"M([^Z]*)Z\"").Groups[1].Value.Split('L').Select(Point).ToList();
        var dots = Regex.Matches(drawn, "cx=\"([^\"]*)\" cy=\"([^\"]*)\"").Select(m => Point($"{m.Groups[1]} {m.Groups[2]}")).ToList();
        Assert.Equal([.. dots.Select(d => d.X), .. dots.Select(d => d.X).Reverse()], band.Select(b => b.X));
        foreach (var (at, dot) in dots.Index())
        {
            Assert.True(band[at].Y < dot.Y); // Upwards is less.
            Assert.True(band[5 - at].Y > dot.Y);
        }
    }

    private static (double X, double Y) Point(string text) =>
        text.Split(' ') is [var x, var y]
            ? (double.Parse(x, CultureInfo.InvariantCulture), double.Parse(y, CultureInfo.InvariantCulture))
            : default;
}
