using System.Text.Encodings.Web;
using System.Text.Json;
using TaskDsl.Unicode;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

// What is wrong with a record.
public ref partial struct RecordReader
{
    private const string Unwanted = "a column that is not wanted is listed under 'ignore'";
    private const string ByColumn =
        " of numbered rows, as pandas' to_json writes a column ('orient=\"records\", lines=True' writes records)";
    private const string Numbered =
        "a numbered field, as pandas' to_json writes the rows of a column ('orient=\"records\", lines=True' writes records) or a column "
        + "without a name";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What stands behind the reader's token.</summary>
    private readonly ReadOnlySpan<byte> Rest => utf8[(int)json.BytesConsumed..].TrimStart(" \t\r\n"u8);

    private readonly RecordException Broken(JsonException e) => new("", BrokenJson.Describe(utf8, e), "one JSON object");

    private readonly RecordException Error(string name, string found, string expected) =>
        new(RecordPath.Join(RecordPath.Of(utf8, json.TokenStartIndex, columns), name), found, expected);

    /// <summary>What a reader throws that stands on a value which is not what is expected.</summary>
    public readonly RecordException Wrong(string expected) =>
        Error(
            "",
            RecordPath.Describe(json)
                + (json.TokenType == JsonTokenType.StartObject && Rest is [(byte)'"', (byte)'0', (byte)'"', ..] ? ByColumn : ""),
            expected
        );

    private readonly RecordException Missing(string name, bool outermost) =>
        Error(
            outermost && columns is not null && columns.ColumnOf(name) is var column && column != name
                ? $"{name} (column '{column}')"
                : name,
            "nothing",
            "a value: the field is missing"
        );

    private readonly RecordException Unknown(in RecordFields.Cursor cursor)
    {
        var name = String();
        var fields = cursor.Fields;
        var names = fields.Names.Where((_, i) => (fields.PassedOver >> i & 1) == 0).ToArray();
        var hint =
            !cursor.Outermost || answer ? ""
            : Rest is [(byte)'[', .. var items] && items.TrimStart(" \t\r\n"u8) is [(byte)'{', ..]
                ? $" ({Unwanted}; records that lie under one key: jq -c '.[{Quoted(name)}][]' writes them one a line)"
            : $" ({Unwanted})";
        var meant =
            name.Length == 0 ? ""
            : names.FirstOrDefault(n => LookAlike.Are(n, name)) is { } alike
                ? $"; it is '{alike}' but for {LookAlike.Difference(name, alike)} (correct it in the file)"
            : NearestWord.Suggestion(name, names);
        return Error(
            Visible.Of(name),
            name switch
            {
                "" => "a field without a name",
                "0" when cursor.Outermost && !answer && !textValues => Rest is [(byte)'{', ..] ? "a column" + ByColumn : Numbered,
                _ => "a field that is not declared",
            },
            $"one of {string.Join(", ", names)}{meant}{hint}"
        );
    }

    private static string Quoted(string name) => JsonSerializer.Serialize(name, Plain);
}
