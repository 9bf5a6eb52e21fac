using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Gguf.Families;

/// <summary>
/// Gemma 2: every second layer sees a window, from the first on; attention and scores are capped; norms' weights count from 0 there.
/// </summary>
internal sealed class Gemma2Gguf : GgufFamily
{
    public override IReadOnlyList<string> ModelTypes => ["gemma2"];

    public override string Architecture => "gemma2";

    public override Activation Activation => Activation.GeluTanh;

    public override bool KnowsWindows => true;

    /// <summary>Of 46 layers, which llama.cpp knows as the model of 27 billion, another one.</summary>
    public override double Scale(StackShape shape) => 1 / Math.Sqrt(shape.Layers == 46 ? shape.HiddenSize / shape.Heads : shape.HeadSize);

    public override IEnumerable<KeyValuePair<string, object>> Settings(ModelConfig config, StackShape shape) =>
        [
            new("attn_logit_softcapping", (float)shape.ScoreCap!),
            new("final_logit_softcapping", (float)config.Architecture.Head.Shape!.Cap!),
            new("attention.sliding_window", (uint)shape.Window(0)!),
        ];

    public override IEnumerable<string> Obstacles(ModelConfig config, StackShape shape)
    {
        foreach (var obstacle in base.Obstacles(config, shape))
            yield return obstacle;
        if (shape.ScoreCap is null || config.Architecture.Head.Shape!.Cap is null)
            yield return "its attention or its scores are not capped";
        if (!config.IsTied)
            yield return "its head is not the embedding (tie_word_embeddings)";
        if (shape.QueryKeyValueBias)
            yield return "its attention has biases (attention_bias)";
        if (Enumerable.Range(0, shape.Layers).Any(layer => shape.Window(layer) is null == (layer % 2 == 0)))
            yield return "other layers than every second one from the first on see a window (layer_types, sliding_window)";
    }
}
