using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>Learned embeddings in front of every row (prompt tuning, Lester et al., arXiv 2104.08691). Saved in PEFT's layout.</summary>
/// <remarks>PEFT calls it <c>PROMPT_TUNING</c>. It cannot be merged.</remarks>
[Keyword("prompt_tuning"), Peft("PROMPT_TUNING")]
[
    Harmless("prompt_tuning_init", "the embeddings are stored, whatever they began with"),
    Harmless("prompt_tuning_init_text", "the embeddings are stored, whatever they began with"),
    Harmless("tokenizer_kwargs", "the embeddings are stored, whatever they began with"),
    Harmless("tokenizer_name_or_path", "the embeddings are stored, whatever they began with")
]
public sealed record PromptTuning : VirtualTokenTuning
{
    /// <summary>What they begin with.</summary>
    public new PromptStart Start { get; init; } = PromptStart.Vocabulary;

    /// <inheritdoc/>
    protected override bool IsPrefix => false;

    /// <inheritdoc/>
    protected override Func<Tensor> Table(AdapterWeights weights)
    {
        var (model, rows, size) = (weights.Model, Rows(weights.Model), Width(weights.Model));
        var table = weights.Trained("prompt_embeddings", [rows, size], () =>
            Start == PromptStart.Normal ? Normal(weights, rows, size, "prompt_tuning") : Vocabulary()
        );
        return () => table;

        Tensor Vocabulary()
        {
            var draw = new Draw(weights.Seed, Draw.Seed("prompt_tuning"));
            var drawn = new long[rows];
            for (var i = 0; i < drawn.Length; i++)
                drawn[i] = draw.Below((int)model.TokenEmbedding.size(0));
            return model.TokenEmbedding.index_select(0, tensor(drawn, device: model.Device)); // [rows, embedding]
        }
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
