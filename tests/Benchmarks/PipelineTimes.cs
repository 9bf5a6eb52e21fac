using System.Globalization;
using TaskDsl.Data.Sources;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;

namespace TaskDsl.Benchmarks;

/// <summary>
/// What a pipeline costs beside its steps: the check of 200 finished steps, and a recipe trained by a step against the same run by hand, in
/// turns.
/// </summary>
internal static class PipelineTimes
{
    private const int Finished = 200;

    /// <param name="args">Rounds (7) and training steps (60).</param>
    public static void Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;
        var budget = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 60;
        var project = Directory.CreateTempSubdirectory("taskdsl-bench-").FullName;
        try
        {
            File.WriteAllLines(Path.Combine(project, "clauses.jsonl"), Enumerable.Range(0, 500).Select(DataMemory.Record));
            File.WriteAllText(
                Path.Combine(project, "corpus.txt"),
                string.Concat(Enumerable.Range(0, 4000).Select(i => $"The fee of invoice {i} falls due in {i % 90} days.\n"))
            );
            Check(project, rounds);
            Train(project, rounds, budget);
        }
        finally
        {
            Directory.Delete(project, recursive: true);
        }
    }

    private static void Check(string project, int rounds)
    {
        var gold = new PipelineStep
        {
            Verb = new DataStep { Task = Clause.Task, Sources = [new JsonLines { Path = "clauses.jsonl", Language = "en" }] },
        };
        var steps = new Dictionary<string, PipelineStep> { ["step1"] = gold };
        for (var i = 2; i <= Finished; i++)
            steps[$"step{i}"] = new PipelineStep
            {
                Verb = new DataStep { Task = Clause.Task, Examples = [$"$step{i - 1}"] },
            };
        var pipeline = new Pipeline
        {
            Name = "many",
            Summary = "Two hundred steps.",
            Steps = steps,
        };
        var options = new PipelineOptions { Runs = new RunOptions { ProjectDirectory = project } };
        var first = Child.Time(() => pipeline.RunAsync(options).GetAwaiter().GetResult());
        var times = Enumerable.Range(0, rounds).Select(_ => Child.Time(() => pipeline.RunAsync(options).GetAwaiter().GetResult()));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Finished} steps of 500 records: run in {first / 1e3:0.0} s; found finished in {Child.Median(times):0} ms"
            )
        );
    }

    private static void Train(string project, int rounds, int budget)
    {
        var recipe = new Recipe
        {
            Name = "lm",
            Summary = "A small decoder.",
            Model = new NewDecoder
            {
                VocabularySize = 1000,
                HiddenSize = 128,
                Layers = 4,
                Heads = 4,
            },
            Corpus = ["corpus.txt"],
            Objective = new CausalLm(),
            Batch = new Batch { Rows = 4, SequenceLength = 128 },
            Budget = new Budget { Steps = budget },
        };
        var pipeline = new Pipeline
        {
            Name = "one",
            Summary = "One run.",
            Steps = new Dictionary<string, PipelineStep> { ["model"] = new() { Verb = new TrainStep { Recipe = recipe } } },
        };
        var (byStep, byHand) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            double[] times =
            [
                Child.Time(() => pipeline.RunAsync(new PipelineOptions { Runs = Into("step") }).GetAwaiter().GetResult()),
                Child.Time(() => recipe.RunAsync(Into("hand") with { Evaluate = false }).GetAwaiter().GetResult().Dispose()),
            ];
            if (round < 0)
                continue;
            byStep.Add(times[0]);
            byHand.Add(times[1]);

            // A folder of its own, so that nothing is found finished; both read the same tokens again.
            RunOptions Into(string way) =>
                new()
                {
                    ProjectDirectory = project,
                    RunsDirectory = $"{way}-{round}",
                    TokensDirectory = "tokens",
                };
        }

        var ratios = byStep.Zip(byHand, (step, hand) => step / hand).Order().ToArray();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{budget} training steps: by a pipeline {Child.Median(byStep):0} ms, by hand {Child.Median(byHand):0} ms; ratio "
                    + $"{Child.Median(ratios):0.000} (median of {rounds} pairs, {ratios[0]:0.000} to {ratios[^1]:0.000})"
            )
        );
    }
}
