using System.Text;
using TaskDsl.HuggingFace.Tokenizers;

namespace TaskDsl.Torch.Batches.Sources;

/// <summary>
/// Documents as pieces of at most a row's length. A piece begins with the last token of the one before, so each token of a
/// document but its first is predicted exactly once. Every token counts as answer.
/// </summary>
public sealed class CorpusSource : TokenSource
{
    private readonly List<TokenGroup> pieces = [];

    /// <summary>Tokenises documents.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="length">The most tokens of a piece.</param>
    /// <param name="whole">
    /// Whether each piece is a text of its own, as encoders read them: with the tokens that stand before and behind one.
    /// </param>
    /// <param name="cancellationToken">Ends the work.</param>
    public CorpusSource(
        IReadOnlyList<CorpusDocument> documents,
        Tokenizer tokenizer,
        int length,
        bool whole = false,
        CancellationToken cancellationToken = default
    )
    {
        var tokenised = new int[documents.Count][];
        Parallel.For(0, documents.Count, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            var ids = new List<int>();
            tokenizer.Encode(Encoding.UTF8.GetBytes(documents[i].Text), special: false, ids);
            ids.Add(tokenizer.EndOfText);
            tokenised[i] = [.. ids];
        });
        for (var i = 0; i < tokenised.Length; i++)
        {
            var ids = tokenised[i];
            var room = whole ? length - tokenizer.Prefix.Count - tokenizer.Suffix.Count : length;
            for (var start = 0; start < ids.Length - 1; start += whole ? room : room - 1)
            {
                int[] piece = ids[start..Math.Min(start + room, ids.Length)];
                if (whole)
                    piece = [.. tokenizer.Prefix, .. piece, .. tokenizer.Suffix];
                var answer = new bool[piece.Length];
                if (!whole)
                    Array.Fill(answer, true);
                pieces.Add(new TokenGroup(new TokenSequence(piece, answer, documents[i].Origin)));
            }
        }
    }

    /// <inheritdoc/>
    public override string Name => "corpus";

    /// <inheritdoc/>
    public override int Count => pieces.Count;

    /// <inheritdoc/>
    public override TokenGroup Encode(int index, int repetition) => pieces[index];
}
