using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Selecting;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Pipelines.Selecting;

public class VoteKTests : TorchTest
{
    private const int Points = 50;

    [Theory]
    [InlineData(5)]
    [InlineData(49)]
    [InlineData(150)]
    public void Chooses_as_the_paper_says(int neighbours)
    {
        using var vectors = Vectors();
        var nearest = Nearest(vectors, Math.Min(neighbours, Points - 1));
        var graph = VoteGraph.Of(vectors, neighbours);
        var chosen = Enumerable.Range(0, 12).Select(_ => graph.ChooseAmong(Enumerable.Range(0, Points))!.Value);
        Assert.Equal(Fast(nearest, 12), chosen);
    }

    [Fact]
    public void The_second_half_takes_one_of_each_part_and_never_the_surest_tenth()
    {
        using var vectors = Vectors();
        var nearest = Nearest(vectors, 8);
        double[] sure = [.. Enumerable.Range(0, Points).Select(i => (double)(i * 17 % Points))];
        var first = Fast(nearest, 6);
        var chosen = VoteK.Further(VoteGraph.Of(vectors, 8), first, sure, 18);
        Assert.Equal(18, chosen.Distinct().Count());
        Assert.Equal(first, chosen.Take(6));

        // As it is told: discounts go on from the first.
        int[] left = [.. Enumerable.Range(0, Points).Except(first).OrderBy(i => sure[i])];
        var expected = new List<int>(first);
        for (var part = 0; part < 12; part++)
        {
            int[] among = left[(39 * part / 12)..(39 * (part + 1) / 12)];
            expected.Add(Best(nearest, expected, among));
        }

        Assert.Equal(expected, chosen);
        Assert.DoesNotContain(left[^1], chosen);
    }

    [Fact]
    public void Parts_without_any_are_filled_up()
    {
        using var vectors = Vectors();
        double[] sure = [.. Enumerable.Range(0, Points).Select(i => (double)i)];
        var chosen = VoteK.Further(VoteGraph.Of(vectors, 8), [0, 1], sure, Points);
        Assert.Equal(Points, chosen.Distinct().Count());
    }

    [Fact]
    public void Equal_texts_and_equal_votes_are_taken_in_their_order()
    {
        using var same = new VectorTable(nn.functional.normalize(ones(6, 4), 2, 1));
        var graph = VoteGraph.Of(same, 2);
        // 0 votes for 1 and 2, all others for 0 and 1: both have 5 votes, and those of 1 count less once 0 is chosen.
        Assert.Equal([0, 1, 2, 3, 4, 5], Enumerable.Range(0, 6).Select(_ => graph.ChooseAmong(Enumerable.Range(0, 6))!.Value));
        Assert.Null(graph.ChooseAmong(Enumerable.Range(0, 6)));
    }

    private static VectorTable Vectors() => new(nn.functional.normalize(randn(Points, 6), 2, 1));

    /// <summary>For each point the others in the order of their cosines.</summary>
    private static int[][] Nearest(VectorTable vectors, int count) =>
        [
            .. Enumerable
                .Range(0, Points)
                .Select(i =>
                    vectors.With(i) is var similar
                        ? Enumerable.Range(0, Points).Where(j => j != i).OrderByDescending(j => similar[j]).Take(count).ToArray()
                        : []
                ),
        ];

    private static List<int> Fast(int[][] nearest, int count)
    {
        var chosen = new List<int>();
        while (chosen.Count < count)
            chosen.Add(Best(nearest, chosen, [.. Enumerable.Range(0, Points)]));
        return chosen;
    }

    /// <summary>The sum over those that vote for a point and are not chosen of 10 to the power of minus what they have voted for.</summary>
    private static int Best(int[][] nearest, List<int> chosen, int[] among) =>
        among
            .Except(chosen)
            .OrderByDescending(u =>
                Math.Round(
                    Enumerable
                        .Range(0, Points)
                        .Where(v => nearest[v].Contains(u) && !chosen.Contains(v))
                        .Sum(v => Math.Pow(10, -nearest[v].Intersect(chosen).Count())),
                    9
                )
            )
            .ThenByDescending(u => nearest.Count(ballot => ballot.Contains(u)))
            .ThenBy(u => u)
            .First();
}
