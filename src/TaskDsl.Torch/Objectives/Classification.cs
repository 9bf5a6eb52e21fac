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
                    $"classification: a head answers one task, and the recipe has {tasks.Count}: "
                        + "set one_model_per: task, or the objective multi_task."
                );
        return Answers.For(task);
    }

    /// <inheritdoc/>
    public override TokenGroup Encode(ExampleTokens example) =>
        new(example.PromptOnly() with { Target = TextLosses.Target(Answers.For(example.Task), example.Answer) });

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
            var targets = TextLosses.Targets(
                [.. sequences.Select(s => s.Sequence.Target)],
                problem,
                model.Config.Labels.Count,
                model.Device
            );
            var weights = FromHost.Tensor(sequences.Select(s => s.Weight).ToArray(), model.Device).unsqueeze(1); // [texts, 1]
            var scores = model.Logits(pass.OfTexts()).to(ScalarType.Float32); // [texts, labels]; 16 bits under autocast
            return [new((TextLosses.Of(scores, targets, problem) * weights).sum().MoveToOuterDisposeScope())];
        }
    }
}
