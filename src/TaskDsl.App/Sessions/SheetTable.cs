using Spectre.Console;
using TaskDsl.Torch.Pipelines.Running;

namespace TaskDsl.App.Sessions;

/// <summary>The sheets of a step's table on the console: intervals are left out where they do not fit.</summary>
internal static class SheetTable
{
    public static IEnumerable<Table> Of(string step, StepTable table, int width)
    {
        var whole = TableSheet.Of(table);
        return (whole.All(sheet => Width(sheet) <= width) ? whole : TableSheet.Of(table, intervals: false)).Select(sheet =>
            Of(step, sheet)
        );
    }

    private static Table Of(string step, TableSheet sheet)
    {
        var shown = new Table().RoundedBorder().Title(Markup.Escape(sheet.Title.Length == 0 ? step : $"{step}: {sheet.Title}"));
        foreach (var (i, name) in sheet.Header.Index())
            shown.AddColumn(
                i < sheet.Names
                    ? new Spectre.Console.TableColumn(Markup.Escape(name))
                    : new Spectre.Console.TableColumn(Markup.Escape(name)).RightAligned()
            );
        foreach (var line in sheet.Lines)
            shown.AddRow([.. line.Select(Markup.Escape)]);
        return sheet.Notes.Count == 0 ? shown : shown.Caption(Markup.Escape(string.Join(' ', sheet.Notes)));
    }

    private static int Width(TableSheet sheet) =>
        1 + sheet.Header.Select((name, i) => 3 + sheet.Lines.Select(line => line[i].Length).Append(name.Length).Max()).Sum();
}
