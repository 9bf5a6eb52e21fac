using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Sentences;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests;

/// <summary>Models that answer by what is nearest, and models that answer as one, each what it is for.</summary>
public sealed class NearestStepTests(GenerateStepTests.Trained trained) : IClassFixture<GenerateStepTests.Trained>
{
    private const string Asked = "desk/unlabelled.jsonl";

    [Fact]
    public async Task The_label_whose_name_is_nearest_is_the_answer()
    {
        var finished = await RunAsync(("general", new ZeroShotStep { Model = "$base" }), ("answers", Labels("$general")));
        var vectors = await VectorsAsync(finished["base"], [.. Notes(), "sunny", "rainy"]);
        var expected = vectors[..^2].Select(note => Cosine(note, vectors[^2]) > Cosine(note, vectors[^1]) ? "sunny" : "rainy");
        Assert.Equal(expected, Lines(finished["answers"]).Select(line => (string)line["sky"]!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_nearest_known_examples_decide(int count)
    {
        var step = new NeighboursStep
        {
            Model = "$base",
            Tasks = [WeatherPrompt.Default.Task],
            Count = count,
        };
        var finished = await RunAsync(
            ("gold", new DataStep { Task = WeatherPrompt.Default.Task, Examples = ["gold"] }),
            ("general", step),
            ("answers", Labels("$general"))
        );
        var known = Lines(finished["gold"]);
        var vectors = await VectorsAsync(finished["base"], [.. Notes(), .. known.Select(line => (string)line["note"]!)]);
        var asked = Notes().Length;
        var expected = vectors[..asked]
            .Select(note =>
                known
                    .Zip(vectors[asked..])
                    .OrderByDescending(example => Cosine(note, example.Second))
                    .Take(count)
                    .CountBy(example => (string)example.First["sky"]!)
                    .MaxBy(label => label.Value)
                    .Key
            );
        Assert.Equal(expected, Lines(finished["answers"]).Select(line => (string)line["sky"]!));
    }

    [Fact]
    public async Task Models_of_languages_answer_as_one_each_its_own()
    {
        var finished = await RunAsync(
            ("en", Train("en")),
            ("zh", Train("zh")),
            ("both", new RouteStep { Models = ["$en", "$zh"] }),
            ("near", new RouteStep { Models = ["$en", "$near_zh"] }),
            ("near_zh", new ZeroShotStep { Model = "$base", Languages = ["zh"] }),
            ("scores", Scores("$en", "$zh", "$both", "$near"))
        );
        var table = finished["scores"].Table!.Columns;
        Assert.Equal(Metrics("en", "en"), Metrics("both", "en"));
        Assert.Equal(Metrics("zh", "zh"), Metrics("both", "zh"));
        Assert.Equal(Metrics("en", "en"), Metrics("near", "en"));
        // What each has learnt are its own language's examples alone.
        var (en, zh) = (Trained("en"), Trained("zh"));
        Assert.True(en > 0 && zh > 0);
        Assert.Equal(en + zh, Trained("base"));

        string Metrics(string column, string language) =>
            string.Join(' ', table[column].Tasks.Single(task => task.Language == language).Metrics.Select(m => $"{m.Metric} {m.Value}"));

        long Trained(string step) =>
            RunRecord.Read(new RunFolder(Directory.GetDirectories(finished[step].Folder).Single())).Data!.Values.Sum(data => data.Train);
    }

    [Fact]
    public async Task What_cannot_be_meant_is_said()
    {
        await Refused("no task is given in 'de'", new TrainStep { Recipe = trained.Recipe with { Languages = ["de"] } });
        await Refused("'$en' and '$also' are both for weather in en; one of them", new RouteStep { Models = ["$en", "$also"] });
        await Refused("'$en' and '$near' are both for weather in en; one of them", new RouteStep { Models = ["$en", "$near"] });
        await Refused("it answers, and has no weights of its own", new TrainStep { Recipe = trained.Recipe, Model = "$both" });
        await Refused("it answers, and has no weights of its own", new TrainStep { Recipe = trained.Recipe, Model = "$near" });
        await Refused(
            "it answers, and has no weights of its own",
            new NeighboursStep { Model = "$both", Tasks = [WeatherPrompt.Default.Task] }
        );

        await Refused("the task 'saying' asks for string", new NeighboursStep { Model = "$base", Tasks = [SayingPrompt.Default.Task] });

        async Task Refused(string expected, Step step)
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() =>
                RunAsync(
                    ("en", Train("en")),
                    ("also", Train("en") with { Model = "$base" }),
                    ("both", new RouteStep { Models = ["$en"] }),
                    ("near", new ZeroShotStep { Model = "$base" }),
                    ("wrong", step)
                )
            );
            Assert.True(error is RunException or ModelException or WordException, $"{error}");
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_it_is_not_for_is_counted()
    {
        var finished = await RunAsync(
            ("near_zh", new ZeroShotStep { Model = "$base", Languages = ["zh"] }),
            ("one", new RouteStep { Models = ["$near_zh"] }),
            ("scores", Scores("$one", "$near_zh"))
        );
        var table = finished["scores"].Table!.Columns;
        var english = table["one"].Tasks.Single(task => task.Language == "en");
        Assert.Equal(english.Examples, english.Outcomes[Evaluator.NoModel]);
    }

    private TrainStep Train(string language) => new() { Recipe = trained.Recipe with { Languages = [language] } };

    private static EvaluateStep Scores(params string[] models) =>
        new() { Models = models, Tasks = [new PromptedTask { Task = WeatherPrompt.Default.Task, Prompt = WeatherPrompt.Default }] };

    private static GenerateStep Labels(string model) =>
        new()
        {
            Model = model,
            Task = WeatherPrompt.Default.Task,
            Prompt = WeatherPrompt.Default,
            From = Asked,
        };

    private string[] Notes() =>
        [.. File.ReadLines(Path.Combine(trained.Project, Asked)).Select(line => (string)JsonNode.Parse(line)!["note"]!)];

    private static async Task<float[][]> VectorsAsync(PlannedStep step, string[] texts)
    {
        using var model = SentenceModel.Open(RunModel.Find(Directory.GetDirectories(step.Folder).Single(), prompt: null)!);
        return [.. (await model.GenerateAsync(texts)).Select(vector => vector.Vector.ToArray())];
    }

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));

    private async Task<Dictionary<string, PlannedStep>> RunAsync(params (string Name, Step Verb)[] steps)
    {
        var all = new Dictionary<string, PipelineStep> { ["base"] = trained.Base };
        foreach (var (name, verb) in steps)
            all.Add(name, new() { Verb = verb });
        return (await trained.RunAsync(all)).Steps.ToDictionary(step => step.Name);
    }

    private static List<JsonNode> Lines(PlannedStep step) =>
        [.. File.ReadLines(Path.Combine(step.Folder, "examples.en.jsonl")).Select(line => JsonNode.Parse(line)!)];
}
