using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Selecting;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Pipelines.Selecting;

public class DiverseTests : TorchTest
{
    [Fact]
    public void Begins_with_the_most_typical_and_goes_on_with_the_farthest()
    {
        // Angles in degrees: a crowd at 40, and others at 0, 90 and 100.
        double[] angles = [0, 39, 40, 41, 90, 100];
        using var table = Of(angles);
        Assert.Equal([3, 5, 0, 4], Diverse.Among(table, 4)); // The mean lies at 51 degrees; then 59 away, 41, 10.
    }

    [Fact]
    public void Each_next_one_is_the_least_like_its_nearest()
    {
        using var table = new VectorTable(nn.functional.normalize(randn(40, 5), 2, 1));
        var chosen = Diverse.Among(table, 40);
        Assert.Equal(40, chosen.Distinct().Count());
        for (var i = 1; i < 15; i++)
        {
            var before = chosen.Take(i).Select(c => table.With(c)).ToList();
            var farthest = Enumerable.Range(0, 40).Except(chosen.Take(i)).OrderBy(p => before.Max(similar => similar[p])).First();
            Assert.Equal(farthest, chosen[i]);
        }
    }

    [Fact]
    public void The_same_twice_is_not_the_same_one_twice()
    {
        using var table = Of([10, 10, 10]);
        Assert.Equal([0, 1, 2], Diverse.Among(table, 3));
    }

    private static VectorTable Of(double[] degrees) =>
        new(
            tensor(degrees.SelectMany(a => new[] { (float)Math.Cos(a * Math.PI / 180), (float)Math.Sin(a * Math.PI / 180) }).ToArray())
                .reshape(-1, 2)
        );
}
