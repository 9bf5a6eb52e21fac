using System.Text.Json.Nodes;
using TaskDsl.App.Sessions;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Pipelines.Scoring;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Tests;

/// <summary>A model that chooses among the options that each record brings, from training to report.</summary>
public sealed class ChoiceTests(ChoiceTests.Trained trained) : IClassFixture<ChoiceTests.Trained>
{
    private static readonly DslTask Task = ExamPrompt.Default.Task;

    [Fact]
    public void It_is_learned_in_each_language()
    {
        var tasks = new RunFolder(trained.Model).ReadEvaluation().After!.Tasks;
        Assert.Equal(["en", "zh"], tasks.Select(task => task.Language));
        // Chance has a half.
        Assert.All(tasks, task => Assert.InRange(Assert.Single(task.Metrics).Value, task.Language == "en" ? 0.85 : 0.6, 1));
        // A report has texts: letters say nothing beside a record whose options are in the order of the file.
        Assert.All(tasks[0].Samples, sample =>
        {
            var options = JsonNode.Parse(sample.Input)!["options"]!.AsArray().Select(option => (string)option!).ToArray();
            Assert.Contains(sample.Gold, options);
            Assert.Contains(sample.Answer, options);
        });
    }

    [Fact]
    public async Task Predict_answers_by_the_option_and_tells_each_ones_probability()
    {
        string[] predict = ["predict", trained.Model, "exam"];
        foreach (
            var options in (string[][])
                [
                    ["cup", "dog"],
                    ["dog", "cup"],
                    ["box", "ant"],
                    ["ant", "box"],
                ]
        )
        {
            var input = $$"""{"question": "Which is alive?", "options": ["{{string.Join("\", \"", options)}}"]}""";
            var (code, printed) = await Desk.RunAsync([.. predict, "--scores", "--input", input]);
            Assert.True(code == ExitCode.Success, printed);
            var json = JsonNode.Parse(printed)!;
            var labels = json["labels"]!.AsObject().ToDictionary(label => label.Key, label => (double)label.Value!);
            Assert.Equal(options.Order(StringComparer.Ordinal), labels.Keys.Order(StringComparer.Ordinal));
            Assert.InRange(labels.Values.Sum(), 0.9, 1.0001);
            var answer = (string)json["record"]!["answer"]!;
            Assert.Equal(answer, labels.MaxBy(label => label.Value).Key);
            Assert.Equal((double)json["confidence"]!, labels[answer], 1e-4);
        }
    }

    [Theory]
    [InlineData("""{"question": "?", "options": []}""", "field 'options': found no options, expected from 1 to 26, as many as letters")]
    [InlineData("""{"question": "?", "options": ["a", "a"]}""", "field 'options[1]': found 'a' a second time, expected each option once")]
    [InlineData("""{"question": "?", "options": "a"}""", "field 'options': found the text 'a', expected a list […]")]
    [InlineData("""{"question": "?"}""", "field 'options': found nothing, expected a value: the field is missing")]
    public async Task Predict_says_what_cannot_be_chosen_among(string input, string expected)
    {
        var (code, printed) = await Desk.RunAsync("predict", trained.Model, "exam", "--input", input);
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains(expected, printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_csharp_the_answer_is_the_options_text()
    {
        using var model = LoadedModel.Load(Path.Combine(trained.Model, "best"));
        ValueList<string>[] options =
        [
            ["hen", "key"],
            ["key", "hen"],
            ["pen", "fox"],
        ];
        Exam.Input[] inputs = [.. options.Select(each => new Exam.Input("Which is alive?", each))];
        var answers = await model.PredictAllAsync(Exam.Task, ExamPrompt.Default, inputs);
        Assert.All(answers.Zip(options), answer => Assert.Contains(answer.First.Answer, answer.Second));
        var error = await Assert.ThrowsAsync<InputException>(() =>
            model.PredictAsync(Exam.Task, ExamPrompt.Default, new Exam.Input("?", ["a", "b", "a"]))
        );
        Assert.Equal("task 'exam': field 'options[2]': found 'a' a second time, expected each option once.", error.Message);
    }

    [Fact]
    public void A_prompt_shows_letters_and_a_demonstration_its_own()
    {
        using var buffer = new PromptBuffer();
        var prompt = ExamShownPrompt.Default;
        var (first, second) = (new Exam.Input("Which is alive?", ["cup", "dog"]), new Exam.Input("Which is alive?", ["key", "hen", "box"]));
        var shown = new Exam.Example(first, new Exam.Output("dog")) { Language = "en" };
        prompt.Render(buffer, second, new Exam.Output("hen"), "en", 0, [shown]);
        var text = buffer.ToString();
        Assert.Contains($"{Letters(first)}\nAnswer:", text, StringComparison.Ordinal);
        Assert.Contains($"{Letters(second)}\nAnswer:", text, StringComparison.Ordinal);
        var answers = text.Split("<|im_start|>assistant\n").Skip(1).Select(answer => answer[..1]).ToArray();
        Assert.Equal([LetterOf(first, "dog"), LetterOf(second, "hen")], answers);

        static string Letters(Exam.Input input) =>
            string.Join('\n', Codecs.LetteredOptions.Of(Exam.Task, input, "options", input.Options).Shown);

        static string LetterOf(Exam.Input input, string text) =>
            Codecs.LetteredOptions.Of(Exam.Task, input, "options", input.Options).Letter(text);
    }

    [Fact]
    public async Task Steps_generate_score_and_measure_it()
    {
        var folder = trained.Model;
        var prompt = ExamPrompt.Default;
        var steps = new Dictionary<string, Step>
        {
            ["gold"] = new DataStep { Task = Task, Examples = [NamedExamples.Gold] },
            ["answered"] = new GenerateStep
            {
                Model = folder,
                Task = Task,
                Prompt = ExamShownPrompt.Default,
                From = "$gold",
                Keep = [Kept.Confidence, Kept.LogProbability, Kept.Scores],
                Generation = new() { MaxNewTokens = 4 },
            },
            ["right"] = Score("$answered", new MetricScorer { Is = new Metrics.Accuracy(), Against = ["$gold"] }),
            ["likely"] = Score("$gold", new LikelihoodScorer { Model = folder, Prompt = prompt }),
            ["sure"] = Score("$gold", new ConfidenceScorer { Model = folder, Prompt = prompt }),
            ["scores"] = new EvaluateStep
            {
                Models = [folder],
                Tasks = [new PromptedTask(prompt)],
                Shots = [0, 1],
                Generation = new() { MaxNewTokens = 4 },
            },
        };
        var run = await trained.RunAsync(steps);
        var answered = Lines(run, "answered");
        Assert.All(answered, e => Assert.Contains((string)e["answer"]!, e["options"]!.AsArray().Select(option => (string)option!)));
        Assert.All(answered, e => Assert.Equal(Math.Log((double)e["$confidence"]!), (double)e["$log_probability"]!, 1e-3));
        // Of each option, by its text: letters are drawn for each record anew.
        Assert.All(answered, e =>
        {
            var scores = e["$scores"]!.AsObject().ToDictionary(score => score.Key, score => (double)score.Value!);
            Assert.Equal(e["options"]!.AsArray().Select(option => (string)option!).Order(), scores.Keys.Order());
            Assert.Equal((string)e["answer"]!, scores.MaxBy(score => score.Value).Key);
            Assert.Equal((double)e["$confidence"]!, scores[(string)e["answer"]!], 1e-4);
            Assert.InRange(scores.Values.Sum(), 0.9, 1.0001);
        });
        var gold = Lines(run, "gold").ToDictionary(e => $"{e["question"]} {e["options"]}", e => (string)e["answer"]!);
        Assert.All(Lines(run, "right"), e =>
            Assert.Equal((string)e["answer"]! == gold[$"{e["question"]} {e["options"]}"] ? 1 : 0, (double)e["$score"]!)
        );
        // It has learned them.
        Assert.True(Lines(run, "likely").Average(e => (double)e["$score"]!) > Math.Log(0.7));
        Assert.True(Lines(run, "sure").Average(e => (double)e["$score"]!) > 0.7);
        var columns = run.Steps.Single(s => s.Name == "scores").Table!.Columns;
        // Each record has options of its own: no answer is the most frequent one, and chance has a half of two.
        Assert.DoesNotContain(Baselines.Majority, columns.Keys);
        Assert.All(columns[Baselines.Random].Tasks, task => Assert.Equal(0.5, Assert.Single(task.Metrics).Value));
    }

    [Fact]
    public async Task A_head_over_classes_refuses_it_by_its_name()
    {
        var recipe = Recipes.TinyExam with
        {
            Name = "head",
            Objective = new Classification(),
            Budget = new() { Steps = 1 },
        };
        var error = await Assert.ThrowsAnyAsync<Exception>(() => trained.RunAsync(new() { ["head"] = new TrainStep { Recipe = recipe } }));
        Assert.Contains(
            "classification: the output 'answer' of task 'exam' is of type choice; expected label, labels, float or int.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private static ScoreStep Score(string examples, Scorer by) =>
        new()
        {
            Task = Task,
            Examples = [examples],
            By = by,
        };

    private static List<JsonNode> Lines(FinishedPipeline run, string step) =>
        [
            .. File.ReadLines(Path.Combine(run.Steps.Single(s => s.Name == step).Folder, "examples.en.jsonl"))
                .Select(line => JsonNode.Parse(line)!),
        ];

    /// <summary>A model that was trained once for all.</summary>
    public sealed class Trained : IAsyncLifetime
    {
        private readonly TempFolder runs = new();

        internal string Model => runs.In("tiny_exam");

        public async ValueTask InitializeAsync()
        {
            var (code, printed) = await Desk.RunAsync("train", "tiny_exam", "--out", runs.Path);
            Assert.True(code == ExitCode.Success, printed);
        }

        public ValueTask DisposeAsync()
        {
            runs.Dispose();
            return ValueTask.CompletedTask;
        }

        internal Task<FinishedPipeline> RunAsync(Dictionary<string, Step> steps) =>
            new Pipeline
            {
                Name = "choices",
                Steps = steps.ToDictionary(step => step.Key, step => new PipelineStep { Verb = step.Value }),
            }.RunAsync(
                new PipelineOptions
                {
                    Runs = new RunOptions { RunsDirectory = runs.Path, ProjectDirectory = TaskCatalog.Default.ProjectDirectory! },
                },
                cancellationToken: TestContext.Current.CancellationToken
            );
    }
}
