using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// A head answers for each word whether an entity begins, goes on or is not there (BIO, Ramshaw and Marcus 1995), over the task's
/// only text input; the prompt is not used. A word's first token answers for it.
/// </summary>
/// <remarks>For encoders and decoders. The mean is over words.</remarks>
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
                : throw new MisfitException(
                    $"token_classification: a head answers one task, and the recipe has {tasks.Count}: "
                        + "set one_model_per: task, or the objective multi_task."
                );
        return new TokenClassificationHead().For(task);
    }

    /// <inheritdoc/>
    public override TokenGroup Encode(ExampleTokens example) => new(example.Tagged());

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return start.Model.Head is TokenClassificationHead
            ? new Run(start.Model)
            : throw new MisfitException(
                $"The objective token_classification needs a model with such a head; this {start.Model.Config.ModelType} has none."
            );
    }

    /// <inheritdoc/>
    public override long Memory(LanguageModel model, Device device, long tokens) => 0; // Its scores are a few numbers for each word.

    private sealed class Run(LanguageModel model) : ObjectiveRun
    {
        public override double[] Count(TokenBatch batch) => [Tagged(batch).Sum(t => (double)t.Weight)];

        public override LossSum[] Loss(ForwardPass pass)
        {
            using var scope = NewDisposeScope();
            var tagged = Tagged(pass.Batch).ToArray();
            var tags = FromHost.Tensor(tagged.Select(t => t.Tag).ToArray(), model.Device);
            var weights = FromHost.Tensor(tagged.Select(t => t.Weight).ToArray(), model.Device);
            var loss = nn.functional.cross_entropy(
                model.Logits(pass.At(tagged.Select(t => t.Place))).to(ScalarType.Float32), // [words, tags]
                tags,
                reduction: nn.Reduction.None
            );
            loss = (loss * weights).sum();
            return [new(loss.MoveToOuterDisposeScope())];
        }

        private IEnumerable<(long Place, long Tag, float Weight)> Tagged(TokenBatch batch)
        {
            foreach (var placed in batch.Sequences)
            foreach (var (at, tag) in placed.Sequence.Tags.Index().Where(t => t.Item >= 0))
            {
                HostChecks.Label(placed, tag, model);
                yield return (placed.Start + at, tag, placed.Weight);
            }
        }
    }
}
