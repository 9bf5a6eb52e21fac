using System.Text;
using System.Text.RegularExpressions;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.Data.Files;
using TaskDsl.Data.Sources;
using TaskDsl.Data.Sources.Reading;
using TaskDsl.Unicode;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>Which source reads a file, by what it holds; its name only decides where that leaves it open.</summary>
internal static partial class FileFormat
{
    private const int HeadSize = 1 << 16;
    private const FileContent Anything = (FileContent)(-1);

    /// <summary>The source that reads a file.</summary>
    /// <param name="file">The file's full path.</param>
    /// <param name="path">Its path as the YAML has it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="UserException">Nothing reads it; the message says what it is.</exception>
    public static async Task<FileSource> OfAsync(string file, string path, CancellationToken cancellationToken)
    {
        var (head, isWhole) = await HeadAsync(file, path, cancellationToken).ConfigureAwait(false);
        var signature = FileSignature.Of(head);
        var name = Path.GetFileName(path);
        switch (signature.Content)
        {
            case FileContent.Empty:
                throw new UserException($"{path}: the file is empty; there is nothing to draft from.");
            case FileContent.Parquet:
                return new Data.Sources.Parquet { Path = path };
            case FileContent.ArrowFile or FileContent.ArrowStream:
                return new Arrow { Path = path };
            case FileContent.JsonArray or FileContent.JsonObject:
                return new Json { Path = path };
            case FileContent.JsonLines:
                return new JsonLines { Path = path };
            case FileContent.JsonLines | FileContent.JsonObject:
                return
                    name.Contains(".json", StringComparison.OrdinalIgnoreCase)
                    && !name.Contains(".jsonl", StringComparison.OrdinalIgnoreCase)
                    ? new Json { Path = path }
                    : new JsonLines { Path = path };
        }

        if ((signature.Content & FileContent.Text) == 0)
            throw new UserException($"{path}: it is {signature.Not("a file of records")}.");
        var text = Encoding.UTF8.GetString(head).TrimStart('\uFEFF');
        if (string.IsNullOrWhiteSpace(text) && isWhole)
            throw new UserException($"{path}: the file holds blanks alone; there is nothing to draft from.");
        if (name.Contains(".jsonl", StringComparison.OrdinalIgnoreCase) || name.Contains(".ndjson", StringComparison.OrdinalIgnoreCase))
            return new JsonLines { Path = path };
        if (text.TrimStart() is ['{' or '[', ..] && name.Contains(".json", StringComparison.OrdinalIgnoreCase))
            throw new UserException(
                $"{path}: it is no list of records. A JSON file is an array of objects, or an object of objects; "
                    + "values without names say nothing that a field could be read from."
            );
        if (Tokens(text) is { } tokens)
            return new Conll { Path = path, Join = tokens.Count(AreApart) * 2 > tokens.Count ? "" : null };
        return name.Contains(".txt", StringComparison.OrdinalIgnoreCase) && !IsTable(text, isWhole)
            ? new TextSource { Path = path }
            : Table(path, text, isWhole);
    }

    private static FileSource Table(string path, string text, bool isWhole)
    {
        var said = Separators.Said(text.Split('\n')[0]);
        if (said is not null)
            text = text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        var separator = said ?? FirstRows.Separator(text, isWhole);
        var rows = FirstRows.Read(text, separator, isWhole);
        Header.Check(path, rows);
        // A column without a name is passed over, or each of its cells would be a mistake.
        var nameless = rows.Count > 0 && rows[0].Count > 1 && rows[0].Any(string.IsNullOrWhiteSpace);
        IReadOnlyList<string> ignore = nameless ? [""] : [];
        return separator == '\t'
            ? new Tsv
            {
                Path = path,
                Quotes = QuotedCell().IsMatch(text) ? true : null,
                Ignore = ignore,
            }
            : new Csv
            {
                Path = path,
                Delimiter = said is null && separator != ',' ? $"{separator}" : null,
                Ignore = ignore,
            };
    }

    // Rows of several columns, nearly all of one width.
    private static bool IsTable(string text, bool isWhole)
    {
        var rows = FirstRows.Read(text, FirstRows.Separator(text, isWhole), isWhole);
        return rows.Count > 1 && rows[0].Count > 1 && rows.Count(row => row.Count == rows[0].Count) * 10 >= rows.Count * 9;
    }

    // A token and its tag a line, and none of them a header; null where the text is something else.
    private static List<string>? Tokens(string text)
    {
        var lines = text.Split('\n').SkipLast(1).Select(line => line.TrimEnd('\r')).ToList();
        var tokens = lines.Where(line => line.Length > 0 && !line.StartsWith("-DOCSTART-", StringComparison.Ordinal)).ToList();
        return
            tokens.Count > 1
            && lines.Any(line => line.Length == 0)
            && tokens.All(line => line.AsSpan().ContainsAny('\t', ' '))
            && tokens.Count(line => IsTag(line.Split('\t', ' ')[^1])) * 20 >= tokens.Count * 19
            ? tokens
            : null;
    }

    // A script that puts no space between words: tokens were never joined by one.
    private static bool AreApart(string line) =>
        Rune.DecodeFromUtf16(line, out var first, out _) == System.Buffers.OperationStatus.Done && TextWords.HasNoSpaces(first);

    private static bool IsTag(string word) => word == "O" || Iob.Begun(word) is not null || Tag().IsMatch(word);

    private static async Task<(byte[] Head, bool IsWhole)> HeadAsync(string file, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await DataFile.OpenAsync(file, Anything, "a file of records", cancellationToken).ConfigureAwait(false);
            var head = new byte[HeadSize];
            var read = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return (head[..read], read < HeadSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path}: cannot be read: {e.Message}");
        }
    }

    [GeneratedRegex("^[BIESLU](-.+)?$")]
    private static partial Regex Tag();

    // A value that begins with a quote and ends with one.
    [GeneratedRegex("(^|\t)\"[^\t]*\"(\t|\r?$)", RegexOptions.Multiline)]
    private static partial Regex QuotedCell();
}
