namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// The answer to one request while it grows. The rows of many runs go through the model together: in each step, a run receives the logits
/// behind each of its open completions and says which completions go on.
/// </summary>
/// <param name="request">What is answered.</param>
public abstract class DecodingRun(DecodingRequest request)
{
    /// <summary>What is answered.</summary>
    protected DecodingRequest Request { get; } = request;

    /// <summary>What the model reads before it writes. Default: the request's prompt.</summary>
    public virtual IReadOnlyList<int[]> Contexts => [Request.Prompt];

    /// <summary>The most tokens that are written behind a context. Default: the request's limit.</summary>
    public virtual int Limit => Request.Limit;

    /// <summary>
    /// The completions that go on: at the beginning an empty one for each context, in their order; then such as follow one that was open
    /// before, of which several may follow the same. None when the answer is there.
    /// </summary>
    public abstract IReadOnlyList<Completion> Open { get; }

    /// <summary>The completions that are whole, the best first; at least one when nothing is open.</summary>
    public abstract IReadOnlyList<ScoredCompletion> Completions { get; }

    /// <summary>What <see cref="Step"/> looks at behind an open completion. Default: the scores of all tokens.</summary>
    /// <param name="open">The completion.</param>
    public virtual LogitView View(Completion open) => LogitView.All;

    /// <summary>Goes on by one token.</summary>
    /// <param name="logits">The scores of the token behind each open completion.</param>
    public abstract void Step(LogitRows logits);
}
