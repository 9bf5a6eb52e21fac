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
/// A head answers for the whole text: one label (softmax cross-entropy), any of several labels (a logistic loss for each), or a
/// number (squared error), as the task's only output says.
/// </summary>
/// <remarks>For any model. The mean is over texts; with several labels, over texts times labels.</remarks>
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
                : throw new MisfitException(
                    $"classification: a head answers one task, and the recipe has {tasks.Count}: set one_model_per_task."
                );
        return Answers.For(task);
    }

    /// <inheritdoc/>
    public override TokenGroup Encode(ExampleTokens example)
    {
        var (_, labels, problem) = Answers.For(example.Task);
        var field = example.Task.OutputFields[0];
        var values = example.Task.Items(example.Example.OutputValue).Where(i => i.Field == field.Name).Select(i => i.Value).ToArray();
        float[] target = problem switch
        {
            SequenceClassificationHead.SingleLabel => [labels.ToList().IndexOf(values[0])],
            SequenceClassificationHead.MultiLabel => [.. labels.Select(label => values.Contains(label) ? 1f : 0f)],
            _ => [float.Parse(values[0], System.Globalization.CultureInfo.InvariantCulture)],
        };
        return new(example.PromptOnly() with { Target = target });
    }

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return start.Model.Head is SequenceClassificationHead
            ? new Run(start.Model)
            : throw new MisfitException(
                $"The objective classification needs a model with such a head; this {start.Model.Config.ModelType} has none."
            );
    }

    /// <inheritdoc/>
    public override long Memory(LanguageModel model, Device device, long tokens) => 0; // Its scores are a few numbers for each text.

    private sealed class Run(LanguageModel model) : ObjectiveRun
    {
        private readonly string problem = model.Config.Problem
            ?? (model.Config.Labels.Count == 1 ? SequenceClassificationHead.Regression : SequenceClassificationHead.SingleLabel);

        private bool IsOneLabel => problem == SequenceClassificationHead.SingleLabel;

        public override double[] Count(TokenBatch batch) =>
            [batch.Sequences.Sum(s => (double)s.Weight * (IsOneLabel ? 1 : s.Sequence.Target.Length))];

        public override LossSum[] Loss(ForwardPass pass)
        {
            using var scope = NewDisposeScope();
            var scores = model.Logits(pass.OfTexts()).to(ScalarType.Float32); // [texts, labels]; 16 bits under autocast
            var targets = pass.Batch.Sequences.Select(s => s.Sequence.Target).ToArray();
            foreach (var placed in IsOneLabel ? pass.Batch.Sequences.Where(s => s.Sequence.Target.Length == 1) : [])
                HostChecks.Label(placed, placed.Sequence.Target[0], model);
            var losses = problem switch
            {
                _ when IsOneLabel => OneLabel(scores, targets).unsqueeze(1), // [texts, 1]
                SequenceClassificationHead.MultiLabel => nn.functional.binary_cross_entropy_with_logits(
                    scores,
                    Table(scores, targets),
                    reduction: nn.Reduction.None
                ),
                _ => nn.functional.mse_loss(scores, Table(scores, targets), nn.Reduction.None),
            };
            var weights = FromHost.Tensor(pass.Batch.Sequences.Select(s => s.Weight).ToArray(), scores.device).unsqueeze(1); // [texts, 1]
            return [new((losses * weights).sum().MoveToOuterDisposeScope())];
        }

        /// <summary>The cross-entropy with a label, or with a distribution over labels where one is given, <c>[texts]</c>.</summary>
        private static Tensor OneLabel(Tensor scores, float[][] targets)
        {
            var outputs = (int)scores.size(1);
            if (Array.TrueForAll(targets, t => t.Length == 1))
            {
                var labels = FromHost.Tensor(targets.Select(t => (long)t[0]).ToArray(), scores.device);
                return nn.functional.cross_entropy(scores, labels, reduction: nn.Reduction.None);
            }

            float[] Distribution(float[] target) =>
                target.Length == outputs ? target : [.. Enumerable.Range(0, outputs).Select(label => label == (int)target[0] ? 1f : 0f)];
            return -(Table(scores, Array.ConvertAll(targets, Distribution)) * scores.log_softmax(1)).sum(1); // [texts]
        }

        private static Tensor Table(Tensor scores, float[][] targets) =>
            FromHost.Tensor(targets.SelectMany(t => t).ToArray(), scores.shape, scores.device);
    }
}
