using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Unicode;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Indexing;

/// <summary>
/// By the words that a text shares with the question, rare ones counting more (Okapi BM25; Robertson and Zaragoza, The Probabilistic
/// Relevance Framework, 2009): the sum over the question's words of
/// <c>ln(1 + (N − n + 0.5) / (n + 0.5)) · f · (k1 + 1) / (f + k1 · (1 − b + b · length / mean length))</c>.
/// </summary>
/// <remarks>
/// The logarithm is Lucene's, which is never negative. A word that the question has twice counts twice. Of scripts without spaces, as
/// Chinese, two letters side by side are a word.
/// </remarks>
[Keyword("bm25")]
public sealed record Bm25 : IndexMethod
{
    /// <summary>How soon more of the same word count no more: 0 = at once.</summary>
    [Range(0.0, 100.0)]
    public double K1 { get; init; } = 1.2;

    /// <summary>How much a text's length counts against it: 0 = not at all, 1 = in full.</summary>
    [Range(0.0, 1.0)]
    public double B { get; init; } = 0.75;

    /// <inheritdoc/>
    public override void Write(StepContext step, IReadOnlyList<string> texts) { } // The texts say it all.

    /// <inheritdoc/>
    public override SearchIndex Open(StepContext asking, string folder, IReadOnlyList<string> texts) => Of(texts);

    /// <summary>The index of some texts.</summary>
    public SearchIndex Of(IReadOnlyList<string> texts) => new Index(this, texts);

    private sealed class Index : SearchIndex
    {
        private readonly Dictionary<string, List<(int Text, int Count)>> postings = new(StringComparer.Ordinal);
        private readonly double[] weights; // What a text's length makes of k1.
        private readonly double k1;

        public Index(Bm25 settings, IReadOnlyList<string> texts)
        {
            k1 = settings.K1;
            var lengths = new double[texts.Count];
            for (var i = 0; i < texts.Count; i++)
            {
                var terms = SearchTerms.Of(texts[i]);
                lengths[i] = terms.Count;
                foreach (var (term, count) in terms.CountBy(term => term, StringComparer.Ordinal))
                    (postings.TryGetValue(term, out var list) ? list : postings[term] = []).Add((i, count));
            }

            var mean = Math.Max(double.Epsilon, lengths.DefaultIfEmpty().Average());
            weights = [.. lengths.Select(length => k1 * (1 - settings.B + settings.B * length / mean))];
        }

        public override int Count => weights.Length;

        public override IReadOnlyList<SearchHit[]> Search(IReadOnlyList<string> questions, int count)
        {
            var scores = new float[Count];
            return
            [
                .. questions.Select(question =>
                {
                    Array.Clear(scores);
                    foreach (var term in SearchTerms.Of(question))
                        Add(term, scores);
                    return Best(scores, count);
                }),
            ];
        }

        public override VectorTable Vectors(IReadOnlyList<string> texts) =>
            throw new RunException("an index by bm25 has no vectors: make one by vectors for this.");

        private void Add(string term, float[] scores)
        {
            if (!postings.TryGetValue(term, out var list))
                return;
            var rarity = Math.Log(1 + (Count - list.Count + 0.5) / (list.Count + 0.5));
            foreach (var (text, count) in list)
                scores[text] += (float)(rarity * count * (k1 + 1) / (count + weights[text]));
        }
    }
}
