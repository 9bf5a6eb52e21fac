namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>An answer that grows by one chosen token after the other and never looks back.</summary>
/// <param name="request">What is answered.</param>
/// <param name="choose">How a token is chosen.</param>
/// <param name="onDevice">
/// The same where the scores are computed, for texts without a grammar; it gets <see cref="DecodingRequest.Draw"/> of the place. Default:
/// all scores are sent to the host.
/// </param>
public sealed class TokenByTokenRun(DecodingRequest request, TokenChooser choose, DeviceChooser? onDevice = null) : DecodingRun(request)
{
    private static readonly DeviceChooser MostProbable = (logits, _) => logits.argmax(1);

    private Completion completion = request.Begin();

    /// <inheritdoc/>
    public override IReadOnlyList<Completion> Open => Request.IsDone(completion) ? [] : [completion];

    /// <inheritdoc/>
    public override IReadOnlyList<ScoredCompletion> Completions => [new(completion, completion.LogProbability)];

    /// <summary>Takes the most probable token each time.</summary>
    public static TokenByTokenRun Greedy(DecodingRequest request) => new(request, (next, _) => next.Best, MostProbable);

    /// <inheritdoc/>
    public override LogitView View(Completion open) =>
        onDevice is null || Request.Constraint is not null ? Request.View(open) : LogitView.Chosen(onDevice, Request.Draw(open.Length));

    /// <inheritdoc/>
    public override void Step(LogitRows logits)
    {
        if (logits[0] is { Chosen: { } token, LogProbability: var logProbability })
        {
            completion = Request.With(completion, token, logProbability);
            return;
        }

        var next = Request.After(completion, logits[0]);
        completion = next.Take(choose(next, completion.Length));
    }
}
