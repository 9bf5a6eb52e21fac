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
/// A head answers for the whole text: one label (softmax cross-entropy), any of several labels (a logistic loss for each), or a
/// number (squared error), as the task's only output says.
/// </summary>
[Keyword("classification")]
public sealed record Classification : Objective
{
    private static readonly SequenceClassificationHead Answers = new();

    /// <inheritdoc/>
    public override HeadRequest? Head(IReadOnlyList<DslTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var task =
            tasks.Count == 1
                ? tasks[0]
                : throw new NotSupportedException(
                    $"classification: a head answers one task, and the recipe has {tasks.Count}: set one_model_per_task."
                );
        return Answers.For(task);
    }

    /// <inheritdoc/>
    public override TokenSequence Encode(ExampleTokens example)
    {
        var (_, labels, problem) = Answers.For(example.Task);
        var field = example.Task.OutputFields[0];
        var values = example.Task.Items(example.Example.OutputValue).Where(i => i.Field == field.Name).Select(i => i.Value).ToArray();
        return example.Given() with
        {
            Target = problem switch
            {
                SequenceClassificationHead.SingleLabel => [labels.ToList().IndexOf(values[0])],
                SequenceClassificationHead.MultiLabel => [.. labels.Select(label => values.Contains(label) ? 1f : 0f)],
                _ => [float.Parse(values[0], System.Globalization.CultureInfo.InvariantCulture)],
            },
        };
    }

    /// <inheritdoc/>
    public override LossSum Loss(LanguageModel model, TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (model.Head is not SequenceClassificationHead)
            throw new NotSupportedException(
                $"The objective classification needs a model with such a head; this {model.Config.ModelType} has none."
            );
        using var scope = NewDisposeScope();
        var scores = model.Logits(batch.Texts(model, batch.Hidden(model))).to(ScalarType.Float32);
        var targets = batch.Sequences.Select(s => s.Sequence.Target).ToArray();
        var (rows, outputs) = ((int)scores.size(0), (int)scores.size(1));
        var problem = model.Config.Problem
            ?? (outputs == 1 ? SequenceClassificationHead.Regression : SequenceClassificationHead.SingleLabel);
        var (loss, count) = problem switch
        {
            SequenceClassificationHead.SingleLabel => (
                nn.functional.cross_entropy(
                    scores,
                    tensor(targets.Select(t => (long)t[0]).ToArray(), device: model.Device),
                    reduction: nn.Reduction.Sum
                ),
                rows
            ),
            SequenceClassificationHead.MultiLabel => (
                nn.functional.binary_cross_entropy_with_logits(scores, Table(), reduction: nn.Reduction.Sum),
                rows * outputs
            ),
            _ => (nn.functional.mse_loss(scores, Table(), nn.Reduction.Sum), rows * outputs),
        };
        return new LossSum(loss.MoveToOuterDisposeScope(), count);

        Tensor Table() => tensor(targets.SelectMany(t => t).ToArray(), [rows, outputs], device: model.Device);
    }
}
