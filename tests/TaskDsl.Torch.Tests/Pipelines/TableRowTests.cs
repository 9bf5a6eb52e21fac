using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines;

public sealed class TableRowTests
{
    [Fact]
    public void A_column_without_a_language_that_others_have_has_no_mean()
    {
        var table = new StepTable(
            new Dictionary<string, EvaluationReport>
            {
                ["a[phrasing=1]"] = new([Hand.Report(50, 25), Hand.Report(50, 45, language: "de")]),
                ["a[phrasing=2]"] = new([Hand.Report(50, 30)]),
            }
        );
        var mean = Assert.Single(TableRow.Of(table), row => row.Name == TableRow.Mean);
        var (column, score) = Assert.Single(mean.Cells);
        Assert.Equal(("a[phrasing=1]", 0.7), (column, score.Value));
        Assert.DoesNotContain(table.Complete().Spreads, spread => spread.Row == TableRow.Mean);
    }
}
