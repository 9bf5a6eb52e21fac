using System.Text.Json.Nodes;
using TaskDsl.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Heads;

/// <summary>
/// The scores of each word's tags, B, I or O of each kind of entity (BIO, Ramshaw and Marcus 1995), from the state of its first token. In
/// families without a name of their own as transformers' <c>LlamaForTokenClassification</c> has it (<c>score</c>, with a bias).
/// </summary>
public sealed record TokenClassificationHead : SingleTaskHead
{
    /// <inheritdoc/>
    public override string ClassSuffix => "ForTokenClassification";

    /// <inheritdoc/>
    public override string Summary => "that classifies tokens";

    /// <inheritdoc/>
    public override HeadShape Shape => new() { Out = "score" };

    /// <inheritdoc/>
    public override string TaskType(LanguageModel model) => "TOKEN_CLS";

    /// <inheritdoc/>
    public override HeadRequest For(DslTask task) => new(this, TaggedWords.Tags(task));

    /// <inheritdoc/>
    public override IEnumerable<string> Words(DslTask task, object input) => TaggedWords.Of(task, input, null).Words;

    /// <inheritdoc/>
    public override JsonNode Answer(DslTask task, object input, Tensor scores)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(scores);
        int[] tags = [.. scores.argmax(1).data<long>().ToArray().Select(tag => (int)tag)]; // [words]
        return new JsonArray([
            .. TaggedWords
                .Of(task, input, null)
                .Entities(tags)
                .Select(e => (JsonNode)new JsonObject { ["kind"] = task.OutputFields[0].Labels[e.Kind], ["text"] = e.Text }),
        ]);
    }

    /// <summary>That every word's tag is right.</summary>
    /// <inheritdoc/>
    public override double? LogProbability(DslTask task, Tensor scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return scores.size(0) == 0 ? 0 : scores.log_softmax(1).amax([1]).sum().ToDouble();
    }
}
