using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// The tokens that a completion may go on with, in a constant order, each with its score: all tokens, or those that the answer's grammar
/// permits and that leave room to end the answer properly. It is valid until the request is asked for other ones.
/// </summary>
public readonly ref struct Continuations
{
    private readonly DecodingRequest request;
    private readonly Completion completion;
    private readonly LogitRow logits;
    private readonly TokenConstraint.Choices? choices; // null = all tokens.
    private readonly ReadOnlySpan<int> places; // Which of the choices leave room.
    private readonly double logSum;

    internal Continuations(DecodingRequest request, Completion completion, LogitRow logits, ContinuationBuffer buffer)
    {
        this.request = request;
        this.completion = completion;
        this.logits = logits;
        if (request.Constraint is { } constraint)
        {
            choices = constraint.At(completion.State);
            buffer.Reserve(choices.Tokens.Length + 1);
            // Behind this token and the one that ends the answer, every byte to the nearest end must still find room.
            var furthest = request.Limit - completion.Length - 2;
            var count = 0;
            for (var i = 0; i < choices.Tokens.Length; i++)
            {
                if (choices.Distances[i] > furthest)
                    continue;
                buffer.Places[count] = i;
                buffer.Scores[count++] = logits.At(i, choices.Tokens[i]);
            }

            places = buffer.Places.AsSpan(0, count);
            if (constraint.IsAccepting(completion.State))
                buffer.Scores[count++] = logits.At(choices.Tokens.Length, request.End);
            if (count == 0)
                throw new ModelException(
                    $"task '{request.TaskName}': the model's tokenizer has no token for what an answer must go on with; "
                        + "choose another format, or a model whose tokenizer can write any text."
                );
            Scores = buffer.Scores.AsSpan(0, count);
            logSum = LogSumExp.Of(Scores);
            return;
        }

        Scores = logits.All;
        logSum = logits.LogSum;
    }

    /// <summary>The score of each, not normalised.</summary>
    public ReadOnlySpan<float> Scores { get; }

    /// <summary>The place of the highest score; of equal ones, the first.</summary>
    public int Best
    {
        get
        {
            var best = 0;
            for (var i = 1; i < Scores.Length; i++)
                if (Scores[i] > Scores[best])
                    best = i;
            return best;
        }
    }

    /// <summary>The places of the highest scores, the highest first; of equal ones the first is taken for higher.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="count">How many; all where there are fewer.</param>
    public static int[] Top(ReadOnlySpan<float> scores, int count)
    {
        var best = new PriorityQueue<int, (float Score, int Order)>();
        for (var i = 0; i < scores.Length; i++)
        {
            if (best.Count < count)
                best.Enqueue(i, (scores[i], -i));
            else if (best.TryPeek(out _, out var least) && scores[i] > least.Score)
                best.EnqueueDequeue(i, (scores[i], -i));
        }

        return [.. best.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => item.Element)];
    }

    /// <summary>
    /// What scores must be lowered by to be logarithms of probabilities among all tokens of the vocabulary, permitted or not.
    /// </summary>
    public double LogSumOfVocabulary => choices is null ? logSum : logits.LogSum;

    /// <summary>The completion with one of these more; its probability is the share among these.</summary>
    /// <param name="place">The place among <see cref="Scores"/>.</param>
    public Completion Take(int place)
    {
        var logProbability = Scores[place] - logSum;
        if (choices is null)
            return request.With(completion, place, logProbability);
        return place < places.Length
            ? completion.With(choices.Tokens[places[place]], logProbability, closes: false, choices.States[places[place]])
            : completion.With(request.End, logProbability, closes: true);
    }

    /// <summary>The completion with a certain token more; null where that is not permitted.</summary>
    /// <param name="token">The token.</param>
    /// <param name="closes">Whether it is the one that ends the answer.</param>
    internal Completion? With(int token, bool closes)
    {
        if (choices is null)
            return Take(token);
        if (closes)
            return Scores.Length > places.Length ? Take(places.Length) : null;
        for (var i = 0; i < places.Length; i++)
            if (choices.Tokens[places[i]] == token)
                return Take(i);
        return null;
    }
}
