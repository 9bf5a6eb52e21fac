using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>Learned embeddings in front of every row (prompt tuning, Lester et al., arXiv 2104.08691). Saved in PEFT's layout.</summary>
[Keyword("prompt_tuning")]
public sealed record PromptTuning : VirtualTokenTuning
{
    /// <summary>What they begin with.</summary>
    public PromptStart Start { get; init; } = PromptStart.Vocabulary;

    private protected override VirtualTokenAdapter Make(LanguageModel model, int seed)
    {
        var count = VirtualTokens * VirtualTokenAdapter.Parts(model);
        if (Start == PromptStart.Normal)
            return VirtualTokenAdapter.Prompt(model, Normal(count, model.TokenEmbedding.size(1), seed, "prompt_tuning"));
        var draw = new Draw(seed, Draw.Seed("prompt_tuning"));
        var drawn = Enumerable.Range(0, count).Select(_ => (long)draw.Below((int)model.TokenEmbedding.size(0))).ToArray();
        return VirtualTokenAdapter.Prompt(model, model.TokenEmbedding.index_select(0, tensor(drawn, device: model.Device)));
    }
}

/// <summary>What virtual tokens begin with.</summary>
public enum PromptStart
{
    /// <summary>The embeddings of tokens drawn from the vocabulary: what the paper found better.</summary>
    Vocabulary,

    /// <summary>Normal numbers.</summary>
    Normal,
}
