using TaskDsl.Torch.Batches;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

public sealed class TokenBatchTests
{
    [Fact]
    public void Rows_are_laid_out_with_positions_and_segments_of_their_own()
    {
        var batch = new TokenBatch(
            [
                [Sequences.Of(10, 3, 1), Sequences.Of(20, 2, 1)],
                [Sequences.Of(30, 4, 2)],
            ],
            padding: 9
        );
        Assert.Equal((2, 5, 9, true), (batch.Rows, batch.Length, (int)batch.Tokens, batch.IsPacked));
        Assert.Equal([0, 1, 2, 0, 1, 0, 1, 2, 3, 0], batch.Positions.ToArray());
        Assert.Equal([1, 1, 1, 2, 2, 1, 1, 1, 1, 0], batch.Segments.ToArray());
        Assert.Equal(9, batch.Ids[9]);
        Assert.Equal([20, 30], new[] { batch.Ids[3], batch.Ids[5] });
    }
}
