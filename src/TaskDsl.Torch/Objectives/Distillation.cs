using System.ComponentModel.DataAnnotations;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// Knowledge distillation (Hinton et al., arXiv 1503.02531): at each token of an answer the model learns all of a larger model's
/// probabilities besides the right token. Both must have the same vocabulary.
/// </summary>
/// <remarks>For decoders and encoder–decoders. The mean is over the answers' tokens.</remarks>
[Keyword("distillation")]
public sealed record Distillation : Objective
{
    /// <summary>The folder of the larger model, or of an adapter.</summary>
    [FilePath]
    public required string Teacher { get; init; }

    /// <summary>Divides both models' scores: the higher, the more the unlikely tokens count.</summary>
    [Range(0.01, 100.0)]
    public double Temperature { get; init; } = 2;

    /// <summary>The share of the teacher's loss; the rest is the right token's.</summary>
    [Range(0.0, 1.0)]
    public double Weight { get; init; } = 0.5;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Models => [Teacher];

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        NextTokens.Check(start.Model, completionOnly: true);
        var teacher = LoadedModel.Load(Path.Combine(start.ProjectDirectory, Teacher), start.Model.Device);
        if (start.Tokenizer is null || Agree(teacher.Tokenizer, start.Tokenizer))
            return new Run(this, start.Model, teacher.Model, teacher);
        teacher.Dispose();
        throw new ModelException(
            $"distillation: the teacher '{Teacher}' has another vocabulary than the model; distillation compares token by token."
        );
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
