using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Indexing;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Pipelines.Scoring;
using TaskDsl.Torch.Sentences;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.App.Tests;

/// <summary>Steps that render, index, score and select, over a model of some thousand weights.</summary>
[Collection(nameof(Curated))]
public sealed class CurationTests(Curated curated)
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
    public void Texts_without_answers_are_those_of_the_inputs()
    {
        var (with, without) = (new StepTexts(curated["texts"].Folder).Read(), new StepTexts(curated["inputs"].Folder).Read());
        Assert.Equal(with.Count, without.Count);
        Assert.All(with.Zip(without), texts => Assert.StartsWith(texts.Second.Text, texts.First.Text, StringComparison.Ordinal));
        Assert.EndsWith("Sky (sunny, rainy):", without[0].Text);
    }

    [Fact]
    public void Agreement_is_how_often_what_is_drawn_is_the_examples_own_answer()
    {
        // What is in the test part is scored, and not generated.
        var drawn = curated.Examples("drawn").ToLookup(Input, example => example.OutputValue);
        var agreed = curated.Examples("agreed").Where(example => drawn.Contains(Input(example))).ToList();
        Assert.Equal(drawn.Count, agreed.Count);
        // 400 draws and 400 others: four standard deviations of the difference are 0.14.
        Assert.All(agreed, example =>
            Assert.Equal(
                drawn[Input(example)].Average(answer => answer.Equals(example.OutputValue) ? 1.0 : 0),
                example.Origin.Score!.Value,
                0.14
            )
        );
    }

    [Fact]
    public void Confidence_is_what_generate_keeps()
    {
        var kept = curated.Examples("answered").ToDictionary(Input, example => example.Origin.Confidence!.Value);
        var scored = curated.Examples("sure");
        // What stands in the test part is scored, and was not generated.
        var both = scored.Where(example => kept.ContainsKey(Input(example))).ToList();
        Assert.Equal(kept.Count, both.Count);
        Assert.NotEmpty(both);
        Assert.All(both, example => Assert.Equal(kept[Input(example)], example.Origin.Score!.Value, 1e-4));
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
    public void An_index_by_a_steps_model_is_asked_for_texts_that_it_has_not()
    {
        var indexed = curated.Examples("answered").Select(Input).ToHashSet();
        var known = curated.Examples("near_answers");
        Assert.Contains(known, example => !indexed.Contains(Input(example)));
        foreach (var example in known)
            if (indexed.Contains(Input(example)))
                Assert.Equal(1, example.Origin.Score!.Value, 1e-5);
            else
                Assert.InRange(example.Origin.Score!.Value, -1, 0.99999);
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
        var error = await Assert.ThrowsAsync<RunException>(() => Curated.RunAsync(runs, steps));
        Assert.StartsWith("step 'asks': the index was made by another model than '", error.Message, StringComparison.Ordinal);
        Assert.Contains("vectors of two models cannot be compared", error.Message, StringComparison.Ordinal);
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
}
