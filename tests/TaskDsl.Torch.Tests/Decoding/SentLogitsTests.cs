using CsCheck;
using TaskDsl.Grammars;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Decoding;

/// <summary>Where a GPU computes the scores, the host gets what is looked at. Here the processor plays the GPU.</summary>
public sealed class SentLogitsTests : TorchTest
{
    [Theory, MemberData(nameof(DecodingMethodTests.Methods), MemberType = typeof(DecodingMethodTests))]
    public void Whoever_looks_at_less_answers_the_same(string word)
    {
        var method = Words.Loaded.Choices(typeof(DecodingMethod)).Single(choice => choice.Word == word).Type;
        foreach (var make in (Func<LoadedModel>[])[() => SmallWriter.Decoder(), SmallWriter.EncoderDecoder])
        foreach (var constrained in (bool[])[true, false])
        {
            using var model = make();
            string[] labels = ["payment", "payment due", "rent"];
            var asked = new Asked(model, Grammar.Choice([.. labels.Select(Grammar.Literal)]));
            var plan = new GenerationPlan
            {
                Decoding = (DecodingMethod)Words.Default(method),
                Constrained = constrained,
                MaxNewTokens = 9,
            };
            foreach (var (all, seen) in asked.Predict(plan, onHost: true).Zip(asked.Predict(plan, onHost: false)))
            {
                Assert.Equal(all.Text, seen.Text);
                Assert.Equal(all.Confidence!.Value, seen.Confidence!.Value, 1e-5);
            }
        }
    }

    [Fact]
    public void What_is_drawn_there_is_what_is_drawn_here()
    {
        var gen = Gen.Select(Gen.Float[-6, 6].Array[40], Gen.Double[0.2, 3], Gen.Int[1, 50], Gen.Double[0, 1], Gen.Double[0, 0.999999]);
        gen.Sample(
            (scores, temperature, topK, topP, point) =>
            {
                using var scope = NewDisposeScope();
                var sample = new Sample
                {
                    Temperature = temperature,
                    TopK = topK,
                    TopP = topP,
                };
                var there = sample.OnDevice(tensor(scores, [1, scores.Length]), tensor(new[] { point })).ToInt64();
                return there == sample.Choose(scores, point);
            },
            iter: 2000,
            threads: 1
        );
    }

    [Fact]
    public void Of_a_free_text_four_numbers_a_row_are_sent_of_a_grammar_what_it_permits()
    {
        using var model = SmallWriter.Decoder();
        var logits = randn(4, 320);
        var greedy = (LogitView.One)LogitView.Chosen((scores, _) => scores.argmax(1), 0);
        LogitView?[] free = [greedy, greedy, null, greedy];
        var sent = SentLogits.Seen(logits, model.Model, free);
        Assert.Equal(3 * 4, sent.Count);
        Assert.Equal((int)logits[3].argmax().ToInt64(), sent[3].Chosen);
        Assert.Equal(logits[3].log_softmax(0).max().ToDouble(), sent[3].LogProbability, 1e-5);

        var many = LogitView.Of([.. Enumerable.Range(0, 200)]);
        sent = SentLogits.Seen(logits, model.Model, [LogitView.Of([7, 300]), greedy, LogitView.All, many]);
        Assert.Equal(4 * 2 + 2 + 2 + 320 + 320, sent.Count); // So many tokens are sent as all.
        Assert.Equal(logits[0, 300].ToSingle(), sent[0][300]);
        Assert.Equal(logits[2].data<float>().ToArray(), sent[2].All);
        Assert.Equal(logits[3, 199].ToSingle(), sent[3][199]);
        Assert.Throws<InvalidOperationException>(() => sent[0][8]);
        Assert.Throws<InvalidOperationException>(() => sent[0].All.Length);
        Assert.Equal(4 * 320, SentLogits.Whole(logits, model.Model, [0]).Count);
    }

    [Fact]
    public void A_score_that_is_no_number_is_found_there_too()
    {
        using var model = SmallWriter.Decoder();
        foreach (var none in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            var logits = randn(2, 320);
            logits[1, 5] = none;
            SentLogits.Seen(logits, model.Model, [LogitView.Of([3]), null]); // Nobody looks at the other row.
            Assert.Throws<ModelException>(() => SentLogits.Seen(logits, model.Model, [null, LogitView.Of([3])]));
        }
    }

    /// <summary>On a GPU answers are computed in the numbers of the run; here the processor is told to.</summary>
    [Fact]
    public void Answers_are_computed_in_the_numbers_that_the_model_is_told()
    {
        using var model = SmallWriter.Decoder();
        var asked = new Asked(model, Grammar.Choice(Grammar.Literal("payment"), Grammar.Literal("rent")));
        var exact = asked.Predict(new GenerationPlan());
        model.AnswersIn = WeightType.BFloat16;
        var rounded = asked.Predict(new GenerationPlan());
        Assert.NotEqual(exact.Select(p => p.Confidence), rounded.Select(p => p.Confidence));
        model.AnswersIn = null;
        using var numbers = Autocast.BFloat16(CPU);
        Assert.Equal(asked.Predict(new GenerationPlan()).Select(p => p.Confidence), rounded.Select(p => p.Confidence));
    }
}
