using TaskDsl.Prompts;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>One question to a model.</summary>
/// <param name="Prompt">How it is put.</param>
/// <param name="Input">The input, of the task's input type.</param>
/// <param name="Language">The language tag.</param>
public sealed record PredictionRequest(Prompt Prompt, object Input, string Language)
{
    /// <summary>Worked examples to show first.</summary>
    public IReadOnlyList<Example> Demonstrations { get; init; } = [];

    /// <summary>
    /// Whether demonstrations are left out, the first ones first, where the model has no room for all of them and the longest answer.
    /// </summary>
    public bool Fit { get; init; }

    /// <summary>Which phrasing of the prompt.</summary>
    public int Phrasing { get; init; }

    /// <summary>
    /// The number of this answer where one question is answered several times by <c>sample</c>: another number, another draw.
    /// </summary>
    public int Sample { get; init; }

    /// <summary>How many demonstrations are left out already.</summary>
    internal int LeftOut { get; private init; }

    /// <summary>The same with one demonstration less.</summary>
    internal PredictionRequest Shorter() => this with { Demonstrations = [.. Demonstrations.Skip(1)], LeftOut = LeftOut + 1 };
}
