using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Objectives;

/// <summary>Several objectives at once, each with a count of its own.</summary>
public sealed class SumTests : TorchTest
{
    private static readonly Sum TokensAndOrders = new() { Terms = [new CausalLm(), new Ranking { Candidates = "" }], Weights = [1, 0.5] };

    /// <summary>
    /// Uneven batches have other shares of the tokens than of the examples: one count for both would weigh the terms anew in each.
    /// </summary>
    [Fact]
    public void Uneven_batches_add_up_to_the_large_one()
    {
        using var golden = new GoldenModel("llama");
        using var run = TokensAndOrders.Start(new ObjectiveStart { Model = golden.Model });
        var (loss, gradients) = Step(golden.Model, run, Batch(0..6));
        var (parts, gathered) = Step(golden.Model, run, Batch(0..1), Batch(1..5), Batch(5..6));
        Assert.Equal(loss, parts, 1e-6 * loss);
        var largest = gradients.abs().max().ToDouble();
        Assert.True(largest > 1e-2);
        Close(gradients, gathered, 1e-6 * Math.Max(1, largest));
    }

    [Fact]
    public void It_is_the_weighted_sum_of_its_terms_each_a_mean_of_its_own()
    {
        using var golden = new GoldenModel("llama");
        using var run = TokensAndOrders.Start(new ObjectiveStart { Model = golden.Model });
        Assert.Equal([("causal_lm", 1), ("ranking", 0.5)], run.Terms.Select(t => (t.Name, t.Weight)));
        var (loss, gradients) = Step(golden.Model, run, Batch(0..6));
        using var tokens = new CausalLm().Start(new ObjectiveStart { Model = golden.Model });
        using var orders = new Ranking { Candidates = "" }.Start(new ObjectiveStart { Model = golden.Model });
        var (first, firstGradients) = Step(golden.Model, tokens, Batch(0..6).For(0));
        var (second, secondGradients) = Step(golden.Model, orders, Batch(0..6).For(1));
        Assert.Equal(first + second / 2, loss, 1e-5);
        Close(firstGradients + secondGradients / 2, gradients, 1e-5);
    }

    [Fact]
    public void Terms_share_one_pass_and_see_their_own_sequences()
    {
        using var golden = new GoldenModel("llama");
        var batch = Batch(0..2);
        using var pass = new ForwardPass(golden.Model, batch);
        Assert.Same(pass.Hidden(), pass.For(0).Hidden());
        Assert.Same(pass.For(0).Hidden(), pass.For(1).Hidden());
        Assert.Equal([0, 0], batch.For(0).Sequences.Select(s => s.Rank));
        Assert.Equal([0, 1, 0, 1], batch.For(1).Sequences.Select(s => s.Rank));
        var plain = new TokenBatch(
            [
                [new TokenGroup(All[0].Sequences[0])],
            ],
            0
        );
        Assert.Same(plain, plain.For(1));
    }

    /// <summary>
    /// Objectives that read the prompt and its answer read them once; one that reads something else has its own sequence.
    /// </summary>
    [Fact]
    public async Task An_example_gives_each_term_its_sequences_and_none_twice()
    {
        var data = await DatasetBuilder.LoadAsync(new LettersTask(), new DataOptions { ProjectDirectory = Path.GetTempPath() });
        using var model = TinyModel.Open();
        Assert.Equal([3], Encode(new CausalLm(), new Supervised()));
        Assert.Equal([1, 2], Encode(new Supervised(), new Classification()));
        Assert.Equal([3, 4], Encode(new Supervised(), new Sum { Terms = [new CausalLm(), new Classification()] }));

        int[] Encode(params Objective[] terms)
        {
            using var source = new TaskSource
            {
                Prompt = new LettersPrompt(new LettersTask(), phrasings: 1),
                Examples = data[SplitName.Train],
                Demonstrations = new Demonstrations([], new DemonstrationPlan(), 1),
                Tokenizer = model.Tokenizer,
                Objective = new Sum { Terms = terms },
            };
            return [.. source.Encode(3, 0).Sequences.Select(s => s.Terms)];
        }
    }

    [Fact]
    public void Weights_that_do_not_fit_and_heads_that_do_not_agree_are_refused()
    {
        using var golden = new GoldenModel("llama");
        var start = new ObjectiveStart { Model = golden.Model };
        var weights = Assert.Throws<MisfitException>(() => (TokensAndOrders with { Weights = [1] }).Start(start));
        Assert.Contains("1 weights stand beside 2 terms", weights.Message, StringComparison.Ordinal);
        var heads = new Sum { Terms = [new MaskedLm(), new Classification()] };
        Assert.Throws<MisfitException>(() => heads.Head([new HeadLettersTask()]));
    }

    private static (double Loss, Tensor Gradients) Step(LanguageModel model, ObjectiveRun objective, params TokenBatch[] batches)
    {
        using var tuned = new Full().Start(model, 1);
        using var parameters = new AdamW().Flatten(tuned);
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

    /// <summary>
    /// Examples of 3 to 13 tokens to be predicted one by one, and of two answers to be ordered, the first of which is those tokens.
    /// </summary>
    private static readonly TokenGroup[] All =
    [
        .. Enumerable
            .Range(0, 6)
            .Select(e => new TokenGroup(Answered(e, 4 + 2 * e, 0) with { Terms = 3 }, Answered(e, 4 + 2 * e, 3) with { Terms = 2 })),
    ];

    private static TokenSequence Answered(int example, int length, int shift) =>
        new(
            [.. Enumerable.Range(0, length).Select(i => 5 + (11 * example + 7 * i + (i > 1 ? shift : 0)) % 60)],
            [.. Enumerable.Range(0, length).Select(i => i > 1)],
            default
        );

    private static TokenBatch Batch(Range range) => new([.. All[range].Select(group => new[] { group })], 0);
}
