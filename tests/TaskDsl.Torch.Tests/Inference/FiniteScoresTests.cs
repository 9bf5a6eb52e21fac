using System.Text;
using CsCheck;
using TaskDsl.Grammars;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.NewTokenizers;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tests.Batching;
using TaskDsl.Torch.Tests.Decoding;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning;
using TaskDsl.Vocabulary;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Inference;

/// <summary>What no number is chooses no answer.</summary>
public sealed class FiniteScoresTests : TorchTest
{
    [Theory, MemberData(nameof(DecodingMethodTests.Methods), MemberType = typeof(DecodingMethodTests))]
    public void A_model_with_a_weight_that_is_no_number_answers_nothing_and_names_it(string word)
    {
        var method = (DecodingMethod)Words.Default(Words.Loaded.Choices(typeof(DecodingMethod)).Single(choice => choice.Word == word).Type);
        foreach (var make in (Func<LoadedModel>[])[() => SmallWriter.Decoder(), SmallWriter.EncoderDecoder])
        foreach (var constrained in (bool[])[true, false])
        {
            using var model = make();
            var asked = new Asked(model, Grammar.Choice(Grammar.Literal("payment"), Grammar.Literal("rent")));
            var plan = new GenerationPlan
            {
                Decoding = method,
                Constrained = constrained,
                MaxNewTokens = 4,
            };
            Assert.NotEmpty(asked.Predict(plan, count: 3));
            var name = Break(model);
            Named(name, Assert.Throws<ModelException>(() => asked.Predict(plan, count: 3)));
        }
    }

    [Fact]
    public void So_does_a_head()
    {
        foreach (
            var (task, objective) in (ReadOnlySpan<(DslTask, Objective)>)
                [(new HeadLettersTask(), new Classification()), (new EntitiesTask(), new TokenClassification())]
        )
        {
            using var model = new NewEncoder
            {
                VocabularySize = 300,
                HiddenSize = 32,
                Layers = 1,
                Heads = 2,
                Tokenizer = new WordPiece { MinimumFrequency = 1_000_000 },
            }.Open(
                new ModelRequest
                {
                    ProjectDirectory = ".",
                    Corpus = [Encoding.UTF8.GetBytes("Q: ABC\na")],
                    Head = objective.Head([task]),
                }
            );
            var request = new PredictionRequest(new LettersPrompt(task), new LettersInput("ABC"), "en");
            Assert.Single(new Predictor(model).Predict([request]));
            var name = Break(model);
            Named(name, Assert.Throws<ModelException>(() => new Predictor(model).Predict([request])));
        }
    }

    /// <summary>Where fused attention makes 0 of it, a prefix that is no number shows in no score.</summary>
    [Fact]
    public void An_adapters_numbers_are_looked_at_too()
    {
        using var model = SmallWriter.Decoder();
        var asked = new Asked(model, Grammar.Choice(Grammar.Literal("payment"), Grammar.Literal("rent")));
        using var folder = new TempFolder();
        using (var tuned = model.Tune(new PrefixTuning { VirtualTokens = 2 }, 1))
        using (no_grad())
        {
            foreach (var weight in tuned.Trained.Values)
                weight.flatten()[0] = float.NaN;
            tuned.Save(folder.Path, "base");
        }

        model.Put(folder.Path);
        var error = Assert.Throws<ModelException>(() => asked.Predict(new GenerationPlan { MaxNewTokens = 4 }, count: 3));
        Assert.Contains("Its own weights are all finite: look at the adapter on it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_number_that_is_none_is_found_wherever_it_stands()
    {
        using var model = SmallWriter.Decoder();
        var gen = Gen.Select(Gen.Float[-1e38f, 1e38f].Array[1, 70], Gen.Int[0, 69]);
        foreach (var none in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            gen.Sample(
                (scores, place) =>
                {
                    FiniteScores.Check(model.Model, scores);
                    scores[place % scores.Length] = none;
                    return Assert
                        .Throws<ModelException>(() => FiniteScores.Check(model.Model, scores))
                        .Message.Contains("Its own weights are all finite", StringComparison.Ordinal);
                },
                iter: 100,
                threads: 1
            );
    }

    /// <summary>Makes one number of a weight none.</summary>
    private static string Break(LoadedModel model)
    {
        using var ungraded = no_grad();
        var (name, weight) = model.Model.Parameters.First(p => p.Value.dim() == 2 && p.Key.Contains("layer", StringComparison.Ordinal));
        weight[1, 2] = float.NaN;
        return name;
    }

    private static void Named(string weight, ModelException error)
    {
        Assert.Contains("are no numbers (NaN or infinite): nothing is answered.", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Its weight '{weight}' has such numbers", error.Message, StringComparison.Ordinal);
    }
}
