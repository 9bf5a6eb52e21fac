using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
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
        var dictionary = await TermDictionary.ReadAsync(From, context, cancellationToken).ConfigureAwait(false);
        var hash = new ExampleHash(context.Task);
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var record = context.Record(example);
            var listed = new JsonArray();
            if (hash.Draw(example, $"lookup {Into}", Seed) / (ulong.MaxValue + 1.0) < Share && (string?)record[In] is { } text)
                foreach (var (term, entry) in dictionary.In(text).Take(Most))
                    listed.Add($"{term} = {entry}");
            record[Into] = listed;
            if (context.Read(record, example) is { } filled)
                yield return filled;
        }
    }
}
