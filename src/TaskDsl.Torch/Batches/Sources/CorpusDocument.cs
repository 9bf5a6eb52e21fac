using System.Text;
using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;

namespace TaskDsl.Torch.Batches.Sources;

/// <summary>One document of plain text.</summary>
/// <param name="Text">The text, without the blank lines around it.</param>
/// <param name="Origin">The file and the line that it begins on.</param>
public sealed record CorpusDocument(string Text, RecordOrigin Origin)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads documents separated by blank lines; of a file of JSON Lines (<c>.jsonl</c>) the <c>text</c> of each record.
    /// </summary>
    /// <param name="patterns">Files or globs, relative to <paramref name="directory"/>.</param>
    /// <param name="directory">The project's folder.</param>
    /// <exception cref="DataException">A file is missing, cannot be read or is not UTF-8; or there is no document at all.</exception>
    public static IReadOnlyList<CorpusDocument> Read(IReadOnlyList<string> patterns, string directory)
    {
        var documents = new List<CorpusDocument>();
        foreach (var path in patterns.SelectMany(pattern => Files(pattern, directory)))
            Read(path, Path.GetRelativePath(directory, path), documents);
        return documents.Count > 0
            ? documents
            : throw new DataException($"corpus: {string.Join(", ", patterns)} hold no text. Documents are separated by blank lines.");
    }

    /// <summary>
    /// Sets about one document in fifty aside to watch the run on (none of fewer than ten): those whose text's hash is lowest, so
    /// that the choice does not depend on the order of files.
    /// </summary>
    public static (IReadOnlyList<CorpusDocument> Train, IReadOnlyList<CorpusDocument> Validation) Split(
        IReadOnlyList<CorpusDocument> documents
    )
    {
        var aside = documents
            .OrderBy(d => Draw.Seed(d.Text))
            .Take(documents.Count < 10 ? 0 : Math.Max(1, documents.Count / 50))
            .Select(d => d.Text)
            .ToHashSet();
        return (
            [.. documents.Where(d => !aside.Contains(d.Text))],
            [.. documents.Where(d => aside.Contains(d.Text)).DistinctBy(d => d.Text)]
        );
    }

    private static void Read(string path, string name, List<CorpusDocument> documents)
    {
        try
        {
            if (path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
            {
                documents.AddRange(Records(path, name));
                return;
            }

            var text = new StringBuilder();
            long line = 0,
                begin = 0;
            foreach (var read in File.ReadLines(path, Strict))
            {
                line++;
                if (string.IsNullOrWhiteSpace(read))
                {
                    End();
                    continue;
                }

                if (text.Length == 0)
                    begin = line;
                else
                    text.Append('\n');
                text.Append(read.AsSpan().TrimEnd());
            }

            End();

            void End()
            {
                if (text.Length > 0)
                    documents.Add(new CorpusDocument(text.ToString(), new RecordOrigin(name, begin)));
                text.Clear();
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new DataException($"{name}: error: the file is not UTF-8 ({e.Message}). Convert it to UTF-8 first.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{name}: error: the file cannot be read: {e.Message}", e);
        }
    }

    private static IEnumerable<CorpusDocument> Records(string path, string name)
    {
        long line = 0;
        foreach (var read in File.ReadLines(path, Strict))
        {
            var origin = new RecordOrigin(name, ++line);
            if (!string.IsNullOrWhiteSpace(read) && TextOf(read, origin) is { } text && !string.IsNullOrWhiteSpace(text))
                yield return new CorpusDocument(text, origin);
        }
    }

    private static string TextOf(string record, RecordOrigin origin)
    {
        try
        {
            using var json = JsonDocument.Parse(record);
            return
                json.RootElement is { ValueKind: JsonValueKind.Object } whole
                && whole.TryGetProperty("text", out var text)
                && text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw new DataException($"{origin}: error: a record of a corpus needs a 'text'; others belong to a task.");
        }
        catch (JsonException e)
        {
            throw new DataException($"{origin}: error: this line is no JSON object: {e.Message}", e);
        }
    }

    private static string[] Files(string pattern, string directory)
    {
        var path = Path.GetFullPath(pattern, directory);
        if (!pattern.AsSpan().ContainsAny('*', '?'))
            return File.Exists(path) ? [path] : throw new DataException($"corpus: there is no file {pattern} in {directory}.");
        var folder = Path.GetDirectoryName(path)!;
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, Path.GetFileName(path)) : [];
        if (files.Length == 0)
            throw new DataException($"corpus: no file in {folder} matches {pattern}.");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }
}
