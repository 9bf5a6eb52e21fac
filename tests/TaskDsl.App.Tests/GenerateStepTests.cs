using System.IO.Compression;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Pipelines.Scoring;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Tests;

/// <summary>What a model's answers become, and what is kept of them.</summary>
public sealed class GenerateStepTests(GenerateStepTests.Trained trained) : IClassFixture<GenerateStepTests.Trained>
{
    [Fact]
    public async Task Each_answer_has_what_is_kept_of_it()
    {
        var step = Step with { Keep = [Kept.Confidence, Kept.LogProbability, Kept.Scores, Kept.Samples] };
        var examples = Lines(await RunAsync(step));
        Assert.Equal(4, examples.Count);
        Assert.All(examples, example =>
        {
            var (sky, confidence) = ((string)example["sky"]!, (double)example["$confidence"]!);
            Assert.Equal(Math.Log(confidence), (double)example["$log_probability"]!, 1e-3);
            var scores = example["$scores"]!.AsObject().ToDictionary(s => s.Key, s => (double)s.Value!);
            Assert.Equal(["rainy", "sunny"], scores.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(confidence, scores[sky], 1e-4);
            Assert.InRange(scores.Values.Sum(), 0.5, 1.0001);
            Assert.Equal([sky], example["$samples"]!.AsArray().Select(s => (string?)s));
            Assert.Null(example["$sample"]);
            Assert.Equal(16, ((string)example["$model"]!).Length);
        });
        // What is kept goes with a record through other steps, and does not hinder those who train on it.
        var joined = await trained.RunAsync(
            new()
            {
                ["base"] = trained.Base,
                ["labelled"] = new() { Verb = step },
                ["both"] = new()
                {
                    Verb = new DataStep { Task = step.Task, Examples = ["$labelled"] },
                },
                ["on"] = new()
                {
                    Verb = new TrainStep { Recipe = trained.Recipe, Examples = ["$both"] },
                },
            }
        );
        string[] kept = ["$model", "$confidence", "$log_probability", "$scores", "$samples"];
        Assert.All(Lines(joined.Steps.Single(s => s.Name == "both")).Zip(examples), pair =>
            Assert.All(kept, column => Assert.Equal($"{pair.Second[column]}", $"{pair.First[column]}"))
        );
    }

    /// <summary>What a teacher gave each label is learned by a head; where no one has kept it, that is said at once.</summary>
    [Fact]
    public async Task Scores_that_are_kept_are_learned()
    {
        var student = trained.Recipe with
        {
            Name = "student",
            Objective = new Distillation { Temperature = 1, Weight = 1 },
        };
        var finished = await TaughtAsync([Kept.Scores]);
        Assert.NotEmpty(
            Directory.GetFiles(finished.Steps.Single(s => s.Name == "student").Folder, "*.safetensors", SearchOption.AllDirectories)
        );
        var error = await Assert.ThrowsAsync<RunException>(() => TaughtAsync([]));
        Assert.Contains("no example has a teacher's scores", error.Message, StringComparison.Ordinal);

        Task<FinishedPipeline> TaughtAsync(Kept[] keep) =>
            trained.RunAsync(
                new()
                {
                    ["base"] = trained.Base,
                    ["labelled"] = new() { Verb = Step with { Keep = keep } },
                    ["student"] = new()
                    {
                        Verb = new TrainStep { Recipe = student, Examples = ["$labelled"] },
                    },
                }
            );
    }

    /// <summary>An answer belongs to seed, record and sample: not to the rows of a batch, nor to who else is asked.</summary>
    [Fact]
    public async Task Several_answers_are_drawn_by_their_numbers()
    {
        var step = Step with { Answers = 6, Generation = Drawing, Keep = [Kept.Samples] };
        var together = Lines(await RunAsync(step));
        Assert.Equal(24, together.Count);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => i % 6), together.Select(e => (int)e["$sample"]!));
        Assert.Equal(2, together.Select(e => (string)e["sky"]!).Distinct().Count());
        var apart = Lines(await RunAsync(step with { Generation = Drawing with { Rows = 1 } }));
        Assert.Equal(together.Select(Text), apart.Select(Text));
        var fewer = Lines(await RunAsync(step with { Answers = 2 }));
        Assert.Equal(together.Where(e => (int)e["$sample"]! < 2).Select(Sky), fewer.Select(Sky));
        var other = Lines(await RunAsync(step with { Seed = 2 }));
        Assert.NotEqual(together.Select(Sky), other.Select(Sky));

        // The vote of the same answers.
        var voted = Lines(
            await RunAsync(
                step with
                {
                    Vote = new Vote { Ties = Ties.First },
                    Keep = [Kept.Confidence],
                }
            )
        );
        var won = together
            .Chunk(6)
            .Select(own => own.GroupBy(Sky).MaxBy(same => same.Count())!) // The first of several.
            .Select(same => (same.Key, Math.Round(same.Count() / 6.0, 5)));
        Assert.Equal(won, voted.Select(e => (Sky(e), (double)e["$confidence"]!)));

        static string Sky(JsonNode example) => (string)example["sky"]!;

        static string Text(JsonNode example) => example.ToJsonString();
    }

    [Fact]
    public async Task Inputs_are_read_from_any_format_and_those_of_the_test_part_are_left_out()
    {
        using var data = await DatasetBuilder.LoadAsync(Step.Task, new() { ProjectDirectory = trained.Project }, default);
        var test = data[Data.SplitName.Test].Where(e => e.Language == "en").Select(e => ((Weather.Input)e.InputValue).Note).ToList();
        Assert.NotEmpty(test);
        var csv = trained.Runs.In("notes.csv");
        await File.WriteAllLinesAsync(csv, ["note", "A new note.", .. test.Select(note => $"\"{note}\"")]);
        var made = await RunAsync(Step with { From = csv });
        Assert.Equal("A new note.", (string?)Assert.Single(Lines(made))["note"]);
        var counts = made.Record!.Counts;
        Assert.Equal((1 + test.Count, test.Count), (counts["records"], counts["left out: it stands in the task's test part"]));

        var strange = trained.Runs.In("notes.xyz");
        await File.WriteAllTextAsync(strange, "A note.");
        var error = await Assert.ThrowsAsync<Torch.Evaluation.RunException>(() => RunAsync(Step with { From = strange }));
        Assert.Contains("notes.xyz: no format of data files has such a name; expected *.arrow,", error.Message, StringComparison.Ordinal);
        Assert.Contains("*.csv", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever the file is, one sentence says what is wrong, with the file and, where it is a record, the line.</summary>
    [Theory]
    [InlineData("bad.jsonl", "{\"note\": \"a\"}\n{\"note\": a}\n", "bad.jsonl(2): error: ")]
    [InlineData("cut.jsonl", "{\"note\": \"a\"}\n{\"note\": \"b", "cut.jsonl(2): error: ")]
    [InlineData("list.jsonl", "[1]\n", "list.jsonl: cannot be read: ")]
    [InlineData("text.jsonl", "A note.\n", "text.jsonl: cannot be read: ")]
    [InlineData("other.jsonl", "{\"nte\": \"a\"}\n", "other.jsonl(1): error: field 'nte': found a field that is not declared")]
    [InlineData("empty.jsonl", "", "empty.jsonl: it has no record.")]
    [InlineData("blank.jsonl", "\n\n", "blank.jsonl: it has no record.")]
    [InlineData("cut.json", "[{\"note\": \"a\"}, {\"no", "cut.json: cannot be read: ")]
    [InlineData("notes.json", "\"a\"", "notes.json: cannot be read: ")]
    [InlineData("plain.jsonl.gz", "{\"note\": \"a\"}\n", "plain.jsonl.gz: cannot be read: ")]
    [InlineData("cut.csv", "note\n\"a", "cut.csv")]
    [InlineData("header.csv", "note\n", "header.csv: it has no record.")]
    [InlineData("wrong.parquet", "PAR1", "wrong.parquet: cannot be read: ")]
    public async Task A_broken_file_of_inputs_is_told_with_its_place(string name, string text, string expected)
    {
        var file = trained.Runs.In(name);
        await File.WriteAllTextAsync(file, text);
        await FailsAsync(file, expected);
    }

    [Fact]
    public async Task A_file_of_inputs_that_is_none_is_told()
    {
        await FailsAsync(trained.Runs.In("nowhere.jsonl"), "nowhere.jsonl: there is no such file in");
        var folder = Directory.CreateDirectory(trained.Runs.In("folder.jsonl")).FullName;
        await FailsAsync(folder, "folder.jsonl: it is a folder, expected a file");
        var cut = trained.Runs.In("cut.jsonl.gz");
        await using (var gzip = new GZipStream(File.Create(cut), CompressionLevel.NoCompression))
            await gzip.WriteAsync(
                new byte[1000]
                    .Select(_ => (byte)' ')
                    .ToArray()
            );
        await using (var file = File.OpenWrite(cut))
            file.SetLength(500);
        await FailsAsync(cut, "cut.jsonl.gz: cannot be read: ");
        var bytes = trained.Runs.In("bytes.jsonl");
        await File.WriteAllBytesAsync(bytes, [.. "{\"note\": \""u8, 0xFF, 0xFE, .. "\"}\n"u8]);
        await FailsAsync(bytes, "bytes.jsonl(1): error: ");
    }

    private async Task FailsAsync(string file, string expected)
    {
        var error = await Assert.ThrowsAsync<Torch.Evaluation.RunException>(() => RunAsync(Step with { From = file }));
        Assert.StartsWith("step 'labelled': ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    /// <summary>A step shows what an evaluation shows, and a score of confidence does too.</summary>
    [Fact]
    public async Task Demonstrations_are_shown_before_a_question()
    {
        var prompt = WeatherShownPrompt.Default;
        var step = Step with { Prompt = prompt, Keep = [Kept.Confidence] };
        var run = await trained.RunAsync(
            new()
            {
                ["base"] = trained.Base,
                ["labelled"] = new() { Verb = step },
                ["sure"] = new()
                {
                    Verb = new ScoreStep
                    {
                        Task = step.Task,
                        Examples = ["$labelled"],
                        By = new ConfidenceScorer { Model = "$base", Prompt = prompt },
                    },
                },
            }
        );
        using var data = await DatasetBuilder.LoadAsync(step.Task, new() { ProjectDirectory = trained.Project }, default);
        var shown = new Demonstrations(data[Data.SplitName.Train], prompt.Demonstrations, seed: 1);
        using var model = LoadedModel.Load(Path.Combine(run.Steps[0].Folder, "tiny", "best"));
        var scored = Lines(run.Steps[2]);
        PredictionRequest[] bare = [.. scored.Select(e => new PredictionRequest(prompt, new Weather.Input((string)e["note"]!), "en"))];
        PredictionRequest[] asked = [.. bare.Select(b => b with { Demonstrations = shown.Of(step.Task, b.Input, "en") })];
        Assert.Equal(4, asked.Length);
        Assert.All(asked, question => Assert.Single(question.Demonstrations));
        Assert.Equal(Confidences(asked), scored.Select(e => (double)e["$confidence"]!), (a, b) => Math.Abs(a - b) < 2e-5);
        Assert.Equal(Confidences(asked), scored.Select(e => (double)e["$score"]!), (a, b) => Math.Abs(a - b) < 2e-5);
        Assert.All(Confidences(asked).Zip(Confidences(bare)), both => Assert.True(Math.Abs(both.First - both.Second) > 1e-4));

        IEnumerable<double> Confidences(PredictionRequest[] requests) =>
            new Predictor(model, step.Generation, 1).Predict(requests).Select(answer => answer.Confidence!.Value);
    }

    /// <summary>Which piece of what a record is goes with its answer, through files and steps, so that the pieces can be joined.</summary>
    [Fact]
    public async Task Pieces_are_answered_one_by_one_and_joined()
    {
        var pages = trained.Runs.In("pages.jsonl");
        string[] notes = [.. Enumerable.Range(0, 12).Select(i => $"sun {i}\n\n{(i % 2 == 0 ? "sun" : "rain and clouds")}\n")];
        await File.WriteAllLinesAsync(pages, notes.Select(note => new JsonObject { ["note"] = note, ["sky"] = "sunny" }.ToJsonString()));
        var task = Step.Task;
        var run = await trained.RunAsync(
            new()
            {
                ["base"] = trained.Base,
                ["cut"] = new()
                {
                    Verb = new DataStep { Task = task, Sources = [new Data.Sources.JsonLines { Path = pages }] },
                    Stages =
                    [
                        new Data.Stages.Chunks
                        {
                            Of = "note",
                            Characters = 12,
                            NumberLines = true,
                        },
                    ],
                },
                ["answered"] = new() { Verb = Step with { From = "$cut" } },
                ["whole"] = new()
                {
                    Verb = new DataStep { Task = task, Examples = ["$answered"] },
                    Stages = [new Data.Stages.Join { Of = "note" }],
                },
            }
        );
        var answered = Lines(run.Steps.Single(step => step.Name == "answered"));
        Assert.Equal((36, "[000]sun 0", "[001]", "[002]sun\n"), (answered.Count, Note(answered[0]), Note(answered[1]), Note(answered[2])));
        var counts = run.Steps.Single(step => step.Name == "cut").Record!.Counts;
        Assert.Equal((36, 24), (counts["examples"], counts["more, by cutting"]));
        // Those whose pieces the model says the same of.
        var alike = answered.Chunk(3).Select((own, i) => (own, i)).Where(d => d.own.Select(Sky).Distinct().Count() == 1).ToList();
        var whole = run.Steps.Single(step => step.Name == "whole");
        Assert.Equal(alike.Select(d => (notes[d.i], Sky(d.own[0]))), Lines(whole).Select(e => (Note(e), Sky(e))));
        Assert.Equal(
            12 - alike.Count,
            whole.Record!.Counts.GetValueOrDefault("left out: its pieces differ in 'sky', which join does not name")
        );
        Assert.Equal(24, whole.Record!.Counts["fewer, by joining"]);
        Assert.All(Lines(whole), example => Assert.True(example["$piece"] is null && example["$model"] is not null));

        static string Note(JsonNode example) => (string)example["note"]!;
        static string Sky(JsonNode example) => (string)example["sky"]!;
    }

    private static GenerationPlan Drawing =>
        new()
        {
            Decoding = new Sample { Temperature = 3 },
            MaxNewTokens = 16,
        };

    private static GenerateStep Step =>
        new()
        {
            Model = "$base",
            Task = WeatherPrompt.Default.Task,
            Prompt = WeatherPrompt.Default,
            From = "desk/unlabelled.jsonl",
            Generation = new GenerationPlan { MaxNewTokens = 16 },
        };

    private async Task<PlannedStep> RunAsync(GenerateStep step) =>
        (
            await trained.RunAsync(
                new()
                {
                    ["base"] = trained.Base,
                    ["labelled"] = new() { Verb = step },
                }
            )
        ).Steps[1];

    private static List<JsonNode> Lines(PlannedStep step) =>
        [.. File.ReadLines(Path.Combine(step.Folder, "examples.en.jsonl")).Select(line => JsonNode.Parse(line)!)];

    /// <summary>A model of some thousand weights, trained once for all.</summary>
    public sealed class Trained : IDisposable
    {
        internal TempFolder Runs { get; } = new();

        internal string Project { get; } = TaskCatalog.Default.ProjectDirectory!;

        internal Torch.Recipes.Recipe Recipe { get; } = Recipes.Tiny with { Budget = new() { Steps = 2 } };

        internal PipelineStep Base => new() { Verb = new TrainStep { Recipe = Recipe } };

        public void Dispose() => Runs.Dispose();

        internal Task<FinishedPipeline> RunAsync(Dictionary<string, PipelineStep> steps) =>
            new Pipeline { Name = "made", Steps = steps }.RunAsync(
                new PipelineOptions
                {
                    Runs = new RunOptions { RunsDirectory = Runs.Path, ProjectDirectory = Project },
                },
                cancellationToken: TestContext.Current.CancellationToken
            );
    }
}
