using System.Globalization;
using System.Text.Json.Nodes;
using TaskDsl.App.Sessions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Indexing;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Pipelines.Scoring;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests;

/// <summary>A model made of others, in the place of one; and answers that are asked from nothing.</summary>
public sealed class FuseStepTests(GenerateStepTests.Trained trained) : IClassFixture<GenerateStepTests.Trained>
{
    private static readonly GenerationPlan Drawing = new()
    {
        Decoding = new Sample { Temperature = 2 },
        MaxNewTokens = 12,
    };

    [Fact]
    public async Task What_is_its_own_base_answers_as_its_expert_wherever_a_model_answers()
    {
        var finished = await RunAsync(
            (
                "fused",
                new FuseStep
                {
                    Model = "$base",
                    Plus = ["$expert"],
                    Minus = "$base",
                }
            ),
            ("by_expert", Labels("$expert")),
            ("by_fused", Labels("$fused")),
            ("sure", Sure("$by_expert", "$fused")),
            (
                "scores",
                new EvaluateStep
                {
                    Models = ["$base", "$expert", "$fused"],
                    Tasks = [new PromptedTask { Task = WeatherPrompt.Default.Task, Prompt = WeatherPrompt.Default }],
                    Languages = ["en"],
                    Costs = [Cost.Weights],
                }
            )
        );
        var (expert, fused) = (Lines(finished["by_expert"]), Lines(finished["by_fused"]));
        Assert.Equal(expert.Select(e => (string)e["sky"]!), fused.Select(e => (string)e["sky"]!));
        Assert.All(expert.Zip(fused), pair => Assert.Equal((double)pair.First["$confidence"]!, (double)pair.Second["$confidence"]!, 1e-4));
        Assert.NotEqual((string?)expert[0]["$model"], (string?)fused[0]["$model"]);
        Assert.All(Lines(finished["sure"]), e => Assert.Equal((double)e["$confidence"]!, (double)e["$score"]!, 1e-4));
        Assert.Equal(2 * Weights("base") + Weights("expert"), Weights("fused"));

        double Weights(string column) =>
            finished["scores"].Table!.Columns[column].Tasks[0].Metrics.Single(score => score.Metric == "weights").Value;
    }

    [Fact]
    public async Task Its_folder_is_named_as_a_models_and_is_another_when_its_models_are()
    {
        var step = new FuseStep
        {
            Model = "$base",
            Minus = "$expert",
            Weight = 0.5,
            Plausible = 0.1,
        };
        var first = await RunAsync(("fused", step));
        var folder = first["fused"].Folder;
        using (var model = RunModel.Open(folder, TorchSharp.torch.CPU))
            Assert.Equal((0.5, 0.1), (model.Fusion!.Plan.Weight, model.Fusion.Plan.Plausible!.Value));
        var named = await RunAsync(("by_folder", Labels(folder)), ("fused", step), ("by_step", Labels("$fused")));
        Assert.Equal(
            Lines(named["by_step"]).Select(e => $"{e["$confidence"]}"),
            Lines(named["by_folder"]).Select(e => $"{e["$confidence"]}")
        );
        var other = await RunAsync(("fused", step with { Weight = 1 }));
        Assert.NotEqual(folder, other["fused"].Folder);
    }

    /// <summary>What is its own base answers as its expert by the verb too, line by line and with all labels' probabilities.</summary>
    [Fact]
    public async Task Predict_answers_with_it()
    {
        var made = await RunAsync(
            (
                "fused",
                new FuseStep
                {
                    Model = "$base",
                    Plus = ["$expert"],
                    Minus = "$base",
                }
            )
        );
        var expert = Path.Combine(made["expert"].Folder, "tiny");
        foreach (var note in (string[])["Sun on the roofs.", "Umbrellas in the street.", "x"])
        {
            var (fused, own) = (await ScoredAsync(made["fused"].Folder, note), await ScoredAsync(expert, note));
            Assert.Equal($"{own["record"]}", $"{fused["record"]}");
            Assert.Equal((double)own["confidence"]!, (double)fused["confidence"]!, 1e-4);
            Assert.Equal(["rainy", "sunny"], fused["labels"]!.AsObject().Select(label => label.Key).Order(StringComparer.Ordinal));
            foreach (var (label, probability) in own["labels"]!.AsObject())
                Assert.Equal((double)probability!, (double)fused["labels"]![label]!, 1e-4);
        }

        // Not the base's, which it is made of too.
        var differ = await ScoredAsync(Path.Combine(made["base"].Folder, "tiny"), "x");
        Assert.NotEqual((double)differ["confidence"]!, (double)(await ScoredAsync(made["fused"].Folder, "x"))["confidence"]!, 1e-3);

        var (code, printed) = await Desk.RunAsync("predict", made["fused"].Folder, "weather", "--input", "{\"nte\": \"x\"}");
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("'nte'", printed, StringComparison.Ordinal);

        static async Task<JsonNode> ScoredAsync(string folder, string note)
        {
            var input = new JsonObject { ["note"] = note }.ToJsonString();
            var (code, printed) = await Desk.RunAsync("predict", folder, "weather", "--scores", "--input", input);
            Assert.True(code == ExitCode.Success, printed);
            return JsonNode.Parse(printed)!;
        }
    }

    [Fact]
    public async Task It_is_refused_where_a_model_is_more_than_its_answers()
    {
        var step = new FuseStep { Model = "$base", Minus = "$expert" };
        var task = WeatherPrompt.Default.Task;
        (string, Step)[] wrong =
        [
            ("trained", new TrainStep { Recipe = trained.Recipe, Model = "$fused" }),
            ("again", new FuseStep { Model = "$fused", Minus = "$base" }),
            ("also", new FuseStep { Model = "$base", Plus = ["$fused"] }),
            (
                "likely",
                new ScoreStep
                {
                    Task = task,
                    Examples = ["gold"],
                    By = new LikelihoodScorer { Model = "$fused", Prompt = WeatherPrompt.Default },
                }
            ),
            (
                "usual",
                new ScoreStep
                {
                    Task = task,
                    Examples = ["gold"],
                    By = new PerplexityScorer { Model = "$fused" },
                }
            ),
            (
                "near",
                new IndexStep
                {
                    By = new Vectors { Model = "$fused" },
                    Task = task,
                    Examples = ["gold"],
                }
            ),
        ];
        foreach (var (name, verb) in wrong)
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(("fused", step), (name, verb)));
            Assert.True(error is RunException or ModelException, $"{name}: {error}");
            Assert.Contains("is a fusion of several models", error.Message, StringComparison.Ordinal);
            Assert.Contains($"step '{name}'", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>What SPIN needs: a right answer that is not shown, beside the model's own. At its start the loss is log 2.</summary>
    [Fact]
    public async Task Pairs_of_right_answers_and_the_models_own_are_learnt_by_dpo()
    {
        var gold = new DataStep
        {
            Task = OwnSayingPrompt.Default.Task,
            Sources = [new Data.Sources.JsonLines { Path = "desk/own_saying.jsonl" }],
        };
        var own = new GenerateStep
        {
            Model = "$base",
            Task = OwnSayingPrompt.Default.Task,
            Prompt = OwnSayingPrompt.Default,
            From = "$gold",
            Generation = Drawing,
        };
        var spin = trained.Recipe with
        {
            Tasks = [new() { Task = OwnSayingPrompt.Default.Task, Prompt = OwnSayingPrompt.Default }],
            Objective = new Dpo(),
            Optimizer = new RmsProp { LearningRate = 1e-4 },
            Budget = new() { Steps = 2 },
        };
        var finished = await RunAsync(
            ("gold", gold),
            ("own", own),
            (
                "trained",
                new TrainStep
                {
                    Recipe = spin,
                    Model = "$base",
                    Examples = ["$own"],
                }
            )
        );
        var pairs = Lines(finished["own"]);
        Assert.NotEmpty(pairs);
        Assert.All(pairs, pair => Assert.NotEqual((string)pair["chosen"]!, (string)pair["rejected"]!));
        var metrics = Directory.GetFiles(finished["trained"].Folder, "metrics.jsonl", SearchOption.AllDirectories).Single();
        var first = File.ReadLines(metrics).Select(line => JsonNode.Parse(line)!).First(line => (int?)line["step"] == 1);
        Assert.Equal(Math.Log(2), (double)first["loss"]!, 1e-4);

        var wrong = spin with { Objective = new Dpo { Chosen = "better" } };
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            RunAsync(
                ("gold", gold),
                ("own", own),
                (
                    "wrong",
                    new TrainStep
                    {
                        Recipe = wrong,
                        Model = "$base",
                        Examples = ["$own"],
                    }
                )
            )
        );
        Assert.Contains(
            "dpo: task 'own_saying' has no text 'better'; its outputs are rejected, its inputs topic, chosen.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("nothing", "it would be the model as it is")]
    [InlineData("kl", "weights: kl measures how far tuning has moved an expert; name experts in plus, and their base in minus.")]
    [InlineData("both", "weight: with weights: kl it is solved for; leave one of the two out.")]
    [InlineData("range", "weight")]
    public async Task What_cannot_be_meant_is_said_before_anything_runs(string what, string expected)
    {
        var step = new FuseStep { Model = "$base" };
        step = what switch
        {
            "nothing" => step,
            "kl" => step with { Minus = "$expert", Weights = FusionWeights.Kl },
            "both" => step with { Plus = ["$expert"], Minus = "$base", Weights = FusionWeights.Kl, Weight = 1 },
            _ => step with { Minus = "$expert", Weight = -1 },
        };
        var error = await Assert.ThrowsAsync<WordException>(() => RunAsync(("fused", step)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_from_nothing_are_drawn_by_their_numbers()
    {
        var made = await SaidAsync(Said);
        Assert.InRange(made.Count, 8, 12); // What is blank does not parse, and is counted.
        Assert.True(made.Values.Distinct().Count() > 6);
        var fewer = await SaidAsync(Said with { Count = 5, Generation = Drawing with { Rows = 1 } });
        Assert.Equal(made.Where(said => Number(said.Key) <= 5), fewer);
        Assert.NotEqual(made, await SaidAsync(Said with { Seed = 2 }));

        async Task<Dictionary<string, string>> SaidAsync(GenerateStep step) =>
            Lines((await RunAsync(("said", step)))["said"]).ToDictionary(e => (string)e["$origin"]!, e => (string)e["text"]!);

        static int Number(string origin) => int.Parse(origin["nothing(".Length..^1], CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("from", "count: from names the records that are asked about, and count asks from nothing; leave one of the two out.")]
    [InlineData("fields", "count: the task 'weather' asks about note; name records in from.")]
    [InlineData("answers", "answers: count is the number of answers already; leave answers out.")]
    [InlineData("greedy", "count: nothing is drawn, so that all would be the same; add generation: {decoding: sample}.")]
    [InlineData("neither", "it asks for nothing; name records in from, or a count of answers that are asked from nothing")]
    public async Task What_nothing_cannot_be_asked_is_said(string what, string expected)
    {
        var step = what switch
        {
            "from" => Said with { From = "desk/unlabelled.jsonl" },
            "fields" => Said with { Task = WeatherPrompt.Default.Task, Prompt = WeatherPrompt.Default },
            "answers" => Said with { Answers = 2 },
            "greedy" => Said with { Generation = new() },
            _ => Said with { Count = null },
        };
        var error = await Assert.ThrowsAsync<WordException>(() => RunAsync(("said", step)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static GenerateStep Said =>
        new()
        {
            Model = "$base",
            Task = SayingPrompt.Default.Task,
            Prompt = SayingPrompt.Default,
            Count = 12,
            Generation = Drawing,
        };

    private static GenerateStep Labels(string model) =>
        new()
        {
            Model = model,
            Task = WeatherPrompt.Default.Task,
            Prompt = WeatherPrompt.Default,
            From = "desk/unlabelled.jsonl",
            Keep = [Kept.Confidence],
        };

    private static ScoreStep Sure(string examples, string model) =>
        new()
        {
            Task = WeatherPrompt.Default.Task,
            Examples = [examples],
            By = new ConfidenceScorer { Model = model, Prompt = WeatherPrompt.Default },
        };

    private async Task<Dictionary<string, PlannedStep>> RunAsync(params (string Name, Step Verb)[] steps)
    {
        var all = new Dictionary<string, PipelineStep>
        {
            ["base"] = trained.Base,
            ["expert"] = new() { Verb = new TrainStep { Recipe = trained.Recipe with { Budget = new() { Steps = 12 } } } },
        };
        foreach (var (name, verb) in steps)
            all.Add(name, new() { Verb = verb });
        return (await trained.RunAsync(all)).Steps.ToDictionary(step => step.Name);
    }

    private static List<JsonNode> Lines(PlannedStep step) =>
        [.. File.ReadLines(Path.Combine(step.Folder, "examples.en.jsonl")).Select(line => JsonNode.Parse(line)!)];
}
