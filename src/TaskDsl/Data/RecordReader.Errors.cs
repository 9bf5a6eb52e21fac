using System.Text.Json;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

// What is wrong with a record.
public ref partial struct RecordReader
{
    private static RecordException Broken(JsonException e)
    {
        // Its message ends with the line (always 0 here) and the byte, which people count from 1.
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return new RecordException("", $"broken JSON at byte {e.BytePositionInLine + 1}: {(end < 0 ? e.Message : e.Message[..end])}", "one JSON object");
    }

    private readonly RecordException Error(string name, string found, string expected) =>
        new(RecordPath.Join(RecordPath.Of(utf8, json.TokenStartIndex, columns), name), found, expected);

    private readonly RecordException Wrong(string expected) => Error("", RecordPath.Describe(json), expected);

    private readonly RecordException Missing(string name, bool outermost) =>
        Error(outermost && columns is not null && columns.ColumnOf(name) is var column && column != name ? $"{name} (column '{column}')" : name, "nothing", "a value: the field is missing");

    private readonly RecordException Unknown(in RecordFields.Cursor cursor)
    {
        var name = String();
        var fields = cursor.Fields;
        var names = fields.Names.Where((_, i) => (fields.PassedOver >> i & 1) == 0).ToArray();
        var hint = cursor.Outermost && !answer ? " (a column that is not wanted is listed under 'ignore')" : "";
        return Error(name, "a field that is not declared", $"one of {string.Join(", ", names)}{NearestWord.Suggestion(name, names)}{hint}");
    }
}
