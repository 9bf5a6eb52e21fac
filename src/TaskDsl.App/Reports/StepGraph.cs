using System.Globalization;
using System.Text;

namespace TaskDsl.App.Reports;

/// <summary>A step as a box.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Note">A second line: the verb, and how long it took.</param>
/// <param name="Details">What a pointer over it shows.</param>
/// <param name="IsThere">Whether it is finished.</param>
/// <param name="Needs">The boxes that it is drawn behind.</param>
internal sealed record StepBox(string Name, string Note, string Details, bool IsThere, IReadOnlyList<string> Needs);

/// <summary>Steps and what they hand on, as inline SVG: each to the right of all that it needs.</summary>
internal static class StepGraph
{
    private const int Width = 184;
    private const int Height = 52;
    private const int Across = 40;
    private const int Down = 18;
    private const int Longest = 22;

    /// <summary>Draws the boxes, which stand behind what they need.</summary>
    public static Html Draw(IReadOnlyList<StepBox> boxes)
    {
        var places = Places(boxes);
        var columns = 1 + places.Values.Max(p => p.Column);
        var rows = 1 + places.Values.Max(p => p.Row);
        var (width, height) = ((columns * (Width + Across)) - Across + 2, (rows * (Height + Down)) + 2);
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<svg class="graph" viewBox="0 0 {width} {height}" style="width:{width}px" role="img" aria-label="the steps">"""
        );
        foreach (var box in boxes)
        foreach (var needed in box.Needs.Where(places.ContainsKey))
            svg.Append($"""<path class="edge" d="{Edge(places[needed], places[box.Name])}"/>""");
        foreach (var box in boxes)
        {
            var (x, y) = Corner(places[box.Name]);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""<g class="box{(box.IsThere ? "" : " absent")}"><title>{Html.Escape($"{box.Name}: {box.Details}")}</title>"""
                    + $"""<rect x="{x}" y="{y}" width="{Width}" height="{Height}" rx="6"/>"""
                    + $"""<text class="name" x="{x + 10}" y="{y + 21}">{Html.Escape(Cut(box.Name))}</text>"""
                    + $"""<text x="{x + 10}" y="{y + 40}">{Html.Escape(Cut(box.Note))}</text></g>"""
            );
        }

        return new Html(svg.Append("</svg>").ToString());
    }

    /// <summary>From the right of one box to the left of another; past the boxes between them, below the first one's row.</summary>
    private static string Edge((int Column, int Row) first, (int Column, int Row) second)
    {
        var ((x, y), (toX, toY)) = (Corner(first), Corner(second));
        (x, y, toY) = (x + Width, y + (Height / 2), toY + (Height / 2));
        if (second.Column == first.Column + 1)
            return Curve(x, y, toX, toY);
        var lane = y + ((Height + Down) / 2);
        return Curve(x, y, x + Across, lane) + $"H{toX - Across}" + Curve(toX - Across, lane, toX, toY);

        static string Curve(int x, int y, int toX, int toY) => $"M{x} {y}C{(x + toX) / 2} {y} {(x + toX) / 2} {toY} {toX} {toY}";
    }

    /// <summary>A column behind all that a box needs, and in it a row near them.</summary>
    private static Dictionary<string, (int Column, int Row)> Places(IReadOnlyList<StepBox> boxes)
    {
        var columns = new Dictionary<string, int>();
        foreach (var box in boxes)
            columns[box.Name] = box.Needs.Where(columns.ContainsKey).Select(needed => columns[needed] + 1).DefaultIfEmpty(0).Max();
        var places = new Dictionary<string, (int Column, int Row)>();
        foreach (var column in boxes.GroupBy(box => columns[box.Name]).OrderBy(group => group.Key))
        foreach (var (row, box) in column.OrderBy(Middle).Index())
            places[box.Name] = (column.Key, row);
        return places;

        double Middle(StepBox box) =>
            box.Needs.Where(places.ContainsKey).Select(needed => (double)places[needed].Row).DefaultIfEmpty(0).Average();
    }

    private static (int X, int Y) Corner((int Column, int Row) place) =>
        (1 + (place.Column * (Width + Across)), 1 + (place.Row * (Height + Down)));

    private static string Cut(string text) => text.Length <= Longest ? text : text[..(Longest - 1)] + "…";
}
