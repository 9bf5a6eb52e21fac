using TaskDsl.Data.Stages;
using TaskDsl.Metrics;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Indexing;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Pipelines.Scoring;
using TaskDsl.Torch.Pipelines.Selecting;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Tests;

/// <summary>One run of all steps.</summary>
[CollectionDefinition(nameof(Curated))]
public sealed class Curated : IAsyncLifetime, ICollectionFixture<Curated>
{
    private static readonly DslTask Task = WeatherPrompt.Default.Task;
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
            ["inputs"] = new RenderStep
            {
                Task = Task,
                Prompt = WeatherPrompt.Default,
                Examples = ["$gold"],
                Answers = false,
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
            ["agreed"] = Score(
                "$gold",
                new AgreementScorer
                {
                    Model = "$base",
                    Prompt = WeatherPrompt.Default,
                    Answers = 400,
                }
            ),
            ["drawn"] = new GenerateStep
            {
                Model = "$base",
                Task = Task,
                Prompt = WeatherPrompt.Default,
                From = "$gold",
                Answers = 400,
                Seed = 7,
                Generation = new() { Decoding = new Torch.Decoding.Sample() },
            },
            ["right"] = Score("$answered", new MetricScorer { Is = new Accuracy(), Against = ["$gold"] }),
            ["strange"] = Score("$answered", new MetricScorer { Is = new Accuracy() }),
            ["vectors"] = Index(new Vectors { Model = "$base" }),
            ["layer"] = Index(new Vectors { Model = "$base", Layer = 0 }),
            ["words"] = Index(new Bm25()),
            ["of_answers"] = new IndexStep
            {
                By = new Vectors { Model = "$base" },
                Task = Task,
                Examples = ["$answered"],
            },
            ["near_answers"] = Score("$gold", new SimilarityScorer { Index = "$of_answers" }),
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

    public Task<FinishedPipeline> RunAsync(Dictionary<string, PipelineStep> steps) => RunAsync(runs, steps);

    internal static Task<FinishedPipeline> RunAsync(
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

    public async ValueTask InitializeAsync()
    {
        var run = await RunAsync(runs, Steps, new Told(Notices));
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
