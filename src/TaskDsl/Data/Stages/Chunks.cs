using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Codecs;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Cuts a long text into pieces at line borders, each an example (ProX; arXiv 2409.17115): <c>chunks: {of: page, characters: 6000,
/// number_lines: true}</c>. <c>join</c> makes one of them again.
/// </summary>
/// <remarks>
/// A piece has as many whole lines as there is room for. A line that is longer stands alone, uncut. Without numbers a blank line goes with
/// what stands before it, since nothing can be asked of a text of blanks. The other fields are every piece's, and all pieces fall into the
/// part that their document falls into. Which piece of what an example is, goes with it as <c>$piece</c>.
/// </remarks>
[Keyword("chunks")]
public sealed record Chunks : Stage
{
    /// <summary>The text.</summary>
    [FieldName("text")]
    public required string Of { get; init; }

    /// <summary>
    /// The most characters of a piece, line breaks and numbers of lines among them. Stages know no model, and so no tokens: one has about
    /// four characters in English, one or two in Chinese.
    /// </summary>
    [Range(1, 10_000_000)]
    public required int Characters { get; init; }

    /// <summary>
    /// Whether before each line stands its number, as <c>[000]</c>. They run through the document, from 0, so that a piece's lines have the
    /// numbers that they have in the whole, as <c>apply_edits</c> counts them.
    /// </summary>
    public bool NumberLines { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        context.CheckFields("chunks", Of);
        var scratch = new ArrayBufferWriter<byte>();
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var record = context.Record(example);
            // By what it says, not by its place: what is told apart by its place is no longer when a step has read it.
            var document = $"{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(record.ToJsonString(DefinitionJson.Options))):x16}";
            var origin = example.Origin with { Split = example.Origin.Split ?? context.Task.Split.PartOf(example, context.Task, scratch) };
            (string? Text, int Line)[] pieces = (string?)record[Of] is { } text ? [.. Pieces(text)] : [(null, 0)];
            context.Add(pieces.Length - 1);
            foreach (var (number, (piece, line)) in pieces.Index())
            {
                record[Of] = piece;
                if (context.Read(record, example) is not { } cut)
                    continue;
                var kept = new Piece(document, number, pieces.Length) { Line = NumberLines ? line : null };
                yield return (T)((Example)cut with { Origin = origin with { Kept = Kept(origin, kept) } });
            }
        }
    }

    /// <summary>
    /// The pieces of a text, each with the number of its first line. Joined by line breaks, without numbers, they are the text.
    /// </summary>
    internal IEnumerable<(string Text, int Line)> Pieces(string text)
    {
        var lines = EditUnits.Of(text, EditUnit.Line);
        var piece = new StringBuilder();
        var (first, length, blank) = (0, 0, true);
        foreach (var (number, line) in lines.Index())
        {
            var shown = NumberLines ? Piece.NumberOf(number) + line : line;
            var isBlank = !NumberLines && Texts.IsBlank(line);
            // The line break that ends a piece is not shown.
            if (!blank && !isBlank && length + Length(shown.AsSpan().TrimEnd('\n')) > Characters)
            {
                yield return (piece.ToString(0, piece.Length - 1), first);
                piece.Clear();
                (first, length, blank) = (number, 0, true);
            }

            piece.Append(shown);
            length += Length(shown);
            blank &= isBlank;
        }

        yield return (piece.ToString(), first);
    }

    private static int Length(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }

    private static string Kept(RecordOrigin origin, Piece piece)
    {
        var kept = origin.Kept is { } was ? JsonNode.Parse(was)!.AsObject() : [];
        kept[KeptColumns.Piece] = piece.ToJson();
        return KeptColumns.Text(kept);
    }
}
