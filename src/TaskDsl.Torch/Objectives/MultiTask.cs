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
/// One model answers several tasks, each by scores of its own (hard parameter sharing, Caruana 1997): as <c>classification</c> does where
/// the task's only output is a label, labels or a number, as <c>token_classification</c> does where it is entities.
/// </summary>
/// <remarks>
/// For encoders and decoders. The mean is over texts, whatever their tasks; a text's own loss is the mean over its labels or its words.
/// </remarks>
[Keyword("multi_task")]
public sealed record MultiTask : Objective
{
    private static readonly MultiTaskHead Answers = new();

    /// <inheritdoc/>
    public override HeadRequest? Head(IReadOnlyList<DslTask> tasks) => Answers.For(tasks);

    /// <inheritdoc/>
    public override TokenGroup Encode(ExampleTokens example)
    {
        var sequence = MultiTaskHead.PartOf(example.Task) is SequenceClassificationHead head
            ? example.PromptOnly() with
            {
                Target = TextLosses.Target(head.For(example.Task), example.Answer),
            }
            : example.Tagged();
        return new(sequence with { Task = TokenSequence.HashOf(example.Task.Name) });
    }

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return start.Model.Head is MultiTaskHead
            ? new Run(start.Model)
            : throw new MisfitException(
                $"The objective multi_task needs a model with such a head; this {start.Model.Config.ModelType} has none."
            );
    }

    /// <inheritdoc/>
    public override long Memory(LanguageModel model, Device device, long tokens) => 0; // Its scores are a few numbers for each text.

    private sealed class Run(LanguageModel model) : ObjectiveRun
    {
        private readonly Dictionary<int, Part> parts = MultiTaskHead
            .Tasks(model.Config.Labels)
            .Zip(MultiTaskHead.Problems(model.Config), (task, problem) => (task.Name, Part: new Part(task.First, task.Labels, problem)))
            .ToDictionary(task => TokenSequence.HashOf(task.Name), task => task.Part);

        public override double[] Count(TokenBatch batch) => [batch.Sequences.Sum(s => (double)s.Weight)];

        public override LossSum[] Loss(ForwardPass pass)
        {
            using var scope = NewDisposeScope();
            var tasks = pass.Batch.Sequences.Index().GroupBy(s => s.Item.Sequence.Task).ToArray();
            var losses = tasks.Select(task => Loss(pass, parts[task.Key], [.. task])).ToArray(); // Each a sum over the task's texts.
            return [new(stack(losses).sum().MoveToOuterDisposeScope())];
        }

        private Tensor Loss(ForwardPass pass, Part part, (int Index, PlacedSequence Placed)[] texts)
        {
            foreach (var (_, placed) in texts)
            foreach (var label in part.ClassesOf(placed.Sequence))
                HostChecks.Label(placed, label, part.Labels);
            return part.Problem == MultiTaskHead.Tags ? OfWords(pass, part, texts) : OfTexts(pass, part, texts);
        }

        private Tensor OfTexts(ForwardPass pass, Part part, (int Index, PlacedSequence Placed)[] texts)
        {
            // Before the model runs: on a GPU a copy waits for what runs there.
            var targets = TextLosses.Targets(
                [.. texts.Select(t => t.Placed.Sequence.Target)],
                part.Problem,
                part.Labels.Count,
                model.Device
            );
            var weights = FromHost.Tensor(texts.Select(t => t.Placed.Weight).ToArray(), model.Device);
            var rows = FromHost.Tensor(texts.Select(t => (long)t.Index).ToArray(), model.Device);
            var scores = Scores(pass.OfTexts().index_select(0, rows), part); // [texts, labels]
            return (TextLosses.Of(scores, targets, part.Problem).mean([1L]) * weights).sum();
        }

        private Tensor OfWords(ForwardPass pass, Part part, (int Index, PlacedSequence Placed)[] texts)
        {
            var words = texts
                .SelectMany(t =>
                {
                    var tagged = t.Placed.Sequence.Tags.Index().Where(tag => tag.Item >= 0).ToArray();
                    return tagged.Select(tag => (t.Placed.Start + tag.Index, Tag: tag.Item, Weight: t.Placed.Weight / tagged.Length));
                })
                .ToArray();
            var tags = FromHost.Tensor(words.Select(word => (long)word.Tag).ToArray(), model.Device);
            var weights = FromHost.Tensor(words.Select(word => word.Weight).ToArray(), model.Device);
            var scores = Scores(pass.At(words.Select(word => (long)word.Item1)), part); // [words, tags]
            return (nn.functional.cross_entropy(scores, tags, reduction: nn.Reduction.None) * weights).sum();
        }

        /// <summary>The task's own scores, in float32; 16 bits under autocast.</summary>
        private Tensor Scores(Tensor states, Part part) =>
            model.Logits(states).to(ScalarType.Float32).narrow(1, part.First, part.Labels.Count);
    }

    /// <param name="First">The first of the head's scores that are the task's.</param>
    /// <param name="Labels">What they mean.</param>
    /// <param name="Problem">What they answer.</param>
    private sealed record Part(int First, IReadOnlyList<string> Labels, string Problem)
    {
        /// <summary>The classes that a text has to be told by.</summary>
        public IEnumerable<float> ClassesOf(TokenSequence sequence) =>
            Problem switch
            {
                MultiTaskHead.Tags => sequence.Tags.Where(tag => tag >= 0).Select(tag => (float)tag),
                SequenceClassificationHead.SingleLabel when sequence.Target.Length == 1 => sequence.Target,
                _ => [],
            };
    }
}
