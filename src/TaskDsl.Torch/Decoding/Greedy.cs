using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Decoding;

/// <summary>The most probable token each time.</summary>
[Keyword("greedy")]
public sealed record Greedy : DecodingMethod
{
    /// <inheritdoc/>
    public override bool Draws => false;

    /// <inheritdoc/>
    public override DecodingRun Start(DecodingRequest request) => TokenByTokenRun.Greedy(request);
}
