using System.Text;
using TaskDsl.Data.Files;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Columns;

/// <summary>What the start of a data file tells: value-equal, so that an edit further down in the file changes nothing.</summary>
/// <param name="Path">The path relative to the project's folder.</param>
/// <param name="Signature">What the file holds.</param>
/// <param name="FirstLines">The first lines, of text: a header, what may stand before it, and the row behind it.</param>
/// <param name="Lines">The columns of its records where each line is one.</param>
/// <param name="Document">The columns of its records where it is one JSON document.</param>
/// <param name="IsWhole">Whether the start is all of the file.</param>
/// <param name="Answers">What it answers to the questions of sources.</param>
public sealed record FileStart(
    string Path,
    FileSignature Signature,
    EquatableArray<string> FirstLines,
    ColumnNames Lines,
    ColumnNames Document,
    bool IsWhole,
    EquatableArray<DataAnswer> Answers
)
{
    public static FileStart? Read(DataFile file, CancellationToken cancellationToken)
    {
        var path = file.Path;
        if (FirstBytes.Read(file.File, cancellationToken, out var isWhole) is not { } bytes)
            return null;
        var signature = FileSignature.Of(bytes);
        const FileContent texts = FileContent.Text | FileContent.JsonArray | FileContent.JsonLines | FileContent.JsonObject;
        if ((signature.Content & texts) == 0)
            return new FileStart(path, signature, default, ColumnNames.None, ColumnNames.None, isWhole, default);

        var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        var isJson = (signature.Content & ~FileContent.Text) != 0;
        return new FileStart(
            path,
            signature,
            FirstLinesOf(text, isWhole),
            isJson ? JsonColumns.OfLines(text) : ColumnNames.None,
            isJson ? JsonColumns.OfDocument(text) : ColumnNames.None,
            isWhole,
            new(
                file.Questions.Where(question => (signature.Content & TextFormat.Of(question).Holds) != 0)
                    .Select(question => DataAnswer.Of(question, text, isWhole))
            )
        );
    }

    /// <summary>The lines of a text; one that does not end within the start is none.</summary>
    public static IEnumerable<string> LinesOf(string text, bool isWhole)
    {
        for (var at = 0; at < text.Length; )
        {
            var end = text.IndexOf('\n', at);
            if (end < 0 && !isWhole)
                break;
            yield return text.Substring(at, (end < 0 ? text.Length : end) - at).TrimEnd('\r');
            at = end < 0 ? text.Length : end + 1;
        }
    }

    // Of JSON it is data, not a start.
    private static EquatableArray<string> FirstLinesOf(string text, bool isWhole) =>
        text is "" or ['{' or '[', ..] ? default : new(LinesOf(text, isWhole).Take(3));
}
