using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TaskDsl.Data.Files;
using TaskDsl.Data.Sources.Reading;
using TaskDsl.Unicode;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Sources;

/// <summary>
/// Tokens with IOB2 tags (Tjong Kim Sang and Veenstra, cs/9907006): a token and its tag a line, separated by a tab or a space, a blank
/// line between sentences. A record has the fields <c>text</c> (the tokens, joined) and <c>entities</c> (kind and text).
/// </summary>
[Keyword("conll", Matches = "*.conll;*.iob;*.bio;*.conll.gz;*.conll.zst;*.iob.gz;*.iob.zst;*.bio.gz;*.bio.zst")]
public sealed record Conll : FileSource
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Space = " ";

    private const string Apart =
        "its tokens are of a script that puts no space between words, and are joined by spaces, as nobody writes them; write "
        + "\"join: ''\" at the source (\"join: ' '\" where the spaces are meant).";

    /// <summary>
    /// What stands between tokens: nothing (<c>join: ''</c>) in scripts that put no space between words, as Chinese, whose tokens are
    /// often characters. Default: a space, with a notice where most tokens are of such a script.
    /// </summary>
    [Length(0, 8)]
    public string? Join { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var tokens = new List<string>();
        var tags = new List<string>();
        var lines = new ArrayBufferWriter<byte>();
        string? error = null;
        var width = 0;
        long first = 0;
        await using var stream = await DataFile
            .OpenAsync(path, FileContent.Text, "tokens with tags", cancellationToken)
            .ConfigureAwait(false);
        await foreach (var (line, number) in Utf8Lines.ReadAsync(stream, cancellationToken).ConfigureAwait(false))
        {
            if (line.Span.IndexOfAnyExcept(" \t"u8) < 0)
            {
                if (tokens.Count > 0 || error is not null)
                    yield return Record(tokens, tags, lines, first, error);
                (error, first) = (null, 0);
                lines.ResetWrittenCount();
                tokens.Clear();
                tags.Clear();
                continue;
            }

            if (line.Span.StartsWith("-DOCSTART-"u8))
                continue;
            if (first == 0)
                first = number;
            lines.Write(line.Span);
            lines.Write("\n"u8);
            if (Encodings.Wrong(line.Span) is { } wrong)
            {
                error ??= $"line {number} has {wrong}";
                continue;
            }

            var text = System.Text.Encoding.UTF8.GetString(line.Span);
            var columns = text.Split(text.Contains('\t', StringComparison.Ordinal) ? '\t' : ' ');
            if (columns.Length < 2 || columns[0].Length == 0)
                error ??= $"line {number} is '{text}', expected a token and its tag";
            width = width == 0 ? columns.Length : width;
            if (columns.Length != width)
                error ??=
                    $"line {number} has {columns.Length} columns where the lines before have {width}; a token with a space in it "
                    + "needs tabs between the columns";
            tokens.Add(columns[0]);
            tags.Add(columns[^1]);
        }

        if (tokens.Count > 0 || error is not null)
            yield return Record(tokens, tags, lines, first, error);
    }

    private SourceRecord Record(List<string> tokens, List<string> tags, ArrayBufferWriter<byte> lines, long line, string? error)
    {
        var entities = new List<(string Kind, string Text)>();
        error ??= Iob.Read(tokens, tags, entities, Join ?? Space);
        if (error is not null)
            return new SourceRecord(lines.WrittenMemory, line, Error: error);

        using var bytes = new MemoryStream();
        using var writer = new Utf8JsonWriter(bytes, JsonOptions);
        writer.WriteStartObject();
        writer.WriteString("text"u8, string.Join(Join ?? Space, tokens));
        writer.WriteStartArray("entities"u8);
        foreach (var (kind, span) in entities)
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, kind);
            writer.WriteString("text"u8, span);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        var apart = Join is null && tokens.Count > 1 && 2 * tokens.Count(HasNoSpaces) > tokens.Count;
        return new SourceRecord(bytes.ToArray(), line, Notice: apart ? Apart : null);
    }

    private static bool HasNoSpaces(string token) =>
        Rune.DecodeFromUtf16(token, out var first, out _) == OperationStatus.Done && TextWords.HasNoSpaces(first);
}
