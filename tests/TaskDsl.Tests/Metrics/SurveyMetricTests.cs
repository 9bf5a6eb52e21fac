using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Metrics;

/// <summary>
/// Ranked answers against what people have answered: the cases of protoqa-evaluator's own tests (github.com/iesl/protoqa-evaluator,
/// tests/test_evaluator.py, commit 03b21056), where <c>fast_money</c> is max answers at 1 and <c>family_feud</c> max incorrect at 3.
/// </summary>
public class SurveyMetricTests
{
    private static readonly (string, int)[] Tens = [("10", 10), ("60", 60), ("30", 30)];
    private static readonly (string, int)[] Outer = [("moon", 1), ("earth | planet", 2), ("sun|star", 2), ("comet|meteor|asteroid", 3)];
    private static readonly (string, int)[] Produce = [("apple|banana|fruit|fruits", 5), ("broccoli|vegetable", 3)];

    public static TheoryData<string[], (string, int)[], double, double> Published =>
        new()
        {
            { ["60", "30", "10"], Tens, 1, 1 },
            { ["48", "27", "12"], [("12", 12), ("27", 27), ("48", 48)], 1, 1 },
            { ["a", "b", "c", "d", "e"], Tens, 0, 0 },
            { ["30", "a", "b"], Tens, 0.3, 0.5 },
            { ["10", "30", "60"], Tens, 1, 1.0 / 6 },
            { ["60", "60", "60"], Tens, 0.6, 1 },
            { ["30", "X", "X", "10", "X", "60"], Tens, 0.4, 0.5 },
            { ["X", "X", "X", "10", "X", "60"], Tens, 0, 0 },
            { ["30", "X", "10", "X", "60"], Tens, 1, 0.5 },
            { ["30", "30", "30", "30", "30", "30", "60"], Tens, 0.9, 0.5 },
            { ["an Apple", "X", "the Banannnaa"], [("apple", 10), ("bananna", 60), ("carrot", 30)], 0, 0 },
            { ["fruit", "vegetable"], Produce, 1, 1 },
            { ["aaple", "brocoli"], Produce, 0, 0 },
            { ["moon"], Outer, 1.0 / 8, 1.0 / 3 },
            { ["space rock"], Outer, 0, 0 },
            { ["apple", "banana", "fruit", "fruits"], Produce, 5.0 / 8, 1 },
        };

    [Theory, MemberData(nameof(Published))]
    public void They_are_scored_as_its_authors_do(string[] answers, (string, int)[] clusters, double feud, double money)
    {
        Assert.Equal(feud, Score(new MaxIncorrect { At = 3 }, clusters, answers), 12);
        Assert.Equal(money, Score(new MaxAnswers(), clusters, answers), 12);
    }

    [Fact]
    public void The_list_ends_with_so_many_wrong_answers()
    {
        Assert.Equal(0.4, Score(new MaxIncorrect { At = 2 }, Tens, "30", "X", "10", "X", "60"), 12);
        Assert.Equal(0.7, Score(new MaxIncorrect { At = 5 }, Tens, "X", "X", "X", "10", "X", "60"), 12);
        Assert.Equal(0.9, Score(new MaxIncorrect { At = 1 }, Tens, "30", "30", "60", "X", "10"), 12);
        // Of three the greatest two are 90.
        Assert.Equal(40.0 / 90, Score(new MaxAnswers { At = 2 }, Tens, "10", "30", "60"), 12);
        Assert.Equal(0.6 / 1, Score(new MaxAnswers { At = 3 }, Tens, " 60 ", "x"), 12);
        Assert.Equal(0.5, new MaxAnswers().Score([new(Gold(Tens), Items("60")), new(Gold(Tens), null)]));
        Assert.Equal((1, 0), (new MaxAnswers().Score([new([], [])]), new MaxIncorrect().Score([new([], Items("x"))])));
    }

    /// <summary>Clusters that share surfaces, so that which answer is taken for which cluster matters: every way is tried.</summary>
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void No_way_to_match_them_is_worth_more(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            (string, int)[] clusters =
            [
                .. Enumerable
                    .Range(0, random.Next(1, 5))
                    .Select(i =>
                        (string.Join('|', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Word()).Append($"own{i}")), 1 + random.Next(9))
                    ),
            ];
            string[] answers = [.. Enumerable.Range(0, random.Next(0, 6)).Select(_ => Word())];
            for (var k = 1; k < 5; k++)
            {
                var best = clusters.OrderByDescending(c => c.Item2).Take(k).Sum(c => c.Item2);
                Assert.Equal(
                    (double)Best([.. answers.Take(k)], clusters, 0) / best,
                    Score(new MaxAnswers { At = k }, clusters, answers),
                    12
                );
                var (wrong, counted) = (0, new List<string>());
                foreach (var answer in answers)
                {
                    counted.Add(answer);
                    if (!clusters.Any(c => c.Item1.Split('|').Contains(answer)) && ++wrong == k)
                        break;
                }

                var all = clusters.Sum(c => c.Item2);
                Assert.Equal((double)Best([.. counted], clusters, 0) / all, Score(new MaxIncorrect { At = k }, clusters, answers), 12);
            }
        }

        string Word() => $"{(char)('a' + random.Next(5))}";
    }

    /// <summary>Each answer for each cluster that has it, or for none.</summary>
    private static int Best(string[] answers, (string Surfaces, int Count)[] clusters, int from) =>
        from == answers.Length
            ? 0
            : clusters
                .Where(cluster => cluster.Surfaces.Split('|').Contains(answers[from]))
                .Select(cluster => cluster.Count + Best(answers, [.. clusters.Where(other => other != cluster)], from + 1))
                .Append(Best(answers, clusters, from + 1))
                .Max();

    private static double Score(Metric metric, (string, int)[] clusters, params string[] answers) =>
        metric.Score([new(Gold(clusters), Items(answers))]);

    private static OutputItem[] Gold((string Surfaces, int Count)[] clusters) =>
        [.. clusters.SelectMany(cluster => Enumerable.Repeat(new OutputItem("answers", cluster.Surfaces), cluster.Count))];

    private static OutputItem[] Items(params string[] answers) => [.. answers.Select(answer => new OutputItem("answers", answer))];
}
