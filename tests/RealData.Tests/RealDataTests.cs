using TaskDsl.Data;
using Xunit;

namespace RealData.Tests;

/// <summary>The public sets are read whole: every record is kept, or left out with a reason that is counted.</summary>
public class RealDataTests
{
    private static readonly string Folder = TaskCatalog.Default.ProjectDirectory;

    [RealDataTheory]
    [InlineData("banking77", 13_083, 0)]
    [InlineData("law_topic", 500, 0)]
    [InlineData("law_triggers", 500, 0)]
    [InlineData("pubmedqa", 1_000, 0)]
    [InlineData("diseases", 7_287, 0)]
    // 13 rows whose dictionary is no Python, 19 whose entity does not stand in the headline.
    [InlineData("headline_sentiment", 10_753, 32)]
    [InlineData("skills", 11_543, 1)]
    public async Task Every_record_is_accounted_for(string task, int read, int unfit)
    {
        var rejects = Directory.CreateTempSubdirectory("taskdsl-real-");
        try
        {
            var data = await Dataset.LoadAsync(
                TaskCatalog.Default.Tasks.Single(t => t.Name == task),
                new DataOptions { ProjectDirectory = Folder, RejectsDirectory = rejects.FullName });
            Assert.Equal(read, data.Report.Read);
            Assert.Equal(data.Report.Read, data.Report.Kept + data.Report.Dropped.Values.Sum());
            Assert.Equal(unfit, data.Report.Dropped.GetValueOrDefault("does not fit the task"));
            Assert.Equal(unfit, rejects.GetFiles().Sum(file => File.ReadLines(file.FullName).Count()));
        }
        finally
        {
            rejects.Delete(recursive: true);
        }
    }
}
