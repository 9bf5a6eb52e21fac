using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>The scores of a model, with those that are fused with it.</summary>
/// <param name="model">The model; the caller keeps it alive.</param>
public sealed class ModelLogits(LoadedModel model) : LogitSource
{
    /// <inheritdoc/>
    /// <exception cref="ModelException">The model writes no text.</exception>
    /// <exception cref="MisfitException">A text has a token that the model does not know.</exception>
    public override LogitSourceRun Start(IReadOnlyList<int[]> contexts, int limit) =>
        model.Fusion is { } fusion
            ? new FusedLogits(
                Start(model, contexts, limit),
                [.. fusion.Plus.Select(plus => Start(plus, contexts, limit))],
                fusion.Minus is null ? null : Start(fusion.Minus, contexts, limit),
                fusion.Plan,
                model.Tokenizer.VocabularySize
            )
            : Start(model, contexts, limit);

    private static LogitSourceRun Start(LoadedModel model, IReadOnlyList<int[]> contexts, int limit)
    {
        HostChecks.Tokens(contexts, model.Tokenizer.Padding, model.Model);
        return model.Model switch
        {
            Decoder { IsBidirectional: true } => throw new ModelException("A decoder whose tokens see ahead writes nothing."),
            Decoder decoder => new DecoderLogits(decoder, contexts, limit, model.Tokenizer.Padding),
            EncoderDecoder both => new EncoderDecoderLogits(both, contexts, limit, model.Tokenizer.Padding),
            var other => throw new ModelException($"A {other.Config.ModelType} writes no text."),
        };
    }
}
