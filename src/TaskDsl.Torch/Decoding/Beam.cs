using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Decoding;

/// <summary>
/// Beam search (Sutskever et al., arXiv 1409.3215): in each step the most probable beginnings of an answer are kept, and the answer is the
/// best of those that ended. It gives transformers' answers (<c>generate</c> with <c>early_stopping=False</c>). Probabilities are those
/// among all tokens of the vocabulary, so that a grammar leaves out answers and does not change which of two is the more probable.
/// </summary>
[Keyword("beam")]
public sealed record Beam : DecodingMethod
{
    /// <summary>How many beginnings are kept. 1 is <c>greedy</c>.</summary>
    [Range(1, 1024), AlsoCalled("num_beams")]
    public int Width { get; init; } = 4;

    /// <summary>
    /// The power of its number of tokens that an ended answer's log-probability is divided by: above 0 long answers gain, below 0 short
    /// ones, at 0 the most probable answer wins, which is seldom a long one.
    /// </summary>
    [Range(-10.0, 10.0)]
    public double LengthPenalty { get; init; } = 1;

    /// <inheritdoc/>
    public override int Rows => Width;

    /// <inheritdoc/>
    public override bool Draws => false;

    /// <inheritdoc/>
    public override DecodingRun Start(DecodingRequest request) => new Run(this, request);

    private sealed class Run(Beam beam, DecodingRequest request) : DecodingRun(request)
    {
        private readonly List<ScoredCompletion> ended = []; // The best so far, at most as many as beams, the best first.
        private List<ScoredCompletion> beams = [new(request.Begin(), 0)]; // With their log-probabilities, the most probable first.

        public override IReadOnlyList<Completion> Open => [.. beams.Select(b => b.Completion)];

        public override IReadOnlyList<ScoredCompletion> Completions => ended;

        public override LogitView View(Completion open) => Request.View(open);

        public override void Step(LogitRows logits)
        {
            var length = beams[0].Completion.Length + 1; // With the token that ends it.
            var next = new List<ScoredCompletion>();
            foreach (var (rank, candidate) in Best(logits).Index())
            {
                if (!Request.IsDone(candidate.Completion))
                    next.Add(candidate);
                else if (rank < beam.Width) // The others are there only to take the place of what ends.
                    ended.Add(candidate with { Score = Penalised(candidate.Score) });
            }

            beams = [.. next.Take(beam.Width)];
            ended.Sort((a, b) => b.Score.CompareTo(a.Score));
            if (ended.Count > beam.Width)
                ended.RemoveRange(beam.Width, ended.Count - beam.Width);
            // As transformers does: an answer that could still gain by growing longer is not waited for.
            if (ended.Count == beam.Width && beams.Count > 0 && Penalised(beams[0].Score) <= ended[^1].Score)
                beams = [];

            double Penalised(double score) => score / Math.Pow(length, beam.LengthPenalty);
        }

        /// <summary>The most probable continuations of all beams, the best first; enough that all beams can go on whatever ends.</summary>
        private IEnumerable<ScoredCompletion> Best(LogitRows logits)
        {
            var count = beam.Width * (Request.End == Request.EndOfText ? 2 : 3);
            var best = new List<ScoredCompletion>();
            for (var i = 0; i < beams.Count; i++)
            {
                var next = Request.After(beams[i].Completion, logits[i]);
                var before = beams[i].Score - next.LogSumOfVocabulary;
                foreach (var place in Continuations.Top(next.Scores, count))
                    best.Add(new(next.Take(place), before + next.Scores[place]));
            }

            return best.OrderByDescending(continuation => continuation.Score).Take(count);
        }
    }
}
