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

    /// <summary>The teacher, once the objective is bound.</summary>
    internal LanguageModel? Opened { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Models => [Teacher];

    /// <inheritdoc/>
    public override Objective Bind(ObjectiveBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        var teacher = LoadedModel.Load(Path.Combine(binding.ProjectDirectory, Teacher), binding.Model.Model.Device);
        binding.Keep(teacher);
        if (teacher.Tokenizer.Fingerprint != binding.Model.Tokenizer.Fingerprint && !Agree(teacher.Tokenizer, binding.Model.Tokenizer))
            throw new ModelException(
                $"distillation: the teacher '{Teacher}' has another vocabulary than the model; distillation compares token by token."
            );
        return this with { Opened = teacher.Model };
    }

    /// <inheritdoc/>
    public override LossSum Loss(LanguageModel model, TokenBatch batch)
    {
        var teacher = Opened
            ?? throw new InvalidOperationException("distillation: the objective must be bound first: it has no teacher yet.");
        using var scope = NewDisposeScope();
        var student = NextTokens.Of(model, batch, answerOnly: true);
        NextTokens known;
        using (no_grad())
            known = NextTokens.Of(teacher, batch, answerOnly: true);
        var sum = HeadLoss.Sum(
            student.Hidden,
            student.Head,
            new Divergence(student.Targets, known.Hidden, known.Head, Temperature, Weight)
        );
        return new LossSum(sum.MoveToOuterDisposeScope(), student.Sequence.Length);
    }

    /// <summary>Whether two tokenizers cut texts alike, as far as a sample can say.</summary>
    private static bool Agree(Tokenizer one, Tokenizer other)
    {
        const string sample = "The quick brown fox, 12 345 jumps! Ünïcödé 法律条款 \u00A0 {\"a\": [1, 2]}\n\ttabs";
        return one.VocabularySize == other.VocabularySize && one.Encode(sample).SequenceEqual(other.Encode(sample));
    }
}
