using System.ComponentModel.DataAnnotations;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// Knowledge distillation (Hinton et al., arXiv 1503.02531): the model learns all of a teacher's probabilities besides the right answer.
/// With <c>teacher</c> those of a model of the same vocabulary that reads along, at each token of an answer; without it those of all labels
/// that a <c>generate</c> step has stored with its examples by <c>keep: [scores]</c> (arXiv 2011.09031).
/// </summary>
/// <remarks>
/// With a teacher for decoders and encoder–decoders; the mean is over the answers' tokens. Without one for any model, by a head, of one
/// task that answers by one label; the mean is over texts, and one without stored probabilities, as of <c>gold</c>, learns its label alone.
/// </remarks>
[Keyword("distillation")]
public sealed record Distillation : Objective
{
    private static readonly SequenceClassificationHead Answers = new();

    /// <summary>The folder of the teacher, or of an adapter. Default: its probabilities stand with the examples.</summary>
    [FilePath]
    public string? Teacher { get; init; }

    /// <summary>Divides both models' scores: the higher, the more the unlikely tokens count.</summary>
    [Range(0.01, 100.0)]
    public double Temperature { get; init; } = 2;

    /// <summary>The share of the teacher's loss; the rest is the right token's.</summary>
    [Range(0.0, 1.0)]
    public double Weight { get; init; } = 0.5;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Models => Teacher is null ? [] : [Teacher];

    /// <inheritdoc/>
    public override HeadRequest? Head(IReadOnlyList<DslTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return Teacher is not null ? null
            : tasks is [{ OutputFields: [{ Type: "label" }] } task] ? Answers.For(task)
            : throw new MisfitException(
                "distillation: without a teacher it learns the scores of labels that stand with the examples, of one task that answers "
                    + "by one label; the recipe has "
                    + (tasks is [var other] ? $"'{other.Name}', which does not" : $"{tasks.Count} tasks")
                    + ". Name a teacher, or such a task."
            );
    }

    /// <inheritdoc/>
    public override TokenGroup Encode(ExampleTokens example) =>
        Teacher is not null
            ? base.Encode(example)
            : new(
                example.PromptOnly() with
                {
                    Target = SoftLabels.Target(example.Task, example.Example, Answers.For(example.Task).Labels, Temperature),
                }
            );

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (Teacher is null)
            return Stored(start);
        NextTokens.Check(start.Model, completionOnly: true);
        var teacher = LoadedModel.Load(Path.Combine(start.ProjectDirectory, Teacher), start.Model.Device);
        if (start.Tokenizer is null || Agree(teacher.Tokenizer, start.Tokenizer))
            return new Run(this, start.Model, teacher.Model, teacher);
        teacher.Dispose();
        throw new ModelException(
            $"distillation: the teacher '{Teacher}' has another vocabulary than the model; distillation compares token by token."
        );
    }

    /// <inheritdoc/>
    public override long Memory(LanguageModel model, Device device, long tokens) =>
        Teacher is null ? 0 : base.Memory(model, device, tokens);

    private SoftLabels Stored(ObjectiveStart start)
    {
        if (start.Model.Head is not SequenceClassificationHead)
            throw new MisfitException("distillation: without a teacher the model needs a head that classifies texts, and it has none.");
        var any = false;
        foreach (var batch in start.Batches)
        {
            any = true;
            if (batch.Sequences.Any(SoftLabels.IsSoft))
                return new SoftLabels(start.Model, Temperature, Weight);
        }

        return any
            ? throw new MisfitException(
                "distillation: no example has a teacher's scores. Let a generate step keep them (keep: [scores]) and train on what it "
                    + "makes, or name a teacher."
            )
            : new SoftLabels(start.Model, Temperature, Weight);
    }

    /// <summary>Goes to work with a teacher that is open already.</summary>
    internal ObjectiveRun Start(LanguageModel model, LanguageModel teacher) => new Run(this, model, teacher, null);

    /// <summary>Whether two tokenizers cut texts alike, as far as a sample can say.</summary>
    private static bool Agree(Tokenizer one, Tokenizer other)
    {
        if (one.Fingerprint == other.Fingerprint)
            return true;
        const string sample = "The quick brown fox, 12 345 jumps! Ünïcödé 法律条款 \u00A0 {\"a\": [1, 2]}\n\ttabs";
        return one.VocabularySize == other.VocabularySize && one.Encode(sample).SequenceEqual(other.Encode(sample));
    }

    /// <param name="objective">The settings.</param>
    /// <param name="model">The student.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="owned">What ends with the run.</param>
    private sealed class Run(Distillation objective, LanguageModel model, LanguageModel teacher, IDisposable? owned) : ObjectiveRun
    {
        public override double[] Count(TokenBatch batch) => [NextTokens.Count(model, batch, completionOnly: true)];

        public override LossSum[] Loss(ForwardPass pass)
        {
            using var scope = NewDisposeScope();
            var student = NextTokens.Of(pass, completionOnly: true);
            NextTokens known;
            using (no_grad())
            using (var taught = new ForwardPass(teacher, pass.Batch))
                known = NextTokens.Of(taught, completionOnly: true);
            var sum = HeadLoss.Sum(
                student.Hidden,
                student.Head,
                new Divergence(student.Targets, student.Weights, known.Hidden, known.Head, objective.Temperature, objective.Weight)
            );
            return [new(sum.MoveToOuterDisposeScope())];
        }

        protected override void Free() => owned?.Dispose();
    }
}
