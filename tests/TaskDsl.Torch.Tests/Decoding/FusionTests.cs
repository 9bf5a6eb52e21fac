using TaskDsl.Grammars;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Runs;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Decoding;

/// <summary>Several models write as one.</summary>
public sealed class FusionTests : TorchTest
{
    private static readonly GenerationPlan Free = new() { Constrained = false, MaxNewTokens = 12 };

    [Fact]
    public void A_model_that_is_its_experts_base_answers_as_the_expert_does()
    {
        using var expert = SmallWriter.Decoder(seed: 6);
        using var fused = Fused([SmallWriter.Decoder(seed: 6)], SmallWriter.Decoder());
        foreach (var plan in (GenerationPlan[])[Free, Free with { Decoding = new Sample() }, Free with { Decoding = new Beam() }])
            Assert.Equal(Texts(expert, plan), Texts(fused, plan));
        using var alone = SmallWriter.Decoder();
        Assert.NotEqual(Texts(alone, Free), Texts(fused, Free));
    }

    [Fact]
    public void Its_answers_are_the_same_in_every_batch()
    {
        var plan = new FusionPlan { Weights = FusionWeights.Kl };
        using var fused = Fused([SmallWriter.Decoder(seed: 6), SmallWriter.Decoder(seed: 7)], SmallWriter.Decoder(seed: 8), plan);
        var texts = Texts(fused, Free);
        Assert.Equal(texts, Texts(fused, Free with { Rows = 1 }));
        Assert.Equal(texts, Texts(fused, Free with { Rows = 5 }));
        Assert.True(texts.Distinct().Count() > 20);
    }

    [Fact]
    public void The_grammar_is_asked_of_the_sum()
    {
        // Each first letter's score, by hand: what the grammar permits is the same for all, and what is most probable is not.
        string[] labels = ["a", "b", "c", "d", "e", "f"];
        LoadedModel[] models = [SmallWriter.Decoder(), SmallWriter.Decoder(seed: 6), SmallWriter.Decoder(seed: 7)];
        var grammar = Grammar.Choice([.. labels.Select(Grammar.Literal)]);
        Dictionary<string, double>[] each = [.. models.Select(model => Labels(model, grammar, labels))];
        using var fused = models[0];
        fused.Fuse(new Fusion([models[1]], models[2], new FusionPlan { Plausible = 1e-9 }));
        var sums = labels.ToDictionary(label => label, label => each[0][label] + each[1][label] - each[2][label]);
        var all = Math.Log(sums.Values.Sum(Math.Exp));
        var actual = Labels(fused, grammar, labels);
        Assert.All(labels, label => Assert.Equal(sums[label] - all, actual[label], 1e-3));
    }

    [Fact]
    public void Where_the_grammar_permits_nothing_plausible_the_models_own_choice_stands()
    {
        string[] labels = ["payment", "rent", "termination"];
        var grammar = Grammar.Choice([.. labels.Select(Grammar.Literal)]);
        using var alone = SmallWriter.Decoder();
        using var fused = Fused([], SmallWriter.Decoder(seed: 7), new FusionPlan { Plausible = 1 });
        var answers = new Asked(fused, grammar).Predict(new GenerationPlan()).Select(answer => answer.Text).ToList();
        Assert.All(answers, answer => Assert.Contains(answer, labels));
        var own = new Asked(alone, grammar).Predict(new GenerationPlan()).Select(answer => answer.Text);
        Assert.InRange(answers.Zip(own).Count(pair => pair.First == pair.Second), 30, 37);
    }

    [Fact]
    public void The_shortest_of_all_models_has_room_for_a_question()
    {
        using var fused = Fused([], SmallWriter.Decoder(positions: 12, seed: 7));
        var answers = new Asked(fused, Grammar.Text).Predict(Free);
        Assert.Contains(answers, answer => answer.IsOverlong);
        Assert.Contains("12", answers.First(answer => answer.IsOverlong).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_says_of_which_models_it_is_and_goes_wherever_they_go()
    {
        using var folder = new TempFolder();
        foreach (var (name, seed) in new[] { ("large", 5), ("expert", 6), ("small", 7) })
            using (var model = SmallWriter.Decoder(seed: seed))
                model.Save(Path.Combine(folder.Path, "there", name));
        var at = Path.Combine(folder.Path, "there", "runs", "fused");
        Directory.CreateDirectory(at);
        new FusionFolder
        {
            Model = Path.Combine(folder.Path, "there", "large"),
            Plus = [Path.Combine(folder.Path, "there", "expert")],
            Minus = Path.Combine(folder.Path, "there", "small"),
            Plan = new FusionPlan { Weight = 0.5, Plausible = 0.01 },
        }.Write(at);
        Directory.Move(Path.Combine(folder.Path, "there"), Path.Combine(folder.Path, "elsewhere"));
        at = Path.Combine(folder.Path, "elsewhere", "runs", "fused");
        using var read = RunModel.Open(at, CPU);
        using var made = Fused(
            [SmallWriter.Decoder(seed: 6)],
            SmallWriter.Decoder(seed: 7),
            new FusionPlan { Weight = 0.5, Plausible = 0.01 }
        );
        Assert.Equal(Texts(made, Free), Texts(read, Free));

        Assert.Contains(
            "has no weights of its own",
            Assert.Throws<ModelException>(() => LoadedModel.Load(at)).Message,
            StringComparison.Ordinal
        );
        Directory.Move(Path.Combine(folder.Path, "elsewhere", "small"), Path.Combine(folder.Path, "gone"));
        var error = Assert.Throws<ModelException>(() => RunModel.Open(at, CPU)).Message;
        Assert.Contains("it names the model '../../small', and there is no such folder", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_of_other_tokens_or_of_another_kind_are_refused()
    {
        using var model = SmallWriter.Decoder();
        using var other = SmallWriter.EncoderDecoder();
        var error = Assert.Throws<ModelException>(() => Fusion.Check(model, other, "models/t5")).Message;
        Assert.StartsWith("fuse: 'models/t5' is a t5, which does not read as a llama does", error, StringComparison.Ordinal);
    }

    private static LoadedModel Fused(IReadOnlyList<LoadedModel> plus, LoadedModel minus, FusionPlan? plan = null)
    {
        var model = SmallWriter.Decoder();
        model.Fuse(new Fusion(plus, minus, plan ?? new FusionPlan()));
        return model;
    }

    private static string[] Texts(LoadedModel model, GenerationPlan plan) =>
        [.. new Asked(model, Grammar.Text).Predict(plan).Select(answer => answer.Text)];

    /// <summary>The log-probability of each label's letter, alone among all tokens that are permitted.</summary>
    private static Dictionary<string, double> Labels(LoadedModel model, Grammar grammar, string[] labels)
    {
        var answers = new Predictor(model, new GenerationPlan { Decoding = new Sample { Temperature = 100 } }).Predict([
            .. Enumerable
                .Range(0, 200)
                .Select(i => new PredictionRequest(new Asked(model, grammar).Prompt, SmallWriter.Inputs[5], "en") { Sample = i }),
        ]);
        return labels.ToDictionary(label => label, label => answers.First(answer => answer.Text == label).LogProbability!.Value);
    }
}
