using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>How answers are produced.</summary>
public record GenerationPlan
{
    /// <summary>
    /// How an answer's tokens are chosen. Default: greedy, the most probable each time. An encoder's head has nothing to choose.
    /// </summary>
    [DoesNotShape(UnlessAnswersChoose = true)]
    public DecodingMethod? Decoding { get; init; }

    /// <summary>Answers decoded at a time.</summary>
    [DoesNotShape(UnlessAnswersChoose = true), Range(1, 4096), AlsoCalled("eval_batch_size", "per_device_eval_batch_size")]
    public int Rows { get; init; } = 32;

    /// <summary>
    /// The most tokens of an answer; a constrained answer is closed properly within them, or gets as many as its shortest form needs.
    /// </summary>
    [DoesNotShape(UnlessAnswersChoose = true), Range(1, 65536), AlsoCalled("max_tokens")]
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>
    /// Whether decoding may only produce what the task's format can parse. Otherwise the share of answers that parse is measured too, as
    /// <c>validity</c>.
    /// </summary>
    [DoesNotShape(UnlessAnswersChoose = true)]
    public bool Constrained { get; init; } = true;
}
