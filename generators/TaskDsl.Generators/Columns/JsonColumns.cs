namespace TaskDsl.Generators.Columns;

/// <summary>The property names of the JSON objects in a text that may break off anywhere, and values inside of them.</summary>
internal static class JsonColumns
{
    /// <summary>The columns of objects, one a line.</summary>
    public static ColumnNames OfLines(string text) => Columns([.. Lines(text)]);

    /// <summary>The columns of the objects in an array, or in an object that names them.</summary>
    public static ColumnNames OfDocument(string text) => Columns([.. Document(text)]);

    /// <summary>The values of objects, one a line.</summary>
    public static IEnumerable<DataValue> ValuesOfLines(string text, DataQuestion question) =>
        Values(question, (asked, values) => Lines(text, asked, values));

    /// <summary>The values of the objects in an array, or in an object that names them.</summary>
    public static IEnumerable<DataValue> ValuesOfDocument(string text, DataQuestion question) =>
        Values(question, (asked, values) => Document(text, asked, values));

    private static IEnumerable<DataValue> Values(DataQuestion question, Func<ValueTree, List<DataValue>, IEnumerable<List<string>>> read)
    {
        var values = new List<DataValue>();
        foreach (var _ in read(ValueTree.Of(question.Labels.Concat(question.Texts)), values))
        {
            foreach (var value in values)
                yield return value;
            values.Clear();
        }
    }

    // An object that breaks off gives no names, and no values.
    private static IEnumerable<List<string>> Lines(string text, ValueTree? asked = null, List<DataValue>? values = null)
    {
        var line = 0;
        foreach (var record in FileStart.LinesOf(text, isWhole: true))
        {
            line++;
            if (new JsonScan(record, 0, line).Object(asked, values) is { } names)
                yield return names;
            else
                values?.Clear();
        }
    }

    private static IEnumerable<List<string>> Document(string text, ValueTree? asked = null, List<DataValue>? values = null)
    {
        var scan = new JsonScan(text, 0, 1);
        var keyed = scan.Take('{');
        if (!keyed && !scan.Take('['))
            yield break;
        do
        {
            if (keyed && (scan.Text() is null || !scan.Take(':')))
                yield break;
            if (scan.Object(asked, values) is not { } names)
                yield break;
            yield return names;
        } while (scan.Take(','));
    }

    private static ColumnNames Columns(List<List<string>> records)
    {
        if (records.Count == 0)
            return ColumnNames.None;
        var always = new HashSet<string>(records[0], StringComparer.Ordinal);
        foreach (var record in records)
            always.IntersectWith(record);
        return new ColumnNames(new(records.SelectMany(names => names).Distinct()), new(records[0].Distinct().Where(always.Contains)));
    }
}
