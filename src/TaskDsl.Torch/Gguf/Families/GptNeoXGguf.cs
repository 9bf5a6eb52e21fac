using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Gguf.Families;

/// <summary>GPT-NeoX: all queries come first; the head is written also where it is the embedding.</summary>
internal sealed class GptNeoXGguf : GgufFamily
{
    public override IReadOnlyList<string> ModelTypes => ["gpt_neox"];

    public override string Architecture => "gptneox";

    public override Activation Activation => Activation.GeluTanh;

    public override bool TurnsParts => true;

    public override bool NeedsOutput => true;

    public override IEnumerable<KeyValuePair<string, object>> Settings(ModelConfig config, StackShape shape) =>
        [new("use_parallel_residual", shape.Parallel)];

    public override IEnumerable<string> Obstacles(ModelConfig config, StackShape shape) =>
        [.. base.Obstacles(config, shape), .. shape.QueryKeyValueBias ? (string[])[] : ["its attention has no biases (attention_bias)"]];
}
