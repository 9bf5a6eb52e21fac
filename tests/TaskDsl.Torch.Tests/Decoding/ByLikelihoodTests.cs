using TaskDsl.Grammars;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using Xunit;

namespace TaskDsl.Torch.Tests.Decoding;

public sealed class ByLikelihoodTests : TorchTest
{
    private static readonly string[] Labels = ["payment", "payments", "pay", "termination of the lease", "付款", "the rent"];

    private static readonly Grammar Grammar = Grammar.Choice([.. Labels.Select(Grammar.Literal)]);

    [Theory]
    [InlineData(true, LikelihoodNorm.None)]
    [InlineData(true, LikelihoodNorm.Tokens)]
    [InlineData(true, LikelihoodNorm.Unconditional)]
    [InlineData(false, LikelihoodNorm.None)]
    [InlineData(false, LikelihoodNorm.Unconditional)]
    public void Scores_are_sums_of_log_probabilities_of_whole_passes(bool decoder, LikelihoodNorm normalize)
    {
        using var model = decoder ? SmallWriter.Decoder() : SmallWriter.EncoderDecoder();
        var asked = new Asked(model, Grammar);
        var predictions = asked.Predict(new GenerationPlan { Decoding = new ByLikelihood { Normalize = normalize } }, 12);
        foreach (var (input, prediction) in SmallWriter.Inputs.Zip(predictions))
        {
            double[] scores =
            [
                .. Labels.Select(label =>
                {
                    var (sum, tokens) = asked.LogProbability(input, label);
                    return normalize switch
                    {
                        LikelihoodNorm.Tokens => sum / tokens,
                        LikelihoodNorm.Unconditional => sum - asked.LogProbability(null, label).Sum,
                        _ => sum,
                    };
                }),
            ];
            Assert.Equal(Labels[Array.IndexOf(scores, scores.Max())], prediction.Text);
            Assert.Equal(1 / scores.Sum(score => Math.Exp(score - scores.Max())), prediction.Confidence!.Value, 1e-3);
            Assert.True(prediction is { Closed: true, Output: not null });
        }
    }

    [Fact]
    public void What_it_is_measured_against_makes_a_difference()
    {
        using var model = SmallWriter.Decoder();
        var asked = new Asked(model, Grammar);
        string[][] answers =
        [
            .. Enum.GetValues<LikelihoodNorm>()
                .Select(normalize => new GenerationPlan { Decoding = new ByLikelihood { Normalize = normalize } })
                .Select(plan => asked.Predict(plan).Select(p => p.Text).ToArray()),
        ];
        Assert.Equal(3, answers.DistinctBy(texts => string.Join('|', texts)).Count());
    }

    [Fact]
    public void A_format_with_too_many_answers_is_refused_before_anything_is_computed()
    {
        using var model = SmallWriter.Decoder();
        var asked = new Asked(model, Grammar.Text);
        var predictor = new Predictor(model, new GenerationPlan { Decoding = new ByLikelihood() });
        var thrown = Assert.Throws<ModelException>(() => predictor.Check(new PredictionRequest(asked.Prompt, "x", "en")));
        Assert.StartsWith("task 'plain': its format has more than 4,096 answers", thrown.Message, StringComparison.Ordinal);
    }
}
