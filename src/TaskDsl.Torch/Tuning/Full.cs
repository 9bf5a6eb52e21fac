using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning;

/// <summary>Every weight is trained.</summary>
/// <remarks>A whole model is saved.</remarks>
[Keyword("full")]
public sealed record Full : TuningMethod
{
    /// <inheritdoc/>
    public override TunedModel Start(LanguageModel model, int seed) => new PartlyTrained(model, _ => true);
}
