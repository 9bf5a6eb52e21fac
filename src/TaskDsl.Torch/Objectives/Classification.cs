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
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return start.Model is Encoder { HeadKind: HeadKind.SequenceClassification } encoder
            ? new Run(encoder)
            : throw new NotSupportedException(
                $"The objective classification is for encoders with such a head; a {start.Model.Config.ModelType} learns labels as text, by supervised."
            );
    }

    /// <inheritdoc/>
    public override long Memory(LanguageModel model) => 0; // Its scores are a few numbers for each text.

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

    private sealed class Run(Encoder encoder) : ObjectiveRun
    {
        private readonly string problem = encoder.Config.Problem
            ?? (encoder.Config.Labels.Count == 1 ? "regression" : "single_label_classification");

        public override double[] Count(TokenBatch batch) =>
            [problem == "single_label_classification" ? batch.Sequences.Count : batch.Sequences.Sum(s => s.Sequence.Target.Length)];

        public override LossSum[] Loss(ForwardPass pass)
        {
            using var scope = NewDisposeScope();
            var scores = encoder.Logits(pass.Hidden()).to(ScalarType.Float32); // [texts, outputs]
            var targets = pass.Batch.Sequences.Select(s => s.Sequence.Target).ToArray();
            var loss = problem switch
            {
                "single_label_classification" => nn.functional.cross_entropy(
                    scores,
                    tensor(targets.Select(t => (long)t[0]).ToArray(), device: scores.device),
                    reduction: nn.Reduction.Sum
                ),
                "multi_label_classification" => nn.functional.binary_cross_entropy_with_logits(
                    scores,
                    Table(),
                    reduction: nn.Reduction.Sum
                ),
                _ => nn.functional.mse_loss(scores, Table(), nn.Reduction.Sum),
            };
            return [new(loss.MoveToOuterDisposeScope())];

            Tensor Table() => tensor(targets.SelectMany(t => t).ToArray(), scores.shape, device: scores.device);
        }
    }
}
