using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Tests.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Objectives;

/// <summary>Losses over whole answers against a straightforward computation from full logits, which libtorch differentiates.</summary>
public sealed class PreferenceTests : TorchTest
{
    private static readonly TokenBatch Batch = new(
        [
            [Example(2, [5, 9, 11, 2], [30, 31], [7, 8, 9])],
            [Example(3, [4, 4, 6, 7, 12], [3, 2, 1, 9])],
        ],
        0
    );

    [Theory]
    [InlineData(PreferenceForm.Sigmoid)]
    [InlineData(PreferenceForm.Ipo)]
    [InlineData(PreferenceForm.Hinge)]
    public void Dpo_is_its_formula(PreferenceForm form)
    {
        var pairs = new TokenBatch(
            [
                [Example(2, [5, 9, 11, 2], [30, 31])],
                [Example(3, [4, 4, 6, 7, 12], [3, 2, 1, 9])],
            ],
            0
        );
        using var model = Training.TinyModel.Open();
        var before = Scores(model.Model, pairs).Select(s => s.detach().clone()).ToArray();
        using var dpo = new Dpo { Beta = 0.3, Form = form }.Start(new ObjectiveStart { Model = model.Model, Batches = [pairs] });
        Close(
            dpo.Loss(model.Model, pairs).Sum,
            tensor(
                2
                    * (
                        form == PreferenceForm.Sigmoid ? MathF.Log(2)
                        : form == PreferenceForm.Ipo ? 1 / 0.36f
                        : 1f
                    )
            ),
            1e-5
        );
        Shift(model.Model);
        Same(model.Model, pairs, dpo, 2, scores =>
        {
            var sum = zeros([]);
            for (var pair = 0; pair < 2; pair++)
            {
                var (better, worse) = (Gain(2 * pair), Gain(2 * pair + 1));
                sum =
                    sum
                    + (
                        form switch
                        {
                            PreferenceForm.Sigmoid => -nn.functional.logsigmoid((better - worse) * 0.3),
                            PreferenceForm.Ipo => (better - worse - 1 / 0.6).pow(2),
                            _ => nn.functional.relu(1 - (better - worse) * 0.3),
                        }
                    );
            }

            return sum;

            Tensor Gain(int s) => (scores[s] - before[s]) / Length(s);
        });
        var gains = Scores(model.Model, pairs).Select((score, s) => (score.ToDouble() - before[s].ToDouble()) / Length(s)).ToArray();
        double[] margins = [0.3 * (gains[0] - gains[1]), 0.3 * (gains[2] - gains[3])];
        var measures = dpo.Loss(model.Model, pairs).Measures.ToDictionary(m => m.Name, m => m.Sum);
        Assert.Equal(margins.Count(m => m > 0), measures["reward_accuracy"]);
        Assert.Equal(margins.Sum(), measures["reward_margin"], 1e-4);

        int Length(int s) => form == PreferenceForm.Ipo ? pairs.Sequences[s].CompletionIds.Length : 1;
    }

    [Theory]
    [InlineData("llama", RankingForm.Pairwise)]
    [InlineData("llama", RankingForm.Listwise)]
    [InlineData("t5", RankingForm.Listwise)]
    public void A_ranking_is_its_formula(string name, RankingForm form)
    {
        using var model = new GoldenModel(name);
        Same(
            model.Model,
            Batch,
            new Ranking
            {
                Candidates = "answers",
                Form = form,
                Temperature = 0.5,
            }.Start(new ObjectiveStart { Model = model.Model }),
            2,
            scores =>
            {
                var means = scores.Select((s, i) => s / Batch.Sequences[i].CompletionIds.Length / 0.5).ToArray();
                return One([means[0], means[1], means[2]]) + One([means[3], means[4]]);
            }
        );

        Tensor One(Tensor[] ordered)
        {
            var sum = zeros([]);
            for (var i = 0; i < ordered.Length; i++)
            {
                if (form == RankingForm.Listwise)
                    sum = sum - (ordered[i].exp() / ordered[i..].Select(s => s.exp()).Aggregate((a, b) => a + b)).log();
                else
                    for (var j = i + 1; j < ordered.Length; j++)
                        sum = sum + (1 + (ordered[j] - ordered[i]).exp()).log() / (ordered.Length * (ordered.Length - 1) / 2);
            }

            return sum;
        }
    }

    [Fact]
    public void Distillation_is_its_formula()
    {
        using var student = new GoldenModel("llama");
        using var teacher = new GoldenModel("qwen2");
        Same(
            student.Model,
            Batch,
            new Distillation
            {
                Teacher = "",
                Temperature = 3,
                Weight = 0.7,
            }.Start(student.Model, teacher.Model),
            Batch.Sequences.Sum(s => s.CompletionIds.Length),
            _ =>
            {
                var (own, soft) = (Logits(student.Model, Batch), Logits(teacher.Model, Batch).Select(l => l.detach()).ToArray());
                var sum = zeros([]);
                for (var s = 0; s < own.Length; s++)
                {
                    var p = nn.functional.softmax(soft[s] / 3, 1);
                    sum =
                        sum
                        + 0.7 * 9 * (p * (p.log() - nn.functional.softmax(own[s] / 3, 1).log())).sum()
                        + 0.3
                            * nn.functional.cross_entropy(
                                own[s],
                                tensor(Batch.Sequences[s].CompletionIds.ToArray().Select(t => (long)t).ToArray()),
                                reduction: nn.Reduction.Sum
                            );
                }

                return sum;
            }
        );
    }

    /// <summary>A prompt and answers, best first.</summary>
    private static TokenGroup Example(int prompt, params int[][] answers)
    {
        int[] given = [.. Enumerable.Range(20, prompt)];
        var all = answers
            .Select(answer => new TokenSequence([.. given, .. answer], [.. given.Select(_ => false), .. answer.Select(_ => true)], default))
            .ToArray();
        return new(all);
    }

    private static void Same(LanguageModel model, TokenBatch batch, ObjectiveRun objective, int count, Func<Tensor[], Tensor> plain)
    {
        var expected = plain(Scores(model, batch));
        Gradients.Backward(expected);
        var gradients = model.Parameters.ToDictionary(p => p.Key, p => p.Value.grad?.clone());
        foreach (var parameter in model.Parameters.Values)
            parameter.grad = null;
        var loss = objective.Loss(model, batch);
        Assert.Equal(count, loss.Count);
        Assert.Equal(expected.ToDouble(), loss.Sum.ToDouble(), 1e-4);
        Gradients.Backward(loss.Sum);
        Assert.Contains(gradients.Values, g => g?.abs().max().ToDouble() > 1e-2);
        foreach (var (name, gradient) in gradients)
            if (gradient is not null)
                Close(gradient, model.Parameters[name].grad!, 1e-3 * Math.Max(1e-2, gradient.abs().max().ToDouble()));
        using (no_grad())
            Assert.Equal(expected.ToDouble(), objective.Loss(model, batch).Sum.ToDouble(), 1e-4);
    }

    /// <summary>The log-probability of each answer, from the model run over each sequence alone.</summary>
    private static Tensor[] Scores(LanguageModel model, TokenBatch batch) =>
        [
            .. Logits(model, batch)
                .Select(
                    (logits, i) =>
                        nn
                            .functional.log_softmax(logits, 1)
                            .gather(1, tensor(batch.Sequences[i].CompletionIds.ToArray().Select(t => (long)t).ToArray()).unsqueeze(1))
                            .sum()
                ),
        ];

    private static Tensor[] Logits(LanguageModel model, TokenBatch batch) =>
        [
            .. batch.Sequences.Select(s =>
            {
                var (given, written) = (
                    s.PromptIds.ToArray().Select(t => (long)t).ToArray(),
                    s.CompletionIds.ToArray().Select(t => (long)t).ToArray()
                );
                if (model is EncoderDecoder both)
                    return both.Logits(
                        both.Hidden(both.Encode(tensor(given).unsqueeze(0)), tensor((long[])[both.Start, .. written[..^1]]).unsqueeze(0))
                    )[0];
                var decoder = (Decoder)model;
                return decoder
                    .Logits(decoder.Hidden(tensor((long[])[.. given, .. written[..^1]]).unsqueeze(0)))[0]
                    .narrow(0, given.Length - 1, written.Length);
            }),
        ];

    private static void Shift(LanguageModel model)
    {
        using var ungraded = no_grad();
        foreach (var parameter in model.Parameters.Values)
            parameter.add_(randn_like(parameter) * 0.02);
    }
}
