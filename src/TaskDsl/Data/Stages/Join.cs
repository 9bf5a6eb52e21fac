using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Makes one example of the pieces that <c>chunks</c> has cut a document into, wherever they stand: <c>join: {of: page, with:
/// [program]}</c>. The text is what it was, its lines without their numbers.
/// </summary>
/// <remarks>
/// A document that lacks a piece, as one whose answer a <c>generate</c> step has left out, is left out as a whole and counted once. What is
/// no piece passes as it is. Of what is kept beside an example (<c>$model</c>, a score) stays what is the same of all its pieces. The
/// pieces lie on the disk meanwhile; 4 bytes of memory are taken for each, and about 250 for each document.
/// </remarks>
[Keyword("join")]
public sealed record Join : Stage
{
    /// <summary>The text that was cut.</summary>
    [FieldName("text")]
    public required string Of { get; init; }

    /// <summary>
    /// The texts that each piece has its own of, as a model's answer to it: they are joined too, a line break between. All other fields
    /// must be the same in all pieces.
    /// </summary>
    [FieldName("text")]
    public IReadOnlyList<string> With { get; init; } = [];

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        context.CheckFields("join", [Of, .. With]);
        using var file = new ExampleFile<T>(context.Task);
        var documents = new List<int[]>();
        var copies = new Dictionary<(string Of, int? Sample), List<int[]>>();
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            file.Add(example);
            if (Piece.Of(example.Origin) is not { } piece)
            {
                documents.Add([file.Count - 1]);
                continue;
            }

            // A document may be there several times, or be answered several times: a piece goes to the first that lacks it.
            var key = (piece.Document, Sample(example));
            if (!copies.TryGetValue(key, out var same))
                copies.Add(key, same = []);
            if (same.Find(copy => copy[piece.Number] < 0) is not { } document)
            {
                document = new int[piece.Count];
                Array.Fill(document, -1);
                same.Add(document);
                documents.Add(document);
            }

            document[piece.Number] = file.Count - 1;
        }

        foreach (var document in documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            T[] pieces = [.. document.Where(index => index >= 0).Select(index => file[index])];
            context.Add(1 - pieces.Length);
            if (Piece.Of(pieces[0].Origin) is null)
                yield return pieces[0];
            else if (pieces.Length < document.Length)
                context.Drop(
                    pieces[0],
                    "a piece of it is missing",
                    $"{document.Length - pieces.Length} of its {document.Length} pieces are missing"
                );
            else if (Joined(pieces, context, out var why) is not { } record)
                context.Drop(pieces[0], why!);
            else if (context.Read(record, pieces[0]) is { } joined)
                yield return (T)((Example)joined with { Origin = Origin(pieces) });
        }
    }

    private JsonObject? Joined<T>(T[] pieces, StageContext context, out string? why)
        where T : Example
    {
        JsonObject[] records = [.. pieces.Select(context.Record)];
        foreach (var (record, piece) in records.Zip(pieces))
            if (Piece.Of(piece.Origin)!.Line is { } line && (string?)record[Of] is { } text)
            {
                if (Unnumbered(text, line) is not { } plain)
                {
                    why = $"the lines of '{Of}' do not have their numbers any more";
                    return null;
                }

                record[Of] = plain;
            }

        foreach (var (name, value) in records[0])
            if (name != Of && !With.Contains(name) && records.Any(record => !JsonNode.DeepEquals(record[name], value)))
            {
                why = $"its pieces differ in '{name}', which join does not name";
                return null;
            }

        foreach (var name in (IEnumerable<string>)[Of, .. With])
        {
            string[] texts = [.. records.Select(record => (string?)record[name]).OfType<string>()];
            records[0][name] = texts.Length == 0 ? null : string.Join('\n', texts);
        }

        why = null;
        return records[0];
    }

    private static string? Unnumbered(string text, int first)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var number = Piece.NumberOf(first + i);
            // A line break at the end of the document has nothing behind it, and so no number.
            if (lines[i].StartsWith(number, StringComparison.Ordinal))
                lines[i] = lines[i][number.Length..];
            else if (i == 0 || i < lines.Length - 1 || lines[i].Length > 0)
                return null;
        }

        return string.Join('\n', lines);
    }

    private static int? Sample(Example example) => (int?)Kept(example)[KeptColumns.Sample];

    private static JsonObject Kept(Example example) => example.Origin.Kept is { } kept ? JsonNode.Parse(kept)!.AsObject() : [];

    /// <summary>The first piece's, with what is the same of all.</summary>
    private static RecordOrigin Origin<T>(T[] pieces)
        where T : Example
    {
        var first = pieces[0].Origin;
        JsonObject[] kept = [.. pieces.Select(Kept)];
        JsonObject same = new(
            kept[0]
                .Where(column => column.Key != KeptColumns.Piece && kept.All(other => JsonNode.DeepEquals(other[column.Key], column.Value)))
                .Select(column => KeyValuePair.Create(column.Key, column.Value?.DeepClone()))
        );
        return first with
        {
            Kept = same.Count == 0 ? null : KeptColumns.Text(same),
            Confidence = pieces.All(piece => piece.Origin.Confidence == first.Confidence) ? first.Confidence : null,
            Score = pieces.All(piece => piece.Origin.Score == first.Score) ? first.Score : null,
        };
    }
}
