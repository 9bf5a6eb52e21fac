using System.Text.Json;
using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting.Observations;

/// <summary>A list that each record's answer is one of: the options of a question.</summary>
internal sealed class Options : Observation
{
    private const int FewRecords = 5;

    private readonly HashSet<string> refuted = new(StringComparer.Ordinal);
    private long records;

    /// <inheritdoc/>
    public override void See(Seen record)
    {
        if (record.Answer is null)
            return;
        records++;
        foreach (var column in record.Draft.Profile.Columns.Where(AreTexts))
            if (!refuted.Contains(column.Name) && !Has(record, column.Name))
                refuted.Add(column.Name);
    }

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Output.Column.Texts != draft.Output.Column.Present || records < FewRecords)
            return [];
        return draft
            .Profile.Columns.Where(AreTexts)
            .Where(column => !refuted.Contains(column.Name))
            .Select(column => new Remark(
                Place.Output,
                $"Each answer is one of its record's '{column.Name}'. Make that an input, '{Naming.Snake(column.Name)}: list<text>', "
                    + $"and this a "
                    + $"choice of it, '{{type: choice, of: {Naming.Snake(column.Name)}}}': a model then answers with a letter."
            ));
    }

    private static bool AreTexts(Column column) =>
        column.Lists > 0 && column.Lists == column.Present && column.Items is { } items && items.Texts == items.Present;

    private static bool Has(Seen record, string column) =>
        record.Row.Values.TryGetValue(column, out var list)
        && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().Any(option => option.ValueKind == JsonValueKind.String && option.GetString() == record.Answer);
}
