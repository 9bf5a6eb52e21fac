using TaskDsl.Tasks;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>One answer of a model.</summary>
/// <param name="Text">The answer as it was written.</param>
/// <param name="Output">
/// The answer, of the task's output type; null where the text does not parse, which a constrained answer always does.
/// </param>
/// <param name="Error">Why the text does not parse; null where it does.</param>
/// <param name="PromptTokens">The tokens of the question.</param>
/// <param name="AnswerTokens">The tokens of the answer, with the one that ends it.</param>
/// <param name="Closed">Whether the model ended the answer itself; otherwise the limit of tokens did.</param>
public sealed record Prediction(string Text, object? Output, string? Error, int PromptTokens, int AnswerTokens, bool Closed)
{
    /// <summary>
    /// Whether the question, with room for the shortest answer, is longer than the model can read: it was not put, and nothing of it was
    /// cut.
    /// </summary>
    public bool IsOverlong { get; init; }

    /// <summary>Why the question was not put, one of few reasons; null where it was.</summary>
    public string? NotPut { get; init; }

    /// <summary>
    /// The answer as comparable items, where somebody has written what the task's output type cannot hold; else null, and it is
    /// <see cref="Output"/>.
    /// </summary>
    public IReadOnlyList<OutputItem>? Items { get; init; }

    /// <summary>How many demonstrations were left out, so that the question fits.</summary>
    public int LeftOut { get; init; }

    /// <summary>What becomes of a question that is too long.</summary>
    internal static Prediction Overlong(int tokens, int most) =>
        new(
            "",
            null,
            $"the question has {tokens} tokens; with its answer the model can read at most {most}. Shorten the input or the "
                + "demonstrations, or take a model with more positions.",
            tokens,
            0,
            Closed: false
        )
        {
            IsOverlong = true,
            NotPut = "too long for the model",
        };

    /// <summary>What becomes of a question that no model is for.</summary>
    internal static Prediction NotPutTo(ModelOfInput none) => new("", null, none.Error, 0, 0, Closed: false) { NotPut = none.Reason };

    /// <summary>
    /// The probability that the model gives this answer among those that it may give, in [0, 1]: the product, over the answer's tokens and
    /// the one that ends it, of each token's share among the tokens that were permitted at its place. For a head, the product of what it
    /// decides: a label by softmax, each of several labels by sigmoid, each word's tag by softmax. Null where a head answers a number.
    /// </summary>
    public double? Confidence { get; init; }

    /// <summary>The logarithm of <see cref="Confidence"/>, as exact for long answers too: the sum over the answer's tokens.</summary>
    public double? LogProbability { get; init; }

    /// <summary>
    /// How probable the model holds each label, by its key, where it was asked for them and the task answers by labels; else null. Of a
    /// model that writes, in the same way as <see cref="Confidence"/>: together they are at most 1, and the rest is other tokens for the
    /// same texts. Of a head the softmax, or the sigmoid of each where it chooses several.
    /// </summary>
    public IReadOnlyDictionary<string, double>? Labels { get; init; }
}
