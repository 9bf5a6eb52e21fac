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
public sealed record FileStart(
    string Path,
    FileSignature Signature,
    EquatableArray<string> FirstLines,
    ColumnNames Lines,
    ColumnNames Document,
    bool IsWhole
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
            return new FileStart(path, signature, default, ColumnNames.None, ColumnNames.None, isWhole);

        var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        var isJson = (signature.Content & ~FileContent.Text) != 0;
        return new FileStart(
            path,
            signature,
            FirstLinesOf(text, isWhole),
            isJson ? JsonColumns.OfLines(text) : ColumnNames.None,
            isJson ? JsonColumns.OfDocument(text) : ColumnNames.None,
            isWhole
        );
    }

    // Of JSON it is data, not a start; a line that does not end within the start is no line.
    private static EquatableArray<string> FirstLinesOf(string text, bool isWhole)
    {
        const int most = 3;
        var lines = new List<string>();
        for (var at = 0; at < text.Length && lines.Count < most && text[0] is not ('{' or '['); )
        {
            var end = text.IndexOf('\n', at);
            if (end < 0 && !isWhole)
                break;
            lines.Add(text.Substring(at, (end < 0 ? text.Length : end) - at).TrimEnd('\r'));
            at = end < 0 ? text.Length : end + 1;
        }

        return new(lines);
    }
}
