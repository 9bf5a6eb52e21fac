using System.Buffers;
using System.Text.Json;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Indexing;
using TaskDsl.Torch.Tests.Training;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Pipelines.Curating;

public sealed class SimilarDemonstrationsTests : TorchTest
{
    private const int Points = 50;
    private static readonly LettersTask Task = new Texts();

    /// <summary>Against what is told plainly: sort by the cosine, take, turn round.</summary>
    [Fact]
    public void They_are_the_nearest_and_the_nearest_stands_last()
    {
        using var vectors = nn.functional.normalize(randn(Points, 5), 2, 1);
        using var index = new Cosines(vectors);
        string[] texts = [.. Enumerable.Range(0, Points).Select(i => $"W{i}")];
        // Every third is shown, in another order than the index's; questions are of the index too, some of them of what is shown.
        LettersExample[] pool = [.. Enumerable.Range(0, Points).Where(i => i % 3 == 0).Reverse().Select(i => Of(texts[i]))];
        var shown = new SimilarDemonstrations(index, texts, Task, pool, new DemonstrationPlan { Count = 6 });
        var lists = shown.Of(Task, [.. texts.Select(text => ((object)new LettersInput(text), "en"))]);
        for (var question = 0; question < Points; question++)
        {
            var expected = Enumerable
                .Range(0, Points)
                .Where(i => i % 3 == 0 && i != question)
                .OrderByDescending(i => Cosine(vectors, question, i))
                .Take(6)
                .Reverse();
            Assert.Equal(expected.Select(i => texts[i]), lists[question].Select(Text));
        }
    }

    [Fact]
    public void Fewer_are_the_nearest_of_more_and_the_order_of_the_file_changes_no_choice()
    {
        string[] texts = ["red", "red blue", "red blue green", "blue green grey"];
        LettersExample[] pool = [.. texts.Select(text => Of(text))];
        using var index = new Bm25().Of(texts);
        Assert.Equal(["red", "red blue green", "red blue"], Shown(new DemonstrationPlan { Count = 3 }));
        Assert.Equal(["red blue green", "red blue"], Shown(new DemonstrationPlan { Count = 2 }));
        Assert.Equal(["red", "red blue", "red blue green"], Shown(new DemonstrationPlan { Count = 3, Order = DemonstrationOrder.File }));
        Assert.Equal(4, Shown(new DemonstrationPlan { Count = 64 }).Length);
        Assert.Empty(Shown(new DemonstrationPlan()));

        string[] Shown(DemonstrationPlan plan) =>
            [.. new SimilarDemonstrations(index, texts, Task, pool, plan).Of(Task, new LettersInput("red blue red"), "en").Select(Text)];
    }

    [Fact]
    public void One_with_the_questions_own_text_is_passed_over_as_often_as_it_stands_there()
    {
        string[] texts = ["red blue", "red", "red blue", "blue"];
        using var index = new Bm25().Of(texts);
        var shown = new SimilarDemonstrations(index, texts, Task, [.. texts.Select(text => Of(text))], new DemonstrationPlan { Count = 9 });
        Assert.Equal(["blue", "red"], shown.Of(Task, new LettersInput("red blue"), "en").Select(Text).Order());
        // Of another question it is shown as often as it is in the pool.
        Assert.Equal(2, shown.Of(Task, new LettersInput("red red"), "en").Count(example => Text(example) == "red blue"));
    }

    [Fact]
    public void They_are_in_the_questions_language_or_each_in_another_one()
    {
        string[] texts = ["red one", "red two", "red three", "red four", "red five"];
        string[] languages = ["en", "zh", "zh", "fr", "en"];
        LettersExample[] pool = [.. texts.Zip(languages, Of)];
        using var index = new Bm25().Of(texts);
        Assert.Equal(["red five", "red one"], Shown(new DemonstrationPlan { Count = 4 }));
        // Of two in a language the nearer one.
        var other = new DemonstrationPlan { Count = 4, OnePer = DemonstrationGroup.Language };
        Assert.Equal(["red four", "red three"], Shown(other));

        string[] Shown(DemonstrationPlan plan) =>
            [.. new SimilarDemonstrations(index, texts, Task, pool, plan).Of(Task, new LettersInput("red three too"), "en").Select(Text)];
    }

    [Fact]
    public void What_does_not_stand_in_the_index_cannot_be_shown()
    {
        using var index = new Bm25().Of(["red"]);
        var error = Assert.Throws<RunException>(() =>
            new SimilarDemonstrations(index, ["red"], Task, [Of("red"), Of("blue")], new DemonstrationPlan { Count = 1 })
        );
        Assert.Contains("does not stand in the index: 'blue'", error.Message, StringComparison.Ordinal);
    }

    private static double Cosine(Tensor vectors, int left, int right)
    {
        using var scope = NewDisposeScope();
        return vectors[left].dot(vectors[right]).item<float>();
    }

    private static string Text(Example example) => ((LettersExample)example).Input.Text;

    private static LettersExample Of(string text, string language = "en") => new(new(text), new("a")) { Language = language };

    /// <summary>Inputs as the records that a compiled task writes.</summary>
    private sealed class Texts : LettersTask
    {
        public override void WriteInput(IBufferWriter<byte> utf8, object input) =>
            utf8.Write(JsonSerializer.SerializeToUtf8Bytes(new { text = ((LettersInput)input).Text }));
    }

    /// <summary>Texts called W0, W1, …, compared by vectors that are given.</summary>
    private sealed class Cosines(Tensor vectors) : SearchIndex
    {
        public override int Count => (int)vectors.size(0);

        public override IReadOnlyList<SearchHit[]> Search(IReadOnlyList<string> questions, int count) =>
            [
                .. questions.Select(question =>
                    Best([.. Enumerable.Range(0, Count).Select(i => (float)Cosine(vectors, int.Parse(question[1..], null), i))], count)
                ),
            ];

        public override VectorTable Vectors(IReadOnlyList<string> texts) => throw new NotSupportedException();
    }
}
