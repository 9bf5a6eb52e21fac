using TaskDsl.Torch.Native;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Native;

/// <summary>The gradient of a large table by the rows that were looked up.</summary>
public sealed class EmbeddingTests : TorchTest
{
    [Fact]
    public void A_gradient_that_is_there_gets_the_rows_that_were_looked_up()
    {
        var ids = tensor(new long[] { 4, 1, 4, 0 });
        var weights = randn(4, 3);
        var (fresh, flat) = (randn(64, 3).requires_grad_(true), randn(64, 3).requires_grad_(true));
        var buffer = ones(64, 3);
        flat.grad = buffer;
        foreach (var table in (Tensor[])[fresh, flat])
            Gradients.Backward((Ops.Embedding(table, ids) * weights).sum() + (Ops.Embedding(table, ids) * weights).sum());
        Close(fresh.grad! + 1, flat.grad!, 1e-6);
        Close(buffer, flat.grad!, 0); // The same memory, as a flat buffer needs it.
        Assert.False(flat.grad!.is_sparse);
    }

    /// <summary>Where there is a plain gradient to add to, and the table is at least sixteen times as long as what is looked up.</summary>
    [Theory, InlineData(64, true, true), InlineData(63, true, false), InlineData(64, false, false)]
    public void Only_rows_are_made_where_they_have_where_to_go(int rows, bool buffered, bool sparse)
    {
        var table = randn(rows, 3).requires_grad_(true);
        if (buffered)
            table.grad = zeros(rows, 3);
        var gradient = autograd.grad([Ops.Embedding(table, tensor(new long[] { 4, 1, 4, 0 })).sum()], [table])[0];
        Assert.Equal(sparse, gradient.is_sparse);
        table.grad = gradient; // A sparse one is nothing to add to.
        gradient = autograd.grad([Ops.Embedding(table, tensor(new long[] { 4 })).sum()], [table])[0];
        Assert.Equal(!sparse, gradient.is_sparse);
    }

    /// <summary>A head that shares the table gives a gradient of all rows: both land in the buffer, whichever comes first.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void A_tied_table_gets_both_gradients(bool headFirst)
    {
        var (ids, weights, states) = (tensor(new long[] { 4, 1, 4, 0 }), randn(4, 3), randn(5, 3));
        var (fresh, flat) = (randn(64, 3).requires_grad_(true), new TorchSharp.Modules.Parameter(zeros(64, 3)));
        using (no_grad())
            flat.copy_(fresh);
        var buffer = ones(64, 3);
        flat.grad = buffer;
        foreach (var table in (Tensor[])[fresh, flat])
        {
            Tensor Embedded() => (Ops.Embedding(table, ids) * weights).sum();
            Tensor Scored() => Ops.Linear(states, table).square().sum();
            Gradients.Backward(headFirst ? Scored() + Embedded() : Embedded() + Scored());
        }

        Close(fresh.grad! + 1, flat.grad!, 2e-5);
        Close(buffer, flat.grad!, 0);
        Assert.False(flat.grad!.is_sparse);
    }
}
