using CsCheck;
using TaskDsl.Torch.Batching;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

public sealed class PackingTests
{
    [Fact]
    public void Every_sequence_is_in_exactly_one_row_and_no_row_overflows() =>
        Gen.Select(Gen.Int[1, 64], Gen.Int[1, 64].List[0, 200]).Sample((extra, lengths) =>
        {
            var capacity = Math.Max(extra, lengths.DefaultIfEmpty(1).Max());
            var sequences = lengths.Select((length, i) => Sequences.Of(i, length)).ToArray();
            var rows = Packing.BestFit(sequences, capacity);
            Assert.Equal(sequences.Select(s => s.Ids[0]).Order(), rows.SelectMany(r => r).Select(s => s.Ids[0]).Order());
            Assert.All(rows, row => Assert.InRange(row.Sum(s => s.Length), 1, capacity));
            // Two rows that are at most half full would have been one.
            Assert.True(rows.Count(row => row.Sum(s => s.Length) * 2 <= capacity) <= 1);
        });

    [Fact]
    public void Each_sequence_goes_where_it_fits_best()
    {
        int[] lengths = [6, 7, 3, 4, 8, 2];
        var rows = Packing.BestFit([.. lengths.Select((n, i) => Sequences.Of(i, n))], 10);
        Assert.Equal(["8 2", "7 3", "6 4"], rows.Select(row => string.Join(' ', row.Select(s => s.Length))));
    }

    [Fact]
    public void A_sequence_longer_than_a_row_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Packing.BestFit([Sequences.Of(0, 11)], 10));
}
