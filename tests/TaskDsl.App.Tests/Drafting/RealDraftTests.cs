namespace TaskDsl.App.Tests.Drafting;

/// <summary>Drafts of public data sets: what compiles at once, and what is said to need a hand.</summary>
public sealed class RealDraftTests
{
    private static readonly string Data = Path.GetFullPath("../shared/data", Desk.Repository);

    public static TheoryData<string, bool> Sets =>
        new()
        {
            { "banking77/train.csv", false },
            { "counselchat/questions.csv", false },
            { "cpsycoun/cases.jsonl", false },
            { "lawbench/2-3.json", false },
            { "lawbench/2-4.json", false },
            { "lawbench/2-6.json", false },
            { "lawbench/2-7.json", false },
            { "lawbench/2-9.json", false },
            { "lawbench/2-10.json", false },
            { "lawbench/3-1.json", false },
            { "lawbench/3-3.json", false },
            { "lawbench/3-4.json", false },
            { "lawbench/predictions/2-4.jsonl", false },
            { "ncbi-disease/train.tsv", false },
            { "pubmedqa/ori_pqal.json", false },
            { "restaurant8k/train_0.json", true },
            { "sentfin/SEntFiN.csv", true },
            { "skillspan/train.json", true },
        };

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task It_compiles_at_once_or_says_that_it_needs_a_hand(string file, bool needsHand)
    {
        Assert.SkipUnless(Directory.Exists(Data), $"There is no folder {Data}.");
        using var project = new DraftProject();
        await project.DraftAsync(Path.Combine(Data, file), "--name", "drafted");
        Assert.Equal(needsHand, project.Read("tasks/drafted.task.yaml").Contains("NEEDS A HAND", StringComparison.Ordinal));
        var task = Assert.Single(project.Compiled().Tasks);
        if (needsHand)
            return;
        using var data = await DatasetBuilder.LoadAsync(
            task,
            new() { ProjectDirectory = project.Path, RejectsDirectory = Path.Combine(project.Path, "runs") },
            TestContext.Current.CancellationToken
        );
        Assert.True(data.Report.Kept > 0.9 * data.Report.Read, $"{data.Report.Kept} of {data.Report.Read}");
    }
}
