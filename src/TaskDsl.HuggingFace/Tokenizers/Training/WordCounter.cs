using System.Runtime.InteropServices;
using TaskDsl.HuggingFace.Tokenizers.Normalizers;
using TaskDsl.HuggingFace.Tokenizers.PreTokenizers;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Training;

/// <summary>Counts the pieces of a corpus, in the order in which they first occur.</summary>
internal static class WordCounter
{
    public static List<(byte[] Word, int Count)> Count(
        IEnumerable<ReadOnlyMemory<byte>> corpus,
        Normalizer? normalizer,
        IReadOnlyList<PreTokenizer> preTokenizers,
        CancellationToken cancellation
    )
    {
        var index = new Dictionary<byte[], int>(SpanComparer.Instance);
        var lookup = index.GetAlternateLookup<ReadOnlySpan<byte>>();
        var words = new List<(byte[] Word, int Count)>();
        var pieces = new Pieces();
        foreach (var text in corpus)
        {
            cancellation.ThrowIfCancellationRequested();
            pieces.Begin(normalizer is null ? text.Span : normalizer.Apply(text.Span, Place.Beginning), Place.Beginning);
            foreach (var pre in preTokenizers)
                pre.Apply(pieces);
            foreach (var range in pieces.Ranges)
            {
                var piece = pieces.Bytes(range);
                ref var word = ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, piece, out var known);
                if (!known)
                {
                    word = words.Count;
                    words.Add((piece.ToArray(), 0));
                }

                words[word] = words[word] with { Count = words[word].Count + 1 };
            }
        }

        return words;
    }
}
