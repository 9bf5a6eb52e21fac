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
                    $"classification: a head answers one task, and the recipe has {tasks.Count}: set one_model_per: task."
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
            var sequences = pass.Batch.Sequences;
            foreach (var placed in IsOneLabel ? sequences.Where(s => s.Sequence.Target.Length == 1) : [])
                HostChecks.Label(placed, placed.Sequence.Target[0], model);
            // Before the model runs: on a GPU a copy waits for what runs there.
            var targets = Targets([.. sequences.Select(s => s.Sequence.Target)]);
            var weights = FromHost.Tensor(sequences.Select(s => s.Weight).ToArray(), model.Device).unsqueeze(1); // [texts, 1]
            var scores = model.Logits(pass.OfTexts()).to(ScalarType.Float32); // [texts, labels]; 16 bits under autocast
            var losses = problem switch // [texts, 1 or labels]
            {
                _ when targets.dtype == ScalarType.Int64 => nn
                    .functional.cross_entropy(scores, targets, reduction: nn.Reduction.None)
                    .unsqueeze(1),
                _ when IsOneLabel => -(targets * scores.log_softmax(1)).sum(1, keepdim: true),
                SequenceClassificationHead.MultiLabel => nn.functional.binary_cross_entropy_with_logits(
                    scores,
                    targets,
                    reduction: nn.Reduction.None
                ),
                _ => nn.functional.mse_loss(scores, targets, nn.Reduction.None),
            };
            return [new((losses * weights).sum().MoveToOuterDisposeScope())];
        }

        /// <summary>
        /// What is to be learned: the labels, int64 <c>[texts]</c>; or numbers, <c>[texts, labels]</c>, where labels are several or some
        /// text has a distribution over them.
        /// </summary>
        private Tensor Targets(float[][] targets)
        {
            if (IsOneLabel && Array.TrueForAll(targets, t => t.Length == 1))
                return FromHost.Tensor(targets.Select(t => (long)t[0]).ToArray(), model.Device);
            var outputs = model.Config.Labels.Count;
            if (IsOneLabel)
                targets = Array.ConvertAll(targets, t => t.Length == outputs ? t : OneHot((int)t[0], outputs));
            return FromHost.Tensor(targets.SelectMany(t => t).ToArray(), [targets.Length, outputs], model.Device);
        }

        private static float[] OneHot(int label, int outputs) => [.. Enumerable.Range(0, outputs).Select(i => i == label ? 1f : 0f)];
    }
}
