namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// Every answer that the task's format has, with the probability that one token after the other gives it: the same that an answer of
/// <see cref="TokenByTokenRun"/> has as its own.
/// </summary>
internal sealed class EveryAnswerRun : DecodingRun
{
    private readonly IReadOnlyList<int[]> candidates;
    private readonly List<ScoredCompletion> whole = [];
    private List<(Completion Completion, int[] Candidates)> open;

    public EveryAnswerRun(DecodingRequest request)
        : base(request)
    {
        candidates = request.Candidates;
        open = [(request.Begin(), [.. Enumerable.Range(0, candidates.Count)])];
    }

    public override int Limit => candidates.Max(tokens => tokens.Length);

    public override IReadOnlyList<Completion> Open => [.. open.Select(prefix => prefix.Completion)];

    public override IReadOnlyList<ScoredCompletion> Completions => [.. whole.OrderByDescending(answer => answer.Score)];

    public override LogitView View(Completion open) => Request.View(open);

    /// <summary>Candidates that begin alike share their rows; what the limit leaves no room for is left out.</summary>
    public override void Step(LogitRows logits)
    {
        var next = new List<(Completion, int[])>();
        for (var i = 0; i < open.Count; i++)
        {
            var (completion, within) = open[i];
            var continuations = Request.After(completion, logits[i]);
            foreach (var group in within.GroupBy(candidate => (candidates[candidate][completion.Length], IsLast(candidate, completion))))
            {
                var (token, closes) = group.Key;
                if (continuations.With(token, closes) is not { } longer)
                    continue;
                if (closes)
                    whole.Add(new ScoredCompletion(longer, longer.LogProbability));
                else
                    next.Add((longer, [.. group]));
            }
        }

        open = next;
    }

    private bool IsLast(int candidate, Completion completion) => candidates[candidate].Length == completion.Length + 1;
}
