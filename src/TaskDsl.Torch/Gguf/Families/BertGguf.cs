using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Gguf.Families;

/// <summary>BERT: a file for embeddings of texts. Heads have no place in it, and all tokens are of the first type.</summary>
internal sealed class BertGguf : GgufFamily
{
    public override IReadOnlyList<string> ModelTypes => ["bert"];

    public override string Architecture => "bert";

    public override Activation Activation => Activation.GeluTanh;

    public override IEnumerable<KeyValuePair<string, object>> Settings(ModelConfig config, StackShape shape) =>
        [new("attention.causal", false)];

    public override IEnumerable<string> Notices(ModelConfig config, StackShape shape)
    {
        if (config.Head is MaskedLmHead || config.Architecture.Head.Shape!.Dense is not null)
            yield return "the file gives texts' vectors: the model's head (pooler, or scores of hidden tokens) is not in it.";
    }

    public override IEnumerable<string> Obstacles(ModelConfig config, StackShape shape) =>
        [
            .. base.Obstacles(config, shape),
            .. config.Head is TaskHead ? [$"it ends in {config.Head.Name}, and an encoder's file ends in vectors"] : (string[])[],
        ];
}
