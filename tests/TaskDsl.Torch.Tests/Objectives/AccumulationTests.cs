using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning;
using TaskDsl.Vocabulary;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Objectives;

/// <summary>Gradients gathered over small batches are those of one large batch, whatever the objective's average is over.</summary>
public sealed class AccumulationTests : TorchTest
{
    /// <summary>Words in settings of their own, or on models of their own. A word that is not here is tried as it is.</summary>
    private static readonly TheoryData<string, string> Settings = new()
    {
        { "supervised", "llama" },
        { "supervised_packed", "llama" },
        { "supervised_weighted", "llama" },
        { "ranking_weighted", "llama" },
        { "masked_lm_weighted", "bert_mlm" },
        { "supervised", "bart" },
        { "supervised_examples", "llama" },
        { "supervised_examples", "t5" },
        { "causal_lm", "llama" },
        { "distillation", "llama" },
        { "distillation_stored", "bert_seqcls" },
        { "ranking", "llama" },
        { "ranking_pairwise", "bart" },
        { "dpo", "llama" },
        { "dpo_ipo", "llama" },
        { "classification", "bert_seqcls" },
        { "token_classification", "bert_tokcls" },
        { "masked_lm", "bert_mlm" },
        { "sum", "llama" },
        { "multi_task", "bert_mlm" },
    };

    /// <summary>A label of three for every second example, tags of three for the others.</summary>
    private static readonly HeadRequest TwoTasks = new(
        new MultiTaskHead(),
        ["even/a", "even/b", "even/c", "odd/O", "odd/B-x", "odd/I-x"],
        "single_label_classification,token_classification"
    );

    public static TheoryData<string, string> Objectives
    {
        get
        {
            var all = new TheoryData<string, string>(Settings);
            foreach (var (word, type) in Words.Loaded.Choices(typeof(Objective)))
                if (!Settings.Any(row => row.Data.Item1 == word) && !((Objective)Words.Default(type)).ComparesExamples)
                    all.Add(word, "");
            return all;
        }
    }

    [Theory, MemberData(nameof(Objectives))]
    public void Small_batches_add_up_to_the_large_one(string name, string model)
    {
        using var golden = model.Length > 0 ? new GoldenModel(model) : ModelFor(name);
        using var teacher = new GoldenModel("qwen2");
        using var answering = name == "multi_task" ? LanguageModel.Load(golden.Folder, TwoTasks, 1) : null;
        var learner = answering ?? golden.Model;
        using var objective = Make(name, learner, teacher.Model);
        var (loss, gradients) = Step(learner, objective, Rows(name, 0..6));
        var (parts, gathered) = Step(learner, objective, Rows(name, 0..1), Rows(name, 1..4), Rows(name, 4..6));
        Assert.True(loss > 0);
        Assert.Equal(loss, parts, 2e-5 * loss);
        Assert.True(gradients.abs().max().ToDouble() > 1e-3);
        Close(gradients, gathered, 2e-5 * Math.Max(1, gradients.abs().max().ToDouble()));
    }

    /// <summary>The answers of the other rows are the wrong ones: fewer rows, an easier question.</summary>
    [Fact]
    public void Contrast_within_a_batch_is_another_with_smaller_batches()
    {
        using var golden = new GoldenModel("llama");
        using var run = new Contrastive().Start(new ObjectiveStart { Model = golden.Model });
        var (loss, _) = Step(golden.Model, run, Rows("", 0..6));
        var (parts, _) = Step(golden.Model, run, Rows("", 0..3), Rows("", 3..6));
        Assert.True(parts < loss * 0.9, $"{parts} in halves, {loss} at once");
    }

    private static (double Loss, Tensor Gradients) Step(LanguageModel model, ObjectiveRun objective, params TokenBatch[] batches)
    {
        using var tuned = new Full().Start(model, 1);
        using var parameters = new AdamW().Flatten(tuned);
        manual_seed(3);
        var total = new LossTotal(objective.Terms);
        foreach (var batch in batches)
            total.Count(objective.Count(batch));
        foreach (var batch in batches)
        {
            using var pass = new ForwardPass(model, batch);
            var losses = objective.Loss(pass);
            Gradients.Backward(total.Scaled(losses, objective.Count(batch), total.Unit)!);
            total.Add(losses);
        }

        parameters.Normalise(total.Unit, 0);
        return (total.Mean, parameters.Gradients.clone());
    }

    private static ObjectiveRun Make(string name, LanguageModel model, LanguageModel teacher)
    {
        // With another model's log-probabilities as the reference: against its own all margins would be alike.
        using var other = TinyModel.Open();
        return name.Replace("_weighted", "", StringComparison.Ordinal) switch
        {
            "distillation" => new Distillation { Teacher = "" }.Start(model, teacher),
            "sum" => new Sum { Terms = [new Supervised(), new CausalLm()] }.Start(new ObjectiveStart { Model = model }),
            "masked_lm" => new MaskedLm { Rate = 0.4 }.Start(model, mask: 4, special: []),
            "dpo" or "dpo_ipo" => new Dpo { Form = name == "dpo" ? PreferenceForm.Sigmoid : PreferenceForm.Ipo }.Start(
                new ObjectiveStart { Model = other.Model, Batches = [Rows(name, 0..6)] }
            ),
            var plain => Plain(plain).Start(new ObjectiveStart { Model = model }),
        };
    }

    private static Objective Plain(string name) =>
        name switch
        {
            "supervised" or "supervised_packed" => new Supervised(),
            "supervised_examples" => new Supervised { Average = Average.Examples },
            "causal_lm" => new CausalLm(),
            "ranking" => new Ranking { Candidates = "" },
            "ranking_pairwise" => new Ranking { Candidates = "", Form = RankingForm.Pairwise },
            "classification" => new Classification(),
            "distillation_stored" => new Distillation(),
            "token_classification" => new TokenClassification(),
            _ => (Objective)Words.Default(Words.Loaded.Choices(typeof(Objective)).Single(choice => choice.Word == name).Type),
        };

    /// <summary>A model that an objective takes.</summary>
    private static GoldenModel ModelFor(string objective)
    {
        foreach (var name in (string[])["llama", "bert_mlm", "bert_seqcls"])
        {
            var golden = new GoldenModel(name);
            try
            {
                Plain(objective).Start(new ObjectiveStart { Model = golden.Model }).Dispose();
                return golden;
            }
            catch (MisfitException)
            {
                golden.Dispose();
            }
        }

        return new GoldenModel("bert_tokcls");
    }

    /// <summary>Six examples of one length but with answers of 1 to 6 tokens; two in a row where they are packed.</summary>
    private static TokenBatch Rows(string name, Range range)
    {
        var all = Enumerable
            .Range(0, 6)
            .Select(e =>
            {
                TokenSequence Answered(int shift) =>
                    new(
                        [.. Enumerable.Range(0, 9).Select(i => 5 + (11 * e + 7 * i + (i > 7 - e ? shift : 0)) % 60)],
                        [.. Enumerable.Range(0, 9).Select(i => i > 7 - e)],
                        default
                    );
                var first = Answered(0) with
                {
                    Target = name == "distillation_stored" ? [0.1f * e, 0.5f - 0.1f * e, 0.5f, e % 3] : [e % 3],
                    Tags = [.. Enumerable.Range(0, 9).Select(i => i <= e ? i % 3 : -100)],
                    Task = name == "multi_task" ? TokenSequence.HashOf(e % 2 == 0 ? "even" : "odd") : 0,
                };
                return new TokenGroup(Compares(name) ? [first, Answered(3)] : [first])
                {
                    Seed = e,
                    Weight = name.EndsWith("weighted", StringComparison.Ordinal) ? 1 + e % 3 : 1,
                };
            })
            .ToArray()[range];
        return new TokenBatch([.. name.EndsWith("packed", StringComparison.Ordinal) ? all.Chunk(2) : all.Select(s => new[] { s })], 0);
    }

    private static bool Compares(string name) =>
        name.StartsWith("ranking", StringComparison.Ordinal) || name.StartsWith("dpo", StringComparison.Ordinal);
}
