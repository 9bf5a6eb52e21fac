using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Data.Stages.Hashing;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Fills a list with the entries of a dictionary whose terms stand in a text, each as <c>term = entry</c>, in the order of the text (arXiv
/// 2402.15061): <c>lookup: {in: source, from: data/terms.tsv, into: terms, share: 0.5}</c>. At each place the longest term counts; it must
/// stand there as whole words, in scripts that have spaces between words. What stood in the list before goes.
/// </summary>
/// <remarks>
/// Records without entries must be learned too, or a text without any will be strange: <c>share</c>. Which records get theirs depends on
/// their inputs and the seed alone.
/// </remarks>
[Keyword("lookup")]
public sealed record Lookup : Stage
{
    private const string Term = "term";
    private const string Entry = "entry";

    /// <summary>The text that is looked through.</summary>
    [FieldName("text", "string")]
    public required string In { get; init; }

    /// <summary>
    /// The dictionary: records with the columns <c>term</c> and <c>entry</c>; <c>columns: {term: en, entry: de}</c> reads them from others.
    /// </summary>
    public required DataSource From { get; init; }

    /// <summary>The list that is filled.</summary>
    [FieldName("list<string>", "list<text>")]
    public required string Into { get; init; }

    /// <summary>The most entries that a record gets, the first ones.</summary>
    [Range(1, 1000)]
    public int Most { get; init; } = 8;

    /// <summary>The share of records that get their entries; the others get none.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 1;

    /// <summary>Another seed gives entries to others.</summary>
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<DataSource> Sources => [From];

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var dictionary = await ReadAsync(context, cancellationToken).ConfigureAwait(false);
        var hash = new ExampleHash(context.Task);
        var was = new ArrayBufferWriter<byte>();
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            was.ResetWrittenCount();
            context.Write(example, was);
            var record = JsonNode.Parse(was.WrittenSpan)!.AsObject();
            var listed = new JsonArray();
            if (hash.Draw(example, $"lookup {Into}", Seed) / (ulong.MaxValue + 1.0) < Share && (string?)record[In] is { } text)
                foreach (var (term, entry) in dictionary.In(text).Take(Most))
                    listed.Add($"{term} = {entry}");
            record[Into] = listed;
            if (context.Read(Encoding.UTF8.GetBytes(record.ToJsonString(DefinitionJson.Options)), example) is { } filled)
                yield return filled;
        }
    }

    /// <summary>Reads the dictionary.</summary>
    /// <exception cref="DataException">It cannot be read, a record has no term, or there is none at all.</exception>
    private async Task<TermDictionary> ReadAsync(StageContext context, CancellationToken cancellationToken)
    {
        var dictionary = new TermDictionary();
        foreach (var file in From.Files(context.ProjectDirectory, From.Language ?? context.Task.Languages[0]))
        await foreach (var record in From.ReadAsync(file, cancellationToken).ConfigureAwait(false))
        {
            var origin = new RecordOrigin(file.Name, record.Line, record.Key);
            if (record.Error is { } error)
                throw new DataException($"{origin}: error: {error}");
            var columns = JsonNode.Parse(record.Json.Span)!.AsObject();
            if (Of(columns, Term) is not { Length: > 0 } term || Of(columns, Entry) is not { } entry)
                throw new DataException(
                    $"{origin}: error: lookup: the dictionary's record has no text in '{Column(Term)}' and '{Column(Entry)}', only "
                        + $"{string.Join(", ", columns.Select(c => c.Key))}. Name its columns: columns: {{term: …, entry: …}}."
                );
            dictionary.Add(term, entry);
        }

        return dictionary.Count > 0 ? dictionary : throw new DataException($"{From.Title}: error: lookup: the dictionary has no terms.");
    }

    private string? Of(JsonObject record, string column) =>
        record[Column(column)] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? ((string)value!).Trim() : null;

    private string Column(string column) => From.Columns.GetValueOrDefault(column) ?? column;
}
