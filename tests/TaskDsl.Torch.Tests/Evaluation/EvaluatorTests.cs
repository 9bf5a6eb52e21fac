using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Vocabulary;
using Xunit;

namespace TaskDsl.Torch.Tests.Evaluation;

public sealed class EvaluatorTests : TorchTest
{
    [Fact]
    public async Task Constrained_answers_all_parse_and_free_ones_are_counted_where_they_do_not()
    {
        using var model = TinyModel.Open(); // Its weights are random.
        var prompt = new LettersPrompt(new LettersTask());
        var data = await DatasetBuilder.LoadAsync(prompt.Task, new DataOptions());
        var bound = Assert.Single((await Evaluator.EvaluateAsync(model, [(prompt, data)], new EvaluationPlan { MaxNewTokens = 4 })).Tasks);
        var free = Assert.Single(
            (await Evaluator.EvaluateAsync(model, [(prompt, data)], new EvaluationPlan { MaxNewTokens = 4, Constrained = false })).Tasks
        );
        Assert.Equal(data[SplitName.Test].Count, bound.Examples);
        Assert.Equal(0, bound.Unparsed);
        Assert.True(free.Unparsed > free.Examples / 2);
        Assert.All(free.Samples.Where(s => s.Error is not null), s =>
            Assert.Contains("expected a letter", s.Error, StringComparison.Ordinal)
        );
        Assert.Equal(bound.Samples.Select(s => s.Origin), free.Samples.Select(s => s.Origin));
        Assert.Equal(10, bound.Samples.Count);
        var score = Assert.Single(bound.Metrics);
        Assert.InRange(score.Value, score.Low, score.High);
        Assert.Equal("accuracy", score.Metric);
        Assert.Equal(["accuracy", "validity"], free.Metrics.Select(m => m.Metric));
        Assert.Equal(1 - (double)free.Unparsed / free.Examples, free.Metrics[1].Value, 1e-12);
    }

    [Fact]
    public async Task Confidence_tells_right_answers_from_wrong_ones_as_the_answers_say()
    {
        using var model = TinyModel.Open();
        var prompt = new LettersPrompt(new Sure());
        var data = await DatasetBuilder.LoadAsync(prompt.Task, new DataOptions());
        var report = Assert.Single(Evaluator.Evaluate(model, [(prompt, data)], new EvaluationPlan { MaxNewTokens = 4 }).Tasks);
        var (right, wrong) = (report.Answers.Where(a => a.Right).ToList(), report.Answers.Where(a => !a.Right).ToList());
        Assert.NotEmpty(right);
        Assert.NotEmpty(wrong);
        var pairs = right.SelectMany(r => wrong.Select(w => Math.Sign(r.Confidence!.Value - w.Confidence!.Value))).ToList();
        // Answers are told to five digits, which can make two of them equal.
        var equal = pairs.Count(pair => pair == 0) / 2.0 / pairs.Count;
        Assert.InRange(equal, 0, 0.05);
        var score = report.Metrics.Single(m => m.Metric == "confidence_auroc");
        Assert.Equal(pairs.Average(pair => (pair + 1) / 2.0), score.Value, equal + 1e-12);
        Assert.InRange(score.Value, score.Low, score.High);
    }

    [Fact]
    public async Task A_limit_takes_so_many_of_each_language_and_progress_comes_to_the_end()
    {
        using var model = TinyModel.Open();
        var prompt = new LettersPrompt(new LettersTask(), demonstrations: 2);
        var data = await DatasetBuilder.LoadAsync(prompt.Task, new DataOptions());
        var seen = new List<(int, int)>();
        var report = Evaluator.Evaluate(
            model,
            [(prompt, data)],
            new EvaluationPlan
            {
                MaxNewTokens = 4,
                Limit = 5,
                Rows = 2,
            },
            progress: new Seen(seen)
        );
        Assert.Equal(5, report.Tasks[0].Examples);
        Assert.Equal([(0, 5), (2, 5), (4, 5), (5, 5)], seen);
    }

    [Fact]
    public async Task A_limit_draws_from_the_whole_part_the_same_each_time()
    {
        using var model = TinyModel.Open();
        var prompt = new LettersPrompt(new LettersTask(count: 300));
        var data = await DatasetBuilder.LoadAsync(prompt.Task, new DataOptions());
        string[] all = [.. data[SplitName.Test].Select(e => e.Origin.ToString())];
        var few = Origins(new EvaluationPlan { MaxNewTokens = 2, Limit = 8 }, seed: 1);
        Assert.Equal(
            few,
            Origins(
                new EvaluationPlan
                {
                    MaxNewTokens = 4,
                    Limit = 8,
                    Rows = 3,
                },
                seed: 2
            )
        );
        Assert.Equal(8, few.Distinct().Count());
        Assert.Subset(all.ToHashSet(), few.ToHashSet());
        Assert.Contains(few, origin => Array.IndexOf(all, origin) >= all.Length / 2); // Files are often sorted.

        string[] Origins(EvaluationPlan plan, int seed) =>
            [.. Evaluator.Evaluate(model, [(prompt, data)], plan, seed).Tasks[0].Answers.Select(a => a.Origin)];
    }

    [Fact]
    public async Task Questions_that_cannot_be_put_are_counted_and_wrong()
    {
        using var model = (TinyModel.Source with { MaxPositions = 16 }).Open(
            new ModelRequest { ProjectDirectory = ".", Corpus = ["Q: ABC\na"u8.ToArray()] }
        );
        var prompt = new LettersPrompt(new LettersTask(), demonstrations: 4);
        var data = await DatasetBuilder.LoadAsync(prompt.Task, new DataOptions());
        var report = Assert.Single(Evaluator.Evaluate(model, [(prompt, data)], new EvaluationPlan { MaxNewTokens = 4 }).Tasks);
        Assert.Equal((report.Examples, report.Examples), (report.Unparsed, report.Overlong));
        Assert.Equal(0, Assert.Single(report.Metrics).Value);
    }

    [Theory]
    // A letter and its end stand behind a question of about 3 tokens; each demonstration takes about 6.
    [InlineData(16), InlineData(17), InlineData(18), InlineData(19), InlineData(20), InlineData(21), InlineData(64)]
    public async Task As_many_demonstrations_are_shown_as_fit_and_the_others_counted(int positions)
    {
        using var model = (TinyModel.Source with { MaxPositions = positions }).Open(
            new ModelRequest { ProjectDirectory = ".", Corpus = ["Q: ABC\na"u8.ToArray()] }
        );
        var plan = new DemonstrationPlan { Count = 8, Fit = true };
        var prompt = new LettersPrompt(new LettersTask(), shown: plan);
        using var data = await DatasetBuilder.LoadAsync(prompt.Task, new DataOptions());
        var report = Assert.Single(Evaluator.Evaluate(model, [(prompt, data)], new EvaluationPlan { MaxNewTokens = 4 }).Tasks);
        Assert.Equal(0, report.Overlong);
        // By hand: one less until the question has room for the longest answer.
        using var buffer = new PromptBuffer();
        var shown = new Demonstrations(data[SplitName.Train], plan, 1);
        var expected = 0;
        foreach (var example in data[SplitName.Test])
        {
            var all = shown.Of(prompt.Task, example);
            var left = 0;
            while (left < all.Count && Tokens(all.Skip(left)) + 2 > positions)
                left++;
            expected += left;

            int Tokens(IEnumerable<Example> before)
            {
                buffer.Clear();
                prompt.Render(buffer, example.InputValue, output: null, "en", 0, [.. before], model.LayoutOf(prompt));
                return model.Tokenizer.Encode(buffer).Ids.Length;
            }
        }

        Assert.Equal(expected, report.DemonstrationsLeftOut);
        Assert.Equal(positions < 64, expected > 0);
    }

    [Fact]
    public async Task Demonstrations_are_of_the_training_part()
    {
        using var model = TinyModel.Open();
        var prompt = new Reading();
        var data = await DatasetBuilder.LoadAsync(prompt.Task, new DataOptions());
        Evaluator.Evaluate(model, [(prompt, data)], new EvaluationPlan { MaxNewTokens = 2 });
        var asked = Texts(SplitName.Test);
        Assert.Subset(prompt.Read, asked);
        prompt.Read.ExceptWith(asked);
        Assert.Equal(2, prompt.Read.Count);
        Assert.Subset(Texts(SplitName.Train), prompt.Read);

        HashSet<string> Texts(SplitName split) => [.. data[split].Select(e => ((LettersInput)e.InputValue).Text)];
    }

    [Theory]
    [InlineData(7, false, 0, false), InlineData(6, false, 2, true), InlineData(2, false, 2, true)]
    [InlineData(1, false, 2, true)] // The shortest answer, a letter and its end, has room all the same.
    [InlineData(6, true, 2, true), InlineData(1, true, 5, true)] // Free answers have no more.
    public async Task Gold_answers_that_no_answer_can_equal_are_counted_and_told_before(int most, bool free, int letters, bool told)
    {
        using var model = TinyModel.Open();
        var prompt = new LettersPrompt(new LongLettersTask());
        var data = await DatasetBuilder.LoadAsync(prompt.Task, new DataOptions());
        var plan = new EvaluationPlan { MaxNewTokens = most, Constrained = !free };
        var test = data[SplitName.Test].Select(e => ((LettersOutput)e.OutputValue).Letter[0]).ToArray();
        var unreachable = test.Count(letter => letter < 'a' + letters || letters > 2);
        Assert.Equal(unreachable, Assert.Single(Evaluator.Evaluate(model, [(prompt, data)], plan).Tasks).Unreachable);
        string[] expected =
        [
            $"task 'long': the gold answers of {(letters > 2 ? "all" : $"{unreachable} of")} {test.Length} test examples are longer than "
                + $"max_new_tokens ({most}): the longest has 7 tokens. No answer can equal them; raise max_new_tokens.",
        ];
        Assert.Equal(told ? expected : [], Evaluator.Notices(model, [(prompt, data)], plan));
        // Whole answers are scored: none is too long.
        Assert.Empty(Evaluator.Notices(model, [(prompt, data)], plan with { Decoding = new ByLikelihood() }));
    }

    [Fact]
    public async Task Of_a_limited_measurement_only_what_is_measured_is_told()
    {
        using var model = TinyModel.Open();
        var prompt = new LettersPrompt(new LongLettersTask());
        var data = await DatasetBuilder.LoadAsync(prompt.Task, new DataOptions());
        var plan = new EvaluationPlan
        {
            MaxNewTokens = 1,
            Constrained = false,
            Limit = 3,
        };
        Assert.Contains(
            "of all 3 test examples",
            Assert.Single(Evaluator.Notices(model, [(prompt, data)], plan)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_report_is_the_same_after_it_was_written_and_read()
    {
        var report = new EvaluationReport([
            new TaskReport
            {
                Prompt = "p",
                Task = "t",
                Language = "zh",
                Examples = 3,
                Unparsed = 1,
                Metrics = [new("accuracy", 0.5, double.NaN, 1)],
                Samples = [new("a.jsonl(1)", "{}", "金", "银", null)],
            },
        ]);
        var json = JsonSerializer.Serialize(new RunEvaluation(report, null), DefinitionJson.Options);
        Assert.Contains("金", json, StringComparison.Ordinal);
        var read = JsonSerializer.Deserialize<RunEvaluation>(json, DefinitionJson.Options)!;
        Assert.Equal(json, JsonSerializer.Serialize(read, DefinitionJson.Options));
        Assert.Equal(0.5, read.Before!["p", "zh", "accuracy"]!.Value);
    }

    /// <summary>Notes which examples a model is shown or asked.</summary>
    private sealed class Reading() : LettersPrompt(new LettersTask(), demonstrations: 2)
    {
        public HashSet<string> Read { get; } = [];

        protected override void RenderUser(PromptBuffer buffer, object input, string language, int phrasing)
        {
            Read.Add(((LettersInput)input).Text);
            base.RenderUser(buffer, input, language, phrasing);
        }
    }

    private sealed class Seen(List<(int, int)> values) : IProgress<(int Done, int All)>
    {
        public void Report((int Done, int All) value) => values.Add(value);
    }

    private sealed class Sure() : LettersTask(count: 300)
    {
        public override IReadOnlyList<Metric> Metrics => [new Accuracy(), new ConfidenceAuroc()];
    }
}
