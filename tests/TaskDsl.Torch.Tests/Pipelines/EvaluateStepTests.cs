using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Vocabulary;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines;

/// <summary>Models of random weights, asked in many ways.</summary>
public sealed class EvaluateStepTests : IDisposable
{
    private static readonly LettersTask Task = new(count: 120);

    private readonly TempFolder folder = new();
    private readonly EvaluateStep step;

    public EvaluateStepTests() =>
        step = new EvaluateStep
        {
            Models = [TinyModel.Write(folder.File("tiny"))],
            Tasks = [new PromptedTask(new LettersPrompt(Task))],
            Generation = new GenerationPlan { MaxNewTokens = 4 },
        };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_grid_has_the_numbers_of_each_cell_by_itself()
    {
        var grid = step with { Phrasings = ["all"], Shots = [0, 1, 3], Decoding = [new Greedy(), new Sample { Temperature = 2 }] };
        var table = await TableAsync(grid);
        Assert.Equal(2 * 3 * 2 + 2, table.Columns.Count);
        Assert.Equal("tiny[phrasing=1,shots=0,decoding=greedy]", table.Columns.Keys.First());
        Assert.Equal(["majority", "random"], table.Columns.Keys.TakeLast(2));
        foreach (var (phrasing, shots, decoding) in new[] { (1, 0, 0), (2, 1, 1), (2, 3, 0), (1, 3, 1) })
        {
            var alone = step with { Phrasings = [$"{phrasing}"], Shots = [shots], Decoding = [grid.Decoding[decoding]] };
            var word = decoding == 0 ? "greedy" : "sample";
            var name = $"tiny[phrasing={phrasing},shots={shots},decoding={word}]";
            var (one, of) = ((await TableAsync(alone)).Columns[name], table.Columns[name]);
            Assert.Equal(JsonSerializer.Serialize(one, DefinitionJson.Options), JsonSerializer.Serialize(of, DefinitionJson.Options));
        }

        // A cell's shots are what a prompt's own number of them is.
        using var model = LoadedModel.Load(step.Models[0]);
        using var data = await DatasetBuilder.LoadAsync(Task, new DataOptions());
        var threefold = Evaluator.Evaluate(
            model,
            [(new LettersPrompt(Task, demonstrations: 3), data)],
            new EvaluationPlan { MaxNewTokens = 4, Decoding = new Greedy() },
            asking: new QuestionPlan { Phrasing = 1 }
        );
        var three = table.Columns["tiny[phrasing=2,shots=3,decoding=greedy]"];
        Assert.Equal(
            threefold.Tasks[0].Answers.Select(a => (a.Answer, a.Confidence)),
            three.Tasks[0].Answers.Select(a => (a.Answer, a.Confidence))
        );

        // What is not crossed is as it was before there were grids.
        var plain = await TableAsync(step);
        Assert.Equal(Answers(plain, "tiny"), Answers(table, "tiny[phrasing=1,shots=0,decoding=greedy]"));
        Assert.Equal(["tiny", "majority", "random"], plain.Columns.Keys);
        // And the ways differ at all.
        Assert.True(
            table.Columns.Keys.Where(c => c.StartsWith("tiny", StringComparison.Ordinal)).Select(c => Answers(table, c)).Distinct().Count()
                > 3
        );
    }

    [Fact]
    public async Task A_prompt_is_a_column_and_its_task_the_row()
    {
        Prompt[] prompts = [new LettersPrompt(Task), new Named("shouted", new LettersPrompt(Task, demonstrations: 2))];
        var table = await TableAsync(step with { Tasks = [], Prompts = prompts });
        Assert.Equal(["tiny[prompt=letters]", "tiny[prompt=shouted]", "majority", "random"], table.Columns.Keys);
        Assert.All(TableRow.Of(table), row => Assert.Equal("letters", row.Name));
        Assert.Equal(4, Assert.Single(TableRow.Of(table)).Cells.Count);
        // A limit takes the same examples whatever the prompt, so that they can be paired.
        var limited = await TableAsync(step with { Tasks = [], Prompts = prompts, Limit = 5 });
        Assert.Single(limited.Columns.Values.Select(c => string.Join(' ', c.Tasks[0].Answers.Select(a => a.Origin))).Distinct());
    }

    [Fact]
    public async Task Baselines_are_computed_from_the_training_part_and_not_drawn()
    {
        var table = await TableAsync(step);
        using var data = await DatasetBuilder.LoadAsync(Task, new DataOptions());
        var most = data[SplitName.Train].CountBy(Letter).MaxBy(letter => letter.Value).Key;
        var test = data[SplitName.Test].Select(Letter).ToList();
        Assert.Equal((double)test.Count(letter => letter == most) / test.Count, Score(table, "majority"), 1e-12);
        Assert.Equal(0.2, Score(table, "random"), 1e-12);
        Assert.All(table.Columns["majority"].Tasks[0].Answers, a => Assert.Equal(most, a.Answer));
        Assert.Equal(
            table.Columns["tiny"].Tasks[0].Answers.Select(a => a.Origin),
            table.Columns["random"].Tasks[0].Answers.Select(a => a.Origin)
        );
        // They can be expected of like others, and be paired with them.
        Assert.Contains(table.Differences, d => (d.Left, d.Right) == ("tiny", "random"));

        static string Letter(Example example) => ((LettersOutput)example.OutputValue).Letter;
    }

    [Fact]
    public async Task Costs_are_rows_of_their_own_and_change_no_score()
    {
        var table = await TableAsync(
            step with
            {
                Costs = [Cost.TokensIn, Cost.TokensOut, Cost.Weights, Cost.Bytes, Cost.Seconds, Cost.Memory],
            }
        );
        var plain = await TableAsync(step);
        Assert.Equal(Answers(plain, "tiny"), Answers(table, "tiny"));
        using var model = TinyModel.Open();
        Assert.Equal(model.Model.WeightCount, Score(table, "tiny", "weights"));
        Assert.Equal(model.Model.WeightBytes, Score(table, "tiny", "bytes"));
        var report = table.Columns["tiny"].Tasks[0];
        Assert.InRange(Score(table, "tiny", "tokens_out"), report.Examples, report.Examples * 5);
        Assert.True(Score(table, "tiny", "tokens_in") > report.Examples);
        Assert.True(Score(table, "tiny", "seconds") > 0);
        Assert.True(Score(table, "tiny", "memory") > 10_000_000);
    }

    [Fact]
    public async Task Free_answers_are_told_apart_by_what_is_wrong_with_them()
    {
        var table = await TableAsync(step with { Generation = step.Generation with { Constrained = false } });
        var report = table.Columns["tiny"].Tasks[0];
        Assert.Equal(report.Examples, report.Outcomes.Values.Sum());
        Assert.Equal(report.Unparsed, report.Outcomes.Where(o => o.Key is not ("right" or "wrong")).Sum(o => o.Value));
        Assert.Contains(report.Metrics, m => m.Metric == "validity");
        using var model = LoadedModel.Load(step.Models[0]);
        using var data = await DatasetBuilder.LoadAsync(Task, new DataOptions());
        var prompt = step.Tasks[0].Prompt;
        var answers = new Predictor(model, step.Generation with { Constrained = false }).Predict([
            .. data[SplitName.Test].Select(e => new PredictionRequest(prompt, e.InputValue, e.Language)),
        ]);
        Assert.Equal(
            answers.Count(a => a.Output is null && !a.Closed && a.Text.Trim().Length > 0),
            report.Outcomes.GetValueOrDefault("cut off")
        );
        Assert.Equal(
            answers.Count(a => a.Output is null && a.Closed && a.Text.Trim().Length > 0),
            report.Outcomes.GetValueOrDefault("not parsed")
        );
        Assert.Equal(answers.Count(a => a.Output is null && a.Text.Trim().Length == 0), report.Outcomes.GetValueOrDefault("empty"));
        Assert.Contains(TableSheet.Of(table), sheet => sheet.Title == "Answers");
    }

    [Fact]
    public async Task The_files_say_the_same_as_the_table()
    {
        var table = await TableAsync(step with { Shots = [0, 1, 2], Phrasings = ["all"] });
        var place = Directory.GetDirectories(folder.File("runs/p/scores")).Single();
        var lines = await File.ReadAllLinesAsync(Path.Combine(place, "table.csv"));
        Assert.Equal("row,language,metric,column,phrasing,shots,value,low,high,examples", lines[0]);
        Assert.Equal(1 + 6 + 2, lines.Length);
        var markdown = await File.ReadAllTextAsync(Path.Combine(place, "table.md"));
        Assert.Contains("| majority |", markdown, StringComparison.Ordinal);
        Assert.Contains("## Over phrasings", markdown, StringComparison.Ordinal);
        Assert.Contains("Holm's correction", markdown, StringComparison.Ordinal);
        Assert.Equal(["tiny[phrasing=1]", "tiny[phrasing=2]"], table.Curves.Select(c => c.Column));
        Assert.All(table.Curves, curve => Assert.Equal([0, 1, 2], curve.Points.Select(p => p.At)));
        var spread = table.Spreads[0];
        double[] two = [Score(table, "tiny[phrasing=1,shots=0]"), Score(table, "tiny[phrasing=2,shots=0]")];
        Assert.Equal((two.Min(), two.Max(), two.Average()), (spread.Worst, spread.Best, spread.Mean));
    }

    [Theory]
    [InlineData("shots", "evaluate.shots: -1 is not allowed; expected 0 to 64.")]
    [InlineData("twice", "evaluate.shots: '4' stands there twice.")]
    [InlineData("phrasing", "evaluate.phrasings: no prompt has a phrasing 3; the most that one has is 2.")]
    [InlineData("none", "evaluate.phrasings: 'first' is not allowed; expected a text that matches all|[1-9][0-9]{0,2}.")]
    [InlineData("language", "evaluate.languages: no task is given in 'zh'; expected one of en")]
    [InlineData("board", "evaluate.board: the task 'other' is not measured here.")]
    [InlineData("nothing", "evaluate.tasks: name tasks, or prompts whose tasks are measured; one of the two.")]
    public async Task What_cannot_be_measured_is_told_before_anything_runs(string what, string expected)
    {
        var wrong = what switch
        {
            "shots" => step with { Shots = [0, -1] },
            "twice" => step with { Shots = [4, 0, 4] },
            "phrasing" => step with { Phrasings = ["1", "3"] },
            "none" => step with { Phrasings = ["first"] },
            "language" => step with { Languages = ["zh"] },
            "board" => step with { Board = new Dictionary<string, IReadOnlyList<DslTask>> { ["law"] = [new LettersTask("other")] } },
            _ => step with { Tasks = [] },
        };
        var error = await Assert.ThrowsAsync<WordException>(() => TableAsync(wrong));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static double Score(StepTable table, string column, string metric = "accuracy") =>
        table.Columns[column].Tasks[0].Metrics.Single(m => m.Metric == metric).Value;

    private static string Answers(StepTable table, string column) =>
        string.Join(' ', table.Columns[column].Tasks[0].Answers.Select(a => a.Answer ?? "-"));

    private async Task<StepTable> TableAsync(EvaluateStep evaluate)
    {
        var pipeline = new Pipeline
        {
            Name = "p",
            Steps = new Dictionary<string, PipelineStep> { ["scores"] = new() { Verb = evaluate } },
        };
        var options = new PipelineOptions
        {
            Runs = new RunOptions { RunsDirectory = folder.File("runs"), ProjectDirectory = folder.Path },
        };
        var finished = await pipeline.RunAsync(options, cancellationToken: TestContext.Current.CancellationToken);
        return finished.Steps.Single().Table!;
    }

    /// <summary>A prompt of another name.</summary>
    private sealed class Named(string name, Prompt prompt) : Prompt
    {
        public override string Name => name;

        public override string Summary => "";

        public override DslTask Task => prompt.Task;

        public override DemonstrationPlan Demonstrations => prompt.Demonstrations;

        public override string Fingerprint => name;

        public override int Phrasings(string language) => 1;

        protected override bool HasSystem(string language) => false;

        protected override void RenderSystem(PromptBuffer buffer, object input, string language) { }

        protected override void RenderUser(PromptBuffer buffer, object input, string language, int phrasing) =>
            buffer.Append(((LettersInput)input).Text);

        protected override void RenderAnswerPrefix(PromptBuffer buffer, object input, string language) { }
    }
}
