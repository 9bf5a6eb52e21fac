using TaskDsl.Metrics;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Indexing;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Pipelines.Scoring;
using TaskDsl.Torch.Pipelines.Selecting;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests;

/// <summary>Steps that render, index, score and select, wrongly: each is told in words.</summary>
[Collection(nameof(Curated))]
public sealed class WrongCurationTests(Curated curated)
{
    private static readonly DslTask Task = WeatherPrompt.Default.Task;

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
        ["nothing drawn to agree"] = (
            new ScoreStep
            {
                Task = Task,
                Examples = ["gold"],
                By = new AgreementScorer
                {
                    Model = "$base",
                    Prompt = WeatherPrompt.Default,
                    Generation = new(),
                },
            },
            "agreement: nothing is drawn, so that all answers would be the same; say generation: {decoding: sample}."
        ),
        ["a verdict that is none"] = (
            new ScoreStep
            {
                Task = Task,
                Examples = ["gold"],
                By = new AgreementScorer
                {
                    Model = "$base",
                    Prompt = WeatherPrompt.Default,
                    Reflection = [WeatherShortPrompt.Default],
                },
            },
            "needs one output, a label with the keys correct, incorrect and unsure."
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
}
