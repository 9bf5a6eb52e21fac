using System.Text;
using TaskDsl.Torch.Tokenizers;

namespace TaskDsl.Torch.Batching;

/// <summary>
/// Documents as pieces of at most a row's length. A piece begins with the last token of the one before, so each token of a
/// document but its first is predicted exactly once. Every token counts as answer.
/// </summary>
public sealed class CorpusSource : TokenSource
{
    private readonly List<TokenSequence> pieces = [];

    /// <summary>Tokenises documents.</summary>
    public CorpusSource(IReadOnlyList<CorpusDocument> documents, Tokenizer tokenizer, int length, CancellationToken cancellationToken = default)
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
            for (var start = 0; start < ids.Length - 1; start += length - 1)
            {
                var piece = ids[start..Math.Min(start + length, ids.Length)];
                var answer = new bool[piece.Length];
                Array.Fill(answer, true);
                pieces.Add(new TokenSequence(piece, answer, documents[i].Origin));
            }
        }
    }

    /// <inheritdoc/>
    public override string Name => "corpus";

    /// <inheritdoc/>
    public override int Count => pieces.Count;

    /// <inheritdoc/>
    public override TokenSequence Encode(int index, int pass) => pieces[index];
}
