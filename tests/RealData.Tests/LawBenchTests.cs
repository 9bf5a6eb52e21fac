using RealData.Formats;
using RealData.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using Xunit;

namespace RealData.Tests;

/// <summary>LawBench's own metrics, and what the general models' published answers are worth by them: as much as LawBench says.</summary>
public class LawBenchTests
{
    private static readonly IReadOnlyList<DslTask> Tasks = TaskCatalog.Default.Tasks;

    /// <summary>The scores of LawBench's README (zero-shot, commit e30981b), in hundredths.</summary>
    [RealDataTheory]
    [InlineData("marriage", "samples_f1", "GPT4", 69.79)]
    [InlineData("marriage", "samples_f1", "GPT-3.5-turbo-0613", 51.73)]
    [InlineData("marriage", "samples_f1", "qwen-7b-chat-hf", 31.42)]
    [InlineData("topic", "accuracy", "GPT4", 44.00)]
    [InlineData("topic", "accuracy", "GPT-3.5-turbo-0613", 41.20)]
    [InlineData("topic", "accuracy", "qwen-7b-chat-hf", 35.00)]
    [InlineData("entities", "soft_f1", "GPT4", 76.60)]
    [InlineData("entities", "soft_f1", "GPT-3.5-turbo-0613", 69.55)]
    [InlineData("entities", "soft_f1", "qwen-7b-chat-hf", 37.88)]
    [InlineData("articles", "samples_f1", "GPT4", 52.47)]
    [InlineData("articles", "samples_f1", "GPT-3.5-turbo-0613", 29.50)]
    [InlineData("articles", "samples_f1", "qwen-7b-chat-hf", 44.62)]
    [InlineData("charges", "samples_f1", "GPT4", 41.99)]
    [InlineData("charges", "samples_f1", "GPT-3.5-turbo-0613", 35.52)]
    [InlineData("charges", "samples_f1", "qwen-7b-chat-hf", 40.67)]
    [InlineData("term", "log_distance", "GPT4", 82.62)]
    [InlineData("term", "log_distance", "GPT-3.5-turbo-0613", 78.75)]
    [InlineData("term", "log_distance", "qwen-7b-chat-hf", 76.74)]
    public async Task A_general_model_is_worth_what_is_published(string step, string metric, string model, double published)
    {
        var table = (await General.Value).Steps.Single(made => made.Name == step).Table!;
        var report = Assert.Single(table.Columns[$"general.{step}[model={model}]"].Tasks);
        Assert.InRange(report.Examples, 496, 500);
        Assert.Equal(published / 100, report.Metrics.Single(score => score.Metric == metric).Value, 0.001);
    }

    [Theory]
    [InlineData("[法条]刑法第264条<eoa>", "264")]
    [InlineData("刑法第二百六十四条第一款、刑法第52条", "52")]
    [InlineData("刑法二百六十四条、第五十二条", "264 52")]
    [InlineData("刑法第264条、刑法第0264条", "264")]
    [InlineData("数额5万元、第十条", "5 10")]
    [InlineData("不知道", null)]
    public void Articles_are_read_as_LawBench_reads_them(string text, string? expected)
    {
        var read = new LawBenchArticles().Read(Task("law_articles"), text, null!);
        Assert.Equal(expected, read.Items is null ? null : string.Join(' ', read.Items.Select(item => item.Value)));
        Assert.Equal(expected is null ? "no article is named" : null, read.Fault);
    }

    [Theory]
    [InlineData("[刑期]6月<eoa>", 6)]
    [InlineData("有期徒刑三年六个月", 6)] // LawBench's own rule: what stands before the months alone.
    [InlineData("有期徒刑十年", 120)]
    [InlineData("2014年1月20日判处一百二十个月", 120)]
    [InlineData("无期徒刑", null)]
    public void Months_are_read_as_LawBench_reads_them(string text, int? expected)
    {
        var read = new LawBenchMonths().Read(Task("law_term"), text, null!);
        Assert.Equal(expected is null ? null : $"{expected}", read.Items?[0].Value);
    }

    [Fact]
    public void Entities_are_read_and_scored_as_LawBench_does_it()
    {
        var read = new LawBenchEntityList().Read(
            Task("law_entities"),
            "犯罪嫌疑人：无\n受害人: 严某某、肖某某 (两人)\n被盗物品：手机\n组织机构:公安机关",
            null!
        );
        Assert.Equal(
            ["entities/受害人 严某某、肖某某", "entities/被盗物品 手机", "entities/组织机构 公安机关"],
            read.Items!.Select(item => $"{item.Field} {item.Value}")
        );
        Answer Of(params (string Kind, string Text)[] gold) =>
            new([.. gold.Select(entity => new OutputItem($"entities/{entity.Kind}", entity.Text))], read.Items);
        // 1, 2·2/(4+2), 1 of three kinds each: precision and recall 8/9.
        Assert.Equal(
            (1 + 2.0 / 3 + 1) / 3,
            new SoftF1().Score([Of(("受害人", "严某某"), ("受害人", "肖某某"), ("被盗物品", "查获手机"), ("组织机构", "公安机关"))]),
            12
        );
        Assert.Equal(0, new SoftF1().Score([Of()]));
        Assert.Equal(1, new SoftF1().Score([new([], [])]));
    }

    [Fact]
    public void Trigger_words_are_held_against_those_in_their_places()
    {
        OutputItem[] Words(params string[] words) => [.. words.Select(word => new OutputItem("triggers/trigger", word))];
        Assert.Equal(1, new TriggerF1().Score([new(Words("查扣", "退给"), Words("查扣", "退给"))]));
        Assert.Equal(0, new TriggerF1().Score([new(Words("查扣", "退给"), Words("退给", "查扣"))]));
        // 2/3 for 退 in the place of 退给, of three words and two.
        Assert.Equal(2 * (1 + 2.0 / 3) / 5, new TriggerF1().Score([new(Words("查扣", "退给"), Words("查扣", "退", "卖"))]), 12);
    }

    [Fact]
    public void Months_are_as_far_apart_as_their_logarithms()
    {
        OutputItem[] Of(int months) => [new("months", $"{months}")];
        Assert.Equal(1, new LogDistance().Score([new(Of(12), Of(12))]), 12);
        Assert.Equal(0, new LogDistance().Score([new(Of(12), null)]), 12);
        Assert.Equal(1 - Math.Log(2) / Math.Log(216), new LogDistance().Score([new(Of(11), Of(5))]), 12);
        Assert.Equal(1 - Math.Log(13) / Math.Log(216), new LogDistance().Score([new(Of(12), Of(-3))]), 12);
    }

    private static readonly Lazy<Task<FinishedPipeline>> General = new(() =>
        TaskCatalog
            .Default.Definitions.OfType<Pipeline>()
            .Single(pipeline => pipeline.Name == "lawbench_general")
            .RunAsync(
                new PipelineOptions
                {
                    Runs = new RunOptions
                    {
                        ProjectDirectory = TaskCatalog.Default.ProjectDirectory,
                        RunsDirectory = Directory.CreateTempSubdirectory("taskdsl-lawbench-").FullName,
                    },
                }
            )
    );

    private static DslTask Task(string name) => Tasks.Single(task => task.Name == name);
}
