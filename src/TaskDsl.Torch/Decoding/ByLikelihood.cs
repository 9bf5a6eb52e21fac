using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Decoding;

/// <summary>
/// The one of all answers that the task's format has, the labels of a label task for instance, that is the most probable as a whole: each
/// is scored by the sum of its tokens' log-probabilities among the whole vocabulary, with the token that ends it. Nothing is written
/// freely.
/// </summary>
[Keyword("by_likelihood")]
public sealed record ByLikelihood : DecodingMethod
{
    /// <summary>What an answer's log-probability is measured against.</summary>
    public LikelihoodNorm Normalize { get; init; } = LikelihoodNorm.None;

    /// <inheritdoc/>
    public override bool Draws => false;

    /// <inheritdoc/>
    public override DecodingRun Start(DecodingRequest request) => new Run(Normalize, request);

    private sealed class Run : DecodingRun
    {
        private readonly LikelihoodNorm norm;
        private readonly IReadOnlyList<int[]> candidates;
        private readonly double[][] sums; // [context][candidate]
        private List<Prefix> open;

        public Run(LikelihoodNorm norm, DecodingRequest request)
            : base(request)
        {
            this.norm = norm;
            candidates = request.Candidates;
            Contexts = norm == LikelihoodNorm.Unconditional ? [request.Prompt, request.Nothing] : [request.Prompt];
            sums = [.. Contexts.Select(_ => new double[candidates.Count])];
            int[] all = [.. Enumerable.Range(0, candidates.Count)];
            open = [.. Contexts.Select((_, context) => new Prefix(context, Completion.Empty(), all))];
        }

        public override IReadOnlyList<int[]> Contexts { get; }

        public override int Limit => candidates.Max(tokens => tokens.Length);

        public override IReadOnlyList<Completion> Open => [.. open.Select(prefix => prefix.Completion)];

        public override IReadOnlyList<ScoredCompletion> Completions
        {
            get
            {
                double[] scores = [.. candidates.Select((_, candidate) => Score(candidate))];
                var all = LogSumExp.Of([.. scores.Select(score => (float)score)]);
                return
                [
                    .. scores
                        .Select((score, candidate) => new ScoredCompletion(Whole(candidates[candidate], score - all), score))
                        .OrderByDescending(answer => answer.Score),
                ];
            }
        }

        public override LogitView View(Completion open)
        {
            var within = this.open.First(prefix => prefix.Completion == open).Candidates;
            return LogitView.Of([.. within.Select(candidate => candidates[candidate][open.Length]).Distinct()]);
        }

        /// <summary>Candidates that begin alike share their rows.</summary>
        public override void Step(LogitRows logits)
        {
            var next = new List<Prefix>();
            for (var i = 0; i < open.Count; i++)
            {
                var (context, completion, within) = open[i];
                var all = logits[i].LogSum;
                foreach (var group in within.GroupBy(candidate => candidates[candidate][completion.Length]))
                {
                    var longer = completion.With(group.Key, logits[i][group.Key] - all);
                    foreach (var whole in group.Where(candidate => candidates[candidate].Length == longer.Length))
                        sums[context][whole] = longer.LogProbability;
                    int[] rest = [.. group.Where(candidate => candidates[candidate].Length > longer.Length)];
                    if (rest.Length > 0)
                        next.Add(new Prefix(context, longer, rest));
                }
            }

            open = next;
        }

        private double Score(int candidate) =>
            norm switch
            {
                LikelihoodNorm.Tokens => sums[0][candidate] / candidates[candidate].Length,
                LikelihoodNorm.Unconditional => sums[0][candidate] - sums[1][candidate],
                _ => sums[0][candidate],
            };

        /// <summary>A candidate as an answer; its probability is its share among all of them.</summary>
        private static Completion Whole(int[] tokens, double logProbability) =>
            tokens[..^1]
                .Aggregate(Completion.Empty(), (completion, token) => completion.With(token, 0))
                .With(tokens[^1], logProbability, closes: true);
    }

    /// <summary>A beginning and the candidates that have it.</summary>
    private sealed record Prefix(int Context, Completion Completion, int[] Candidates);
}

/// <summary>What an answer's log-probability is measured against.</summary>
public enum LikelihoodNorm
{
    /// <summary>Nothing: the sum counts, so that long answers have a hard time.</summary>
    None,

    /// <summary>Its number of tokens, with the one that ends it: the mean counts.</summary>
    Tokens,

    /// <summary>
    /// The answer's own log-probability where nothing is asked: what is left is what the question adds (Brown et al., arXiv 2005.14165,
    /// section 2.4; Holtzman et al., arXiv 2104.08315).
    /// </summary>
    Unconditional,
}
