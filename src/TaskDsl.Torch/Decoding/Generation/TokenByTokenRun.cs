namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>An answer that grows by one chosen token after the other and never looks back.</summary>
/// <param name="request">What is answered.</param>
/// <param name="choose">How a token is chosen.</param>
public sealed class TokenByTokenRun(DecodingRequest request, TokenChooser choose) : DecodingRun(request)
{
    private Completion completion = request.Begin();

    /// <inheritdoc/>
    public override IReadOnlyList<Completion> Open => Request.IsDone(completion) ? [] : [completion];

    /// <inheritdoc/>
    public override IReadOnlyList<ScoredCompletion> Completions => [new(completion, completion.LogProbability)];

    /// <summary>Takes the most probable token each time.</summary>
    public static TokenByTokenRun Greedy(DecodingRequest request) => new(request, (next, _) => next.Best);

    /// <inheritdoc/>
    public override void Step(LogitRows logits)
    {
        var next = Request.After(completion, logits[0]);
        completion = next.Take(choose(next, completion.Length));
    }
}
