using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// An encoder's head answers for the whole text: one label (softmax cross-entropy), any of several labels (a logistic loss for each), or a
/// number (squared error), as the task's only output says.
/// </summary>
[Keyword("classification")]
public sealed record Classification : Objective
{
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
        var field = Field(task);
        return new(HeadKind.SequenceClassification, field.Labels.Count > 0 ? field.Labels : [field.Name], Problem(task, field));
    }

    /// <inheritdoc/>
    public override TokenSequence Encode(ExampleTokens example)
    {
        var field = Field(example.Task);
        var values = example.Task.Items(example.Example.OutputValue).Where(i => i.Field == field.Name).Select(i => i.Value).ToArray();
        return example.Given() with
        {
            Target = Problem(example.Task, field) switch
            {
                "single_label_classification" => [field.Labels.ToList().IndexOf(values[0])],
                "multi_label_classification" => [.. field.Labels.Select(label => values.Contains(label) ? 1f : 0f)],
                _ => [float.Parse(values[0], System.Globalization.CultureInfo.InvariantCulture)],
            },
        };
    }

    /// <inheritdoc/>
    public override LossSum Loss(LanguageModel model, TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (model is not Encoder { HeadKind: HeadKind.SequenceClassification } encoder)
            throw new NotSupportedException(
                $"The objective classification is for encoders with such a head; a {model.Config.ModelType} learns labels as text, by supervised."
            );
        using var scope = NewDisposeScope();
        var scores = encoder.Logits(batch.Hidden(encoder)).to(ScalarType.Float32);
        var targets = batch.Sequences.Select(s => s.Sequence.Target).ToArray();
        var (rows, outputs) = ((int)scores.size(0), (int)scores.size(1));
        var problem = model.Config.Problem ?? (outputs == 1 ? "regression" : "single_label_classification");
        var (loss, count) = problem switch
        {
            "single_label_classification" => (
                nn.functional.cross_entropy(
                    scores,
                    tensor(targets.Select(t => (long)t[0]).ToArray(), device: model.Device),
                    reduction: nn.Reduction.Sum
                ),
                rows
            ),
            "multi_label_classification" => (
                nn.functional.binary_cross_entropy_with_logits(scores, Table(), reduction: nn.Reduction.Sum),
                rows * outputs
            ),
            _ => (nn.functional.mse_loss(scores, Table(), nn.Reduction.Sum), rows * outputs),
        };
        return new LossSum(loss.MoveToOuterDisposeScope(), count);

        Tensor Table() => tensor(targets.SelectMany(t => t).ToArray(), [rows, outputs], device: model.Device);
    }

    private static FieldInfo Field(DslTask task) =>
        task.OutputFields is [var only]
            ? only
            : throw new NotSupportedException(
                $"classification: task '{task.Name}' has {task.OutputFields.Count} outputs; a head answers one."
            );

    private static string Problem(DslTask task, FieldInfo field) =>
        task.Format switch
        {
            OutputFormat.Label => "single_label_classification",
            OutputFormat.Labels => "multi_label_classification",
            _ when field.Type is "float" or "int" => "regression",
            _ => throw new NotSupportedException(
                $"classification: the output '{field.Name}' of task '{task.Name}' is of type {field.Type}; expected label, labels, float or int."
            ),
        };
}
