using System.Runtime.InteropServices;
using TaskDsl.Torch.Draws;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>What a decoding method is asked: the tokens of a question, and what may be answered.</summary>
public sealed class DecodingRequest
{
    private readonly ContinuationBuffer buffer;
    private readonly Func<IReadOnlyList<int[]>> candidates;
    private readonly long seed;

    internal DecodingRequest(ContinuationBuffer buffer, Func<IReadOnlyList<int[]>> candidates, long seed) =>
        (this.buffer, this.candidates, this.seed) = (buffer, candidates, seed);

    /// <summary>The name of the task, for messages.</summary>
    public required string TaskName { get; init; }

    /// <summary>What the model reads before it writes.</summary>
    public required int[] Prompt { get; init; }

    /// <summary>What the model reads where it is asked nothing: how its texts begin.</summary>
    public required int[] Nothing { get; init; }

    /// <summary>The token that ends an answer.</summary>
    public required int End { get; init; }

    /// <summary>The token that ends a text; a free answer ends with it too.</summary>
    public required int EndOfText { get; init; }

    /// <summary>The most tokens of an answer.</summary>
    public required int Limit { get; init; }

    /// <summary>The number of this answer where a question is answered several times by chance.</summary>
    public int Sample { get; init; }

    /// <summary>What the answer's grammar permits; null = any text.</summary>
    internal TokenConstraint? Constraint { get; init; }

    /// <summary>
    /// All answers that the task's format has for this question, each as its tokens with the one that ends it. Asked for the first time,
    /// they are found out.
    /// </summary>
    /// <exception cref="HuggingFace.ModelException">There are too many.</exception>
    public IReadOnlyList<int[]> Candidates => candidates();

    /// <summary>The completion that a decoding begins with.</summary>
    public Completion Begin() => Completion.Empty(Constraint?.Start ?? 0);

    /// <summary>What a completion may go on with. The result is valid until the next call.</summary>
    /// <param name="completion">One that is not at its end.</param>
    /// <param name="logits">The scores of the token behind it.</param>
    public Continuations After(Completion completion, LogitRow logits) => new(this, completion, logits, buffer);

    /// <summary>What <see cref="After"/> looks at: the tokens that the answer's grammar permits, where it has one.</summary>
    /// <param name="completion">One that is not at its end.</param>
    public LogitView View(Completion completion) =>
        Constraint is null ? LogitView.All : LogitView.Of([.. Constraint.At(completion.State).Tokens, End]);

    /// <summary>A completion of a free text with one token more.</summary>
    internal Completion With(Completion completion, int token, double logProbability) =>
        completion.With(token, logProbability, closes: token == End || token == EndOfText);

    /// <summary>Whether a completion was ended, or has as many tokens as it may.</summary>
    public bool IsDone(Completion completion) => completion.IsClosed || completion.Length >= Limit;

    /// <summary>
    /// A number drawn evenly from [0, 1). It belongs to the seed, the question's tokens, the sample and the place alone: it is the same
    /// whatever else is answered at the time.
    /// </summary>
    /// <param name="place">Where in the answer.</param>
    public double Draw(int place) => new Draw(seed, Draws.Draw.Seed(MemoryMarshal.Cast<int, char>(Prompt)), Sample, place).Unit();
}
