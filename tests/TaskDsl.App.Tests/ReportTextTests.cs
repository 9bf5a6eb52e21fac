using TaskDsl.Data.Stages;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.App.Tests;

/// <summary>What a program prints that writes a report to the console.</summary>
public sealed class ReportTextTests
{
    [Fact]
    public async Task A_data_report_tells_its_counts()
    {
        using var data = await Weather.Build().With(new Limit { Count = 10 }).ToDatasetAsync();
        Assert.StartsWith("16 records read, 10 kept, 6 left out: ", data.Report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_evaluation_tells_its_scores()
    {
        var report = new TaskReport
        {
            Prompt = "weather",
            Task = "weather",
            Language = "en",
            Examples = 9,
            Unparsed = 1,
            Metrics = [new MetricScore("accuracy", 0.5, 0.25, 0.75), new MetricScore("macro_f1", 0.25, 0, 0.5)],
            Samples = [],
        };
        Assert.Equal("weather en: accuracy 0.500, macro_f1 0.250 (9 examples, 1 without an answer)", $"{report}");
        Assert.Equal($"{report}\n{report}", new EvaluationReport([report, report]).ToString());
    }
}
