using TaskDsl.Torch.Decoding.Generation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>An answer to a step's question.</summary>
/// <param name="Prediction">The answer.</param>
/// <param name="Fault">What it is counted under where it is none: one of few reasons; null for one that is good.</param>
public sealed record GivenAnswer(Prediction Prediction, string? Fault)
{
    /// <summary>What is wrong with this one; null for one that is good.</summary>
    public string? Detail => Prediction.Error is { } error && Fault is not null ? $"{Fault}: {error}" : Fault;

    /// <summary>An answer that counts where it parses and was ended by the model itself.</summary>
    public static GivenAnswer Of(Prediction answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new GivenAnswer(
            answer,
            answer.NotPut
                ?? (
                    answer.Output is null ? "the answer does not parse"
                    : answer.Closed ? null
                    : "the answer is cut off at max_new_tokens"
                )
        );
    }
}
