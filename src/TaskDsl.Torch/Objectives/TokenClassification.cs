using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// A head answers for each word whether an entity begins, goes on or is not there (BIO, Ramshaw and Marcus 1995), over the task's
/// only text input; the prompt is not used. A word's first token answers for it.
/// </summary>
[Keyword("token_classification")]
public sealed record TokenClassification : Objective
{
    /// <inheritdoc/>
    public override HeadRequest? Head(IReadOnlyList<DslTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var task =
            tasks.Count == 1
                ? tasks[0]
                : throw new NotSupportedException(
                    $"token_classification: a head answers one task, and the recipe has {tasks.Count}: set one_model_per_task."
                );
        return new TokenClassificationHead().For(task);
    }

    /// <inheritdoc/>
    public override TokenSequence Encode(ExampleTokens example)
    {
        var tagged = TaggedWords.Of(example.Task, example.Example.InputValue, example.Example.OutputValue);
        var (sequence, first) = example.Words(tagged.Words);
        var tags = new int[sequence.Ids.Length];
        Array.Fill(tags, -100);
        for (var i = 0; i < first.Length; i++)
            tags[first[i]] = tagged.Tag[i];
        return sequence with { Tags = tags, Untagged = tagged.Untagged };
    }

    /// <inheritdoc/>
    public override LossSum Loss(LanguageModel model, TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (model.Head is not TokenClassificationHead)
            throw new NotSupportedException(
                $"The objective token_classification needs a model with such a head; this {model.Config.ModelType} has none."
            );
        using var scope = NewDisposeScope();
        var (places, targets) = (new List<long>(), new List<long>());
        foreach (var placed in batch.Sequences)
        foreach (var (i, tag) in placed.Sequence.Tags.Index().Where(t => t.Item >= 0))
        {
            places.Add(placed.Start + i);
            targets.Add(tag);
        }

        var hidden = batch.Hidden(model);
        hidden = hidden.narrow(1, hidden.size(1) - batch.Length, batch.Length);
        var chosen = hidden.reshape(-1, hidden.size(-1)).index_select(0, tensor(places.ToArray(), device: model.Device));
        var loss = nn.functional.cross_entropy(
            model.Logits(chosen).to(ScalarType.Float32),
            tensor(targets.ToArray(), device: model.Device),
            reduction: nn.Reduction.Sum
        );
        return new LossSum(loss.MoveToOuterDisposeScope(), places.Count);
    }
}
