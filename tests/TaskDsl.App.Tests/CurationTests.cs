using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Data.Stages;
using TaskDsl.Metrics;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Indexing;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Pipelines.Scoring;
using TaskDsl.Torch.Pipelines.Selecting;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.App.Tests;

/// <summary>Steps that render, index, score and select, over a model of some thousand weights.</summary>
public sealed class CurationTests(CurationTests.Curated curated) : IClassFixture<CurationTests.Curated>
{
    private static readonly DslTask Task = WeatherPrompt.Default.Task;

    [Fact]
    public void Texts_are_examples_with_their_answers_and_a_corpus()
    {
        var texts = new StepTexts(curated["texts"].Folder).Read();
        var gold = curated.Examples("gold");
        Assert.Equal(gold.Count, texts.Count);
        var example = gold[0];
        using var buffer = new PromptBuffer();
        WeatherPrompt.Default.Render(
            buffer,
            example.InputValue,
            example.OutputValue,
            example.Language,
            chat: new Prompts.ChatFormats.Plain()
        );
        Assert.Equal($"{buffer}", texts[0].Text);
        Assert.Equal("$gold(1)", (string?)JsonNode.Parse(File.ReadLines(new StepTexts(curated["texts"].Folder).File).First())!["$origin"]);
        Assert.EndsWith("\nsunny", texts.First(text => text.Text.Contains("nobody took a coat", StringComparison.Ordinal)).Text);

        // The recipe has no corpus of its own; the run has read just these, and watches itself on one.
        var run = JsonNode.Parse(File.ReadAllText(Path.Combine(curated["read"].Folder, "tiny", "run.json")))!;
        Assert.StartsWith($"{texts.Count - 1} documents, ", (string?)run["corpus"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("by_tokens", LikelihoodNorm.Tokens)]
    [InlineData("by_sum", LikelihoodNorm.None)]
    [InlineData("by_both", LikelihoodNorm.Unconditional)]
    public void Likelihood_is_that_of_the_answers_tokens(string step, LikelihoodNorm norm)
    {
        using var model = LoadedModel.Load(Path.Combine(curated["base"].Folder, "tiny", "best"));
        using var buffer = new PromptBuffer();
        var scored = curated.Examples(step);
        Assert.Equal(curated.Examples("gold").Count, scored.Count);
        foreach (var example in scored)
        {
            buffer.Clear();
            WeatherPrompt.Default.Render(buffer, example.InputValue, example.OutputValue, example.Language);
            var tokens = model.Tokenizer.Encode(buffer);
            // Behind the token that ends the answer a layout may go on.
            var (first, last) = (Array.IndexOf(tokens.CompletionMask, true), Array.LastIndexOf(tokens.CompletionMask, true) + 1);
            var sum = LogProbability(model, tokens.Ids[..last], first);
            int[] alone = [model.Tokenizer.BeginningOfText ?? model.Tokenizer.EndOfText, .. tokens.Ids[first..last]];
            var expected = norm switch
            {
                LikelihoodNorm.Tokens => sum / (last - first),
                LikelihoodNorm.None => sum,
                _ => sum - LogProbability(model, alone, 1),
            };
            Assert.Equal(expected, example.Origin.Score!.Value, 1e-4);
        }
    }

    [Fact]
    public void Perplexity_is_that_of_all_tokens_but_the_first()
    {
        using var model = LoadedModel.Load(Path.Combine(curated["base"].Folder, "tiny", "best"));
        foreach (var example in curated.Examples("usual"))
        {
            var ids = new List<int>(model.Tokenizer.Prefix);
            var first = Math.Max(1, ids.Count);
            model.Tokenizer.Encode(Encoding.UTF8.GetBytes(ExampleText.Of(null, Task, example)), special: false, ids);
            var expected = Math.Exp(-LogProbability(model, [.. ids], first) / (ids.Count - first));
            Assert.Equal(1, example.Origin.Score!.Value / expected, 1e-4);
        }
    }

    [Fact]
    public void Confidence_is_what_generate_keeps()
    {
        var kept = curated.Examples("answered").ToDictionary(Input, example => example.Origin.Confidence!.Value);
        var scored = curated.Examples("sure");
        Assert.Equal(kept.Count, scored.Count);
        Assert.All(scored, example => Assert.Equal(kept[Input(example)], example.Origin.Score!.Value, 1e-4));
        // Passed on beside the score.
        Assert.All(curated.Examples("right"), example => Assert.NotNull(example.Origin.Confidence));
    }

    [Fact]
    public void A_metric_compares_with_the_answer_to_the_same_input()
    {
        var gold = curated.Examples("gold").ToDictionary(Input, example => example.OutputValue);
        var scored = curated.Examples("right");
        Assert.All(scored, example => Assert.Equal(gold[Input(example)].Equals(example.OutputValue) ? 1 : 0, example.Origin.Score));
        // What is not in the task's own training part has nothing to be held against.
        var counts = curated["strange"].Record!.Counts;
        Assert.InRange(counts["left out: nothing has its input to score it against"], 1, 15);
        Assert.Equal(counts["records"], counts["examples"] + counts["left out: nothing has its input to score it against"]);
    }

    [Fact]
    public void Similarity_is_to_the_nearest_texts_of_an_index()
    {
        // An example of the index is its own nearest.
        Assert.All(curated.Examples("near"), example => Assert.Equal(1, example.Origin.Score!.Value, 1e-5));
        // Layer 0 is the embeddings: of texts, the means of their tokens' rows.
        using var model = LoadedModel.Load(Path.Combine(curated["base"].Folder, "tiny", "best"));
        using var scope = NewDisposeScope();
        var all = curated.Examples("gold").Select(example => Mean(model, ExampleText.Of(null, Task, example))).ToList();
        foreach (var (example, own) in curated.Examples("near_layer").Zip(all))
            Assert.Equal(
                all.Select(other => own.dot(other).item<double>()).OrderDescending().Take(5).Average(),
                example.Origin.Score!.Value,
                1e-5
            );
        var words = new Bm25().Of([.. curated.Examples("gold").Select(example => ExampleText.Of(null, Task, example))]);
        foreach (var example in curated.Examples("worded"))
            Assert.Equal(
                words.Search([ExampleText.Of(null, Task, example)], 2)[0].Average(hit => hit.Score),
                example.Origin.Score!.Value,
                1e-4
            );
    }

    [Fact]
    public void Conditions_of_later_steps_ask_for_score_and_confidence()
    {
        var all = curated.Examples("right");
        var kept = curated.Examples("filtered");
        Assert.Equal(all.Count(example => example.Origin is { Score: > 0.5, Confidence: > 0 }), kept.Count);
        Assert.All(kept, example => Assert.Equal(1, example.Origin.Score));
    }

    [Fact]
    public void Top_takes_the_best_of_each_label_best_first()
    {
        var pool = curated.Examples("by_tokens");
        var expected = pool.GroupBy(Sky).SelectMany(group => group.OrderByDescending(e => e.Origin.Score).Take(2)).Select(Input);
        Assert.Equal(expected.Order(StringComparer.Ordinal), curated.Examples("best").Select(Input).Order(StringComparer.Ordinal));
        foreach (var language in curated.Examples("best").GroupBy(example => example.Language))
            Assert.Equal(language.OrderByDescending(e => e.Origin.Score).Select(Input), language.Select(Input));
        Assert.Equal(
            pool.OrderBy(e => e.Origin.Score).Take((pool.Count + 1) / 2).Select(Input).Order(StringComparer.Ordinal),
            curated.Examples("worst").Select(Input).Order(StringComparer.Ordinal)
        );
        Assert.Equal(pool.Count - curated.Examples("worst").Count, curated["worst"].Record!.Counts["left out: not chosen"]);
    }

    [Fact]
    public void Votes_and_distances_choose_as_many_as_are_asked_for()
    {
        Assert.Equal(3, curated.Examples("voted").Count);
        Assert.Equal(4, curated.Examples("far").Select(Input).Distinct().Count());
        var more = curated.Examples("voted_on").Select(Input).ToList();
        Assert.Equal(5, more.Distinct().Count());
        Assert.Empty(curated.Examples("voted").Select(Input).Except(more));
        Assert.Equal(curated.Examples("gold").Count, curated.Examples("too_many").Count);
        Assert.Contains(curated.Notices, notice => notice.Contains("1,000 are to be chosen, and there are", StringComparison.Ordinal));
        // Where they stand decides nothing.
        Assert.Equal(curated.Examples("voted").Select(Input), curated.Examples("voted_otherwise").Select(Input));
    }

    [Fact]
    public async Task An_index_of_another_model_is_not_asked()
    {
        using var runs = new TempFolder();
        var folder = runs.In("model");
        ModelFolders.Write(folder).Dispose();
        // The model's folder is another one by the time that the index is asked for a text that it has not.
        var steps = new Dictionary<string, PipelineStep>
        {
            ["vectors"] = new()
            {
                Verb = new IndexStep
                {
                    By = new Vectors { Model = folder },
                    Task = Task,
                    Examples = ["gold"],
                },
            },
            ["swap"] = new()
            {
                Verb = new SwapStep { Folder = folder, After = "$vectors" },
            },
            ["asks"] = new()
            {
                Verb = new ScoreStep
                {
                    Task = Task,
                    Examples = ["$swap"],
                    By = new SimilarityScorer
                    {
                        Index = "$vectors",
                        Of = TextExpression.Of<Weather.Example>(example => example.Input.Note + "!"),
                    },
                },
            },
        };
        var error = await Assert.ThrowsAsync<RunException>(() => RunAsync(runs, steps));
        Assert.StartsWith("step 'asks': the index was made by another model than '", error.Message, StringComparison.Ordinal);
        Assert.Contains("vectors of two models cannot be compared", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Wrong => [.. Wrongs.Keys];

    private static readonly Dictionary<string, (Step Verb, string Message)> Wrongs = new()
    {
        ["no score"] = (
            new SelectStep
            {
                Task = Task,
                Examples = ["gold"],
                By = new Top { Count = 1 },
            },
            "has no score: let a score step give one to all that is chosen from."
        ),
        ["no confidence"] = (
            new SelectStep
            {
                Task = Task,
                Examples = ["gold"],
                By = new Top { By = KeptNumber.Confidence, Count = 1 },
            },
            "has no confidence: let a generate step answer all that is chosen from, with keep: [confidence]."
        ),
        ["neither count nor share"] = (
            new SelectStep
            {
                Task = Task,
                Examples = ["gold"],
                By = new Top(),
            },
            "give either a count or a share"
        ),
        ["votes by words"] = (
            new SelectStep
            {
                Task = Task,
                Examples = ["gold"],
                By = new VoteK { Count = 2, Index = "$words" },
            },
            "an index by bm25 has no vectors: make one by vectors for this."
        ),
        ["no such layer"] = (
            new IndexStep
            {
                By = new Vectors { Model = "$base", Layer = 2 },
                Task = Task,
                Examples = ["gold"],
            },
            "layer 2: the model reads a text by 1 layers, counted from 1; 0 are its embeddings."
        ),
        ["nothing to index"] = (new IndexStep { By = new Bm25() }, "there is nothing to search: give examples of a task, or texts"),
        ["examples of no task"] = (new IndexStep { By = new Bm25(), Examples = ["gold"] }, "examples need the task that they are of"),
        ["a metric of other answers"] = (
            new ScoreStep
            {
                Task = Task,
                Examples = ["gold"],
                By = new MetricScorer { Is = new RougeL() },
            },
            "score: rouge_l is for answers of the type text, string, and the task 'weather' answers by 'sky' (label)."
        ),
        ["an index that is none"] = (
            new ScoreStep
            {
                Task = Task,
                Examples = ["gold"],
                By = new SimilarityScorer { Index = "$base" },
            },
            "wrong.by.similarity.index: '$base' makes 'model' where 'index' is expected."
        ),
        ["chosen already"] = (
            new SelectStep
            {
                Task = Task,
                Examples = ["$answered"],
                By = new VoteK
                {
                    Count = 3,
                    Index = "$vectors",
                    First = "$voted",
                },
            },
            "vote_k: 3 are to be chosen, and $voted has chosen 3 already."
        ),
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_wrong_is_told_in_words(string what)
    {
        var (verb, message) = Wrongs[what];
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            curated.RunAsync(new(curated.Steps) { ["wrong"] = new() { Verb = verb } })
        );
        Assert.True(error is RunException or WordException, $"{error}");
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static Tensor Mean(LoadedModel model, string text)
    {
        var ids = new List<int>(model.Tokenizer.Prefix);
        model.Tokenizer.Encode(Encoding.UTF8.GetBytes(text), special: false, ids);
        using var ungraded = no_grad();
        var rows = model.Model.TokenEmbedding.index_select(0, tensor(ids.Concat(model.Tokenizer.Suffix).Select(i => (long)i).ToArray()));
        var mean = rows.to(ScalarType.Float64).mean([0L]); // [hidden]
        return mean / mean.norm();
    }

    private static double LogProbability(LoadedModel model, int[] ids, int first)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        var states = model.Decoder.Hidden(tensor(ids.Select(i => (long)i).ToArray()).unsqueeze(0));
        var scores = nn.functional.log_softmax(model.Model.Logits(states)[0].to(ScalarType.Float64), 1); // [sequence, vocabulary]
        return Enumerable.Range(first, ids.Length - first).Sum(i => scores[i - 1, ids[i]].item<double>());
    }

    private static string Input(Example example) => $"{example.Language} {ExampleText.Of(null, Task, example)}";

    private static string Sky(Example example) => Task.Items(example.OutputValue)[0].Value;

    private static Task<FinishedPipeline> RunAsync(
        TempFolder runs,
        IReadOnlyDictionary<string, PipelineStep> steps,
        IProgress<Torch.Training.TrainingProgress>? progress = null
    ) =>
        new Pipeline { Name = "curate", Steps = steps }.RunAsync(
            new PipelineOptions
            {
                Runs = new RunOptions { RunsDirectory = runs.Path, ProjectDirectory = TaskCatalog.Default.ProjectDirectory },
            },
            progress,
            TestContext.Current.CancellationToken
        );

    /// <summary>Passes gold on, and puts another model into a folder.</summary>
    [Keyword("swap"), Makes("examples")]
    public sealed record SwapStep : Step
    {
        public DslTask Task => WeatherPrompt.Default.Task;

        public required string Folder { get; init; }

        [StepResult("index")]
        public required string After { get; init; }

        public override void Shape(StepShape shape) { }

        public override void Run(StepContext step)
        {
            step.Write(Task, step.Read(Task, ["gold"]));
            File.WriteAllText(Path.Combine(Folder, "chat_format.json"), """{"plain": {}}""");
        }
    }

    /// <summary>One run of all steps.</summary>
    public sealed class Curated : IAsyncLifetime
    {
        private readonly TempFolder runs = new();
        private IReadOnlyDictionary<string, PlannedStep> finished = new Dictionary<string, PlannedStep>();

        public PlannedStep this[string step] => finished[step];

        public List<string> Notices { get; } = [];

        public Dictionary<string, PipelineStep> Steps { get; } =
            new Dictionary<string, Step>
            {
                ["base"] = new TrainStep { Recipe = Recipes.Tiny with { Budget = new() { Steps = 4 } } },
                // All that there are.
                ["gold"] = new DataStep
                {
                    Task = Task,
                    Sources =
                    [
                        new Data.Sources.JsonLines { Path = "desk/weather.jsonl", Language = "en" },
                        new Data.Sources.JsonLines { Path = "desk/weather.zh.jsonl", Language = "zh" },
                    ],
                },
                ["texts"] = new RenderStep
                {
                    Task = Task,
                    Prompt = WeatherPrompt.Default,
                    Examples = ["$gold"],
                },
                ["read"] = new TrainStep
                {
                    Recipe = Recipes.Tiny with
                    {
                        Tasks = [],
                        Objective = new CausalLm(),
                        Budget = new() { Steps = 2 },
                    },
                    Corpus = ["$texts"],
                },
                ["answered"] = new GenerateStep
                {
                    Model = "$base",
                    Task = Task,
                    Prompt = WeatherPrompt.Default,
                    From = "$gold",
                    Keep = [Kept.Confidence],
                },
                ["by_tokens"] = Likelihood(LikelihoodNorm.Tokens),
                ["by_sum"] = Likelihood(LikelihoodNorm.None),
                ["by_both"] = Likelihood(LikelihoodNorm.Unconditional),
                ["usual"] = Score("gold", new PerplexityScorer { Model = "$base" }),
                ["sure"] = Score("$gold", new ConfidenceScorer { Model = "$base", Prompt = WeatherPrompt.Default }),
                ["right"] = Score("$answered", new MetricScorer { Is = new Accuracy(), Against = ["$gold"] }),
                ["strange"] = Score("$answered", new MetricScorer { Is = new Accuracy() }),
                ["vectors"] = Index(new Vectors { Model = "$base" }),
                ["layer"] = Index(new Vectors { Model = "$base", Layer = 0 }),
                ["words"] = Index(new Bm25()),
                ["near"] = Score("$answered", new SimilarityScorer { Index = "$vectors" }),
                ["near_layer"] = Score("$gold", new SimilarityScorer { Index = "$layer", Nearest = 5 }),
                ["worded"] = Score("$gold", new SimilarityScorer { Index = "$words", Nearest = 2 }),
                ["best"] = Select("$by_tokens", new Top { Count = 2, Per = TextExpression.Of<Weather.Example>(e => $"{e.Output.Sky}") }),
                ["worst"] = Select("$by_tokens", new Top { Share = 0.5, Lowest = true }),
                ["voted"] = Select("$answered", new VoteK { Count = 3, Index = "$vectors" }),
                ["voted_otherwise"] = Select("$shuffled", new VoteK { Count = 3, Index = "$vectors" }),
                ["voted_on"] = Select(
                    "$answered",
                    new VoteK
                    {
                        Count = 5,
                        Index = "$vectors",
                        First = "$voted",
                    }
                ),
                ["far"] = Select("$gold", new Diverse { Count = 4, Index = "$vectors" }),
                ["too_many"] = Select("$gold", new Diverse { Count = 1000, Index = "$vectors" }),
            }
                .ToDictionary(step => step.Key, step => new PipelineStep { Verb = step.Value })
                .Concat([
                    KeyValuePair.Create(
                        "filtered",
                        new PipelineStep
                        {
                            Verb = new DataStep { Task = Task, Examples = ["$right"] },
                            Stages =
                            [
                                new Filter
                                {
                                    Where = Condition.Of<Weather.Example>(e => e.Origin.Score > 0.5 && e.Origin.Confidence > 0, "score"),
                                },
                            ],
                        }
                    ),
                    KeyValuePair.Create(
                        "shuffled",
                        new PipelineStep
                        {
                            Verb = new DataStep { Task = Task, Examples = ["$answered"] },
                            Stages = [new Shuffle()],
                        }
                    ),
                ])
                .ToDictionary();

        public IReadOnlyList<Example> Examples(string step) =>
            [.. new StepExamples(this[step].Folder, Task).Read(TestContext.Current.CancellationToken)];

        public Task<FinishedPipeline> RunAsync(Dictionary<string, PipelineStep> steps) => CurationTests.RunAsync(runs, steps);

        public async ValueTask InitializeAsync()
        {
            var run = await CurationTests.RunAsync(runs, Steps, new Told(Notices));
            finished = run.Steps.ToDictionary(step => step.Name);
        }

        public ValueTask DisposeAsync()
        {
            runs.Dispose();
            return ValueTask.CompletedTask;
        }

        private static ScoreStep Likelihood(LikelihoodNorm norm) =>
            Score(
                "$gold",
                new LikelihoodScorer
                {
                    Model = "$base",
                    Prompt = WeatherPrompt.Default,
                    Normalize = norm,
                    Rows = 3,
                }
            );

        private static ScoreStep Score(string examples, Scorer by) =>
            new()
            {
                Task = Task,
                Examples = [examples],
                By = by,
            };

        private static SelectStep Select(string examples, Selection by) =>
            new()
            {
                Task = Task,
                Examples = [examples],
                By = by,
            };

        private static IndexStep Index(IndexMethod by) =>
            new()
            {
                By = by,
                Task = Task,
                Examples = ["$gold"],
            };

        private sealed class Told(List<string> notices) : IProgress<Torch.Training.TrainingProgress>
        {
            public void Report(Torch.Training.TrainingProgress value)
            {
                if (value.Notice is { } notice)
                    notices.Add(notice);
            }
        }
    }
}
