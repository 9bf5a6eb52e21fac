using TaskDsl.Prompts;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Tests.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

public sealed class DemonstrationsTests
{
    private static readonly LettersTask Task = new();

    private static readonly LettersExample[] Pool =
    [
        .. Enumerable.Range(0, 40).Select(i => new LettersExample(new($"W{i}"), new("a")) { Language = "en" }),
    ];

    [Theory]
    [InlineData(1), InlineData(2), InlineData(7)]
    public void A_number_means_what_it_meant(int seed)
    {
        var shown = Shown(new DemonstrationPlan { Count = 4 }, seed);
        // As they were drawn when a number was all there was.
        var draw = new Draw(seed, Draw.Seed("demonstrations"));
        var chosen = new List<int>();
        while (chosen.Count < 4)
            if (draw.Below(Pool.Length) is var candidate && !chosen.Contains(candidate))
                chosen.Add(candidate);
        Assert.Equal(chosen.Select(i => $"W{i}"), shown("question"));
        Assert.Equal(shown("question"), shown("another"));
    }

    [Fact]
    public void For_each_question_others_whatever_was_asked_before()
    {
        var plan = new DemonstrationPlan { Count = 3, Per = DemonstrationDraw.Question };
        string[] questions = [.. Enumerable.Range(0, 20).Select(i => $"Q{i}")];
        var (there, back) = (Shown(plan), Shown(plan));
        var first = questions.ToDictionary(q => q, q => there(q));
        foreach (var question in questions.Reverse())
            Assert.Equal(first[question], back(question));
        Assert.True(first.Values.Select(s => string.Join(' ', s)).Distinct().Count() > 15);
        Assert.NotEqual(first["Q0"], Shown(plan, seed: 2)("Q0"));
    }

    [Theory]
    [InlineData(DemonstrationDraw.Run), InlineData(DemonstrationDraw.Question)]
    public void Fewer_are_the_first_of_more(DemonstrationDraw per)
    {
        var (few, more) = (Shown(new DemonstrationPlan { Count = 2, Per = per }), Shown(new DemonstrationPlan { Count = 5, Per = per }));
        Assert.Equal(more("Q")[..2], few("Q"));
    }

    [Theory]
    [InlineData(DemonstrationChoice.Random, DemonstrationDraw.Run), InlineData(DemonstrationChoice.Random, DemonstrationDraw.Question)]
    [InlineData(DemonstrationChoice.Fixed, DemonstrationDraw.Run)]
    public void A_question_is_never_shown_its_own_answer(DemonstrationChoice choose, DemonstrationDraw per)
    {
        // The question's input stands in the training part too, as where a file is split by a column of its own.
        var plan = new DemonstrationPlan
        {
            Count = 38,
            Choose = choose,
            Per = per,
        };
        foreach (var question in new[] { "W0", "W7", "W39" })
        {
            var shown = Shown(plan)(question);
            Assert.DoesNotContain(question, shown);
            Assert.Equal(38, shown.Distinct().Count());
            Assert.Equal(39, Shown(plan with { Count = 60 })(question).Length); // All others, and no end to look for more.
        }
    }

    [Fact]
    public void Fixed_ones_are_the_first_whatever_the_seed()
    {
        var plan = new DemonstrationPlan { Count = 3, Choose = DemonstrationChoice.Fixed };
        Assert.Equal(["W0", "W1", "W2"], Shown(plan)("Q"));
        Assert.Equal(["W0", "W1", "W2"], Shown(plan, seed: 9)("Q"));
        Assert.Equal(["W1", "W2", "W3"], Shown(plan)("W0"));
    }

    [Fact]
    public void In_the_order_of_the_file_they_are_the_same_ones()
    {
        var plan = new DemonstrationPlan { Count = 6 };
        var (drawn, ordered) = (Shown(plan)("Q"), Shown(plan with { Order = DemonstrationOrder.File })("Q"));
        Assert.Equal(drawn.OrderBy(word => int.Parse(word[1..], null)), ordered);
        Assert.NotEqual(drawn, ordered);
    }

    [Fact]
    public void They_are_in_the_questions_language()
    {
        LettersExample[] pool = [.. Pool.Select((e, i) => e with { Language = i % 2 == 0 ? "en" : "zh" })];
        var demonstrations = new Demonstrations(pool, new DemonstrationPlan { Count = 5 }, 1);
        Assert.All(demonstrations.Of(Task, Question("Q")), e => Assert.Equal("en", e.Language));
        Assert.Empty(demonstrations.Of(Task, Question("Q") with { Language = "fr" }));
    }

    [Theory]
    [InlineData(DemonstrationDraw.Run), InlineData(DemonstrationDraw.Question)]
    public void Each_is_in_another_language_and_none_in_the_questions(DemonstrationDraw per)
    {
        string[] languages = ["en", "zh", "fr", "de"];
        LettersExample[] pool = [.. Pool.Select((e, i) => e with { Language = languages[i % 4] })];
        foreach (var count in new[] { 1, 2, 3, 8 })
        {
            var plan = new DemonstrationPlan
            {
                Count = count,
                Per = per,
                OnePer = DemonstrationGroup.Language,
            };
            var (shown, again) = (new Demonstrations(pool, plan, 1), new Demonstrations(pool, plan, 1));
            foreach (var question in Enumerable.Range(0, 8).Select(i => Question($"Q{i}") with { Language = languages[i % 4] }))
            {
                var chosen = shown.Of(Task, question).Select(e => e.Language).ToList();
                Assert.Equal(Math.Min(count, 3), chosen.Distinct().Count());
                Assert.Equal(chosen.Count, chosen.Distinct().Count());
                Assert.DoesNotContain(question.Language, chosen);
                Assert.Equal(shown.Of(Task, question), again.Of(Task, question));
            }
        }
    }

    private static Func<string, string[]> Shown(DemonstrationPlan plan, int seed = 1)
    {
        var demonstrations = new Demonstrations(Pool, plan, seed);
        return question => [.. demonstrations.Of(Task, Question(question)).Select(e => ((LettersExample)e).Input.Text)];
    }

    private static LettersExample Question(string text) => new(new(text), new("b")) { Language = "en" };
}
