using CsCheck;
using TaskDsl.Torch.Batches;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

public sealed class PackingTests
{
    [Fact]
    public void Every_sequence_is_in_exactly_one_row_and_no_row_overflows() =>
        Gen.Select(Gen.Int[1, 64], Gen.Int[1, 64].List[0, 200])
            .Sample(
                (extra, lengths) =>
                {
                    var capacity = Math.Max(extra, lengths.DefaultIfEmpty(1).Max());
                    var (plain, best) = (Packing.BestFit(lengths.ToArray(), capacity), Packing.Rows(lengths.ToArray(), capacity));
                    foreach (var rows in new[] { plain, best, RowFilling.Fill(lengths.ToArray(), capacity) })
                    {
                        Assert.Equal(Enumerable.Range(0, lengths.Count), rows.SelectMany(r => r).Order());
                        Assert.All(rows, row => Assert.InRange(row.Sum(i => lengths[i]), 1, capacity));
                        // Two rows that are at most half full would have been one.
                        Assert.True(rows.Count(row => row.Sum(i => lengths[i]) * 2 <= capacity) <= 1);
                    }

                    Assert.InRange(best.Count, 0, plain.Count);
                }
            );

    [Fact]
    public void Each_sequence_goes_where_it_fits_best()
    {
        int[] lengths = [6, 7, 3, 4, 8, 2];
        var rows = Packing.BestFit(lengths, 10);
        Assert.Equal(["8 2", "7 3", "6 4"], rows.Select(row => string.Join(' ', row.Select(i => lengths[i]))));
    }

    [Fact]
    public void The_rows_are_those_of_the_plain_search() =>
        Gen.Int[1, 48]
            .Array[0, 300]
            .Sample(
                lengths =>
                {
                    var rows = new List<(List<int> Items, int Room)>();
                    foreach (var i in Enumerable.Range(0, lengths.Length).OrderByDescending(i => lengths[i]))
                    {
                        var best = Enumerable
                            .Range(0, rows.Count)
                            .Where(r => rows[r].Room >= lengths[i])
                            .OrderBy(r => rows[r].Room)
                            .Cast<int?>()
                            .FirstOrDefault();
                        if (best is null)
                            rows.Add(([], 48));
                        var at = best ?? rows.Count - 1;
                        rows[at].Items.Add(i);
                        rows[at] = (rows[at].Items, rows[at].Room - lengths[i]);
                    }

                    Assert.Equal(rows.Select(r => r.Items.ToArray()), Packing.BestFit(lengths, 48));
                },
                iter: 200
            );

    [Theory, InlineData(256, 60, 20), InlineData(512, 70, 45), InlineData(1024, 250, 120), InlineData(100_000, 30, 20)]
    public void Less_than_a_hundredth_of_the_rows_is_padding(int capacity, int mean, int spread)
    {
        var random = new Random(1);
        int[] lengths =
        [
            .. Enumerable
                .Range(0, 8192)
                .Select(_ =>
                    Math.Clamp(
                        (int)(
                            mean + spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())
                        ),
                        3,
                        capacity
                    )
                ),
        ];
        var fewest = (lengths.Sum() + capacity - 1) / capacity;
        Assert.InRange(Packing.Rows(lengths, capacity).Count, fewest, Math.Max(fewest, fewest * 1.01));
    }

    [Fact]
    public void A_sequence_longer_than_a_row_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Packing.BestFit([11], 10));
}
