using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>Evaluations that cross lists, and tables read out of them: what there will be is known to the compiler.</summary>
public class TableTests
{
    private const string Tone = """
        task: tone
        summary: Names the tone.
        input:
          sentence: text
        output:
          tone: text
        """;

    private static readonly GeneratorProject Project = Desk
        .Whole.Add("tasks/tone.task.yaml", Tone)
        .Add(
            "prompts/short.prompt.yaml",
            Desk.Prompt.Replace("prompt: mood\ntask: mood", "prompt: short\ntask: tone", StringComparison.Ordinal)
        );

    private static readonly string Yaml = """
        pipeline: few_shot
        summary: Shots, phrasings and ways to decode.
        steps:
          model: {train: mood_lora}
          grid:
            evaluate:
              models: [$model, models/base]
              tasks: [{task: mood, prompt: mood}]
              phrasings: [all]
              shots: [0, 1, 4]
              languages: [en]
              decoding: [greedy, {sample: {temperature: 0.7}}, sample]
              board: {feelings: [mood]}
              costs: [seconds, tokens_out]
          prompts: {evaluate: {models: [$model], prompts: [mood, short]}}
          summary:
            table:
              of: [$grid, $prompts]
              read:
                worst: {worst: {metric: accuracy, over: phrasing}}
                enough: {smallest: {metric: accuracy, over: shots, share: 0.9}}
                together: {correlation: {metric: accuracy, between: [shots=0, shots=4], of: pearson}}
        expect:
          - grid.model[shots=4,decoding=sample_2].accuracy > grid.model[shots=0,phrasing=1].accuracy
          - grid.model.feelings.en.accuracy > grid.majority.accuracy
          - 100 ~> grid.base.seconds
          - prompts.model[prompt=short].accuracy > prompts.random.accuracy
          - summary.model.worst ~> 0.5
        """;

    [Fact]
    public void Becomes_an_object_graph() =>
        Snapshot.Verify(Project.Add("a.pipeline.yaml", Yaml).Run().Compiles()["a.pipeline.g.cs"], "cs");

    [Theory]
    [InlineData("shots: [0, 1, 4]", "shots: [0, -1]", "(10,18): error TDSL1104: -1 is not allowed for 'shots'; expected 0 to 64")]
    [InlineData("shots: [0, 1, 4]", "shots: [0, 4, 4]", "(10,21): error TDSL1002: '4' stands here a second time; keep one of them")]
    [InlineData(
        "phrasings: [all]",
        "phrasings: [first]",
        "(9,19): error TDSL1104: 'first' is not allowed for 'phrasings'; expected a text that matches all|[1-9][0-9]{0,2}"
    )]
    [InlineData("languages: [en]", "languages: [zh]", "(11,19): error TDSL1605: no task of 'grid' is given in 'zh'; expected one of en")]
    [InlineData(
        "board: {feelings: [mood]}",
        "board: {feelings: [moot]}",
        "(13,26): error TDSL1201: there is no task named 'moot'; did you mean 'mood'?"
    )]
    [InlineData(
        "board: {feelings: [mood]}",
        "board: {feelings: [tone]}",
        "(13,26): error TDSL1605: 'grid' does not measure the task 'tone'; expected one of mood"
    )]
    [InlineData(
        "costs: [seconds, tokens_out]",
        "costs: [second]",
        "(14,15): error TDSL1102: 'second' is not a cost; did you mean 'seconds'?"
    )]
    [InlineData("of: [$grid, $prompts]", "of: []", "(18,11): error TDSL1104: a length of 0 is not allowed for 'of'; expected 1 to 1000")]
    [InlineData(
        "of: [$grid, $prompts]",
        "of: [$model]",
        "(18,12): error TDSL1602: '$model' is a model, made by 'train', where a table is expected"
    )]
    [InlineData(
        "{metric: accuracy, over: phrasing}",
        "{metric: acuracy, over: phrasing}",
        "(20,33): error TDSL1102: 'acuracy' is not a metric; did you mean 'accuracy'?"
    )]
    public void A_mistake_is_told_at_its_place(string right, string wrong, string expected) =>
        Project.Add("a.pipeline.yaml", Yaml.Replace(right, wrong, StringComparison.Ordinal)).Run().Reports($"a.pipeline.yaml{expected}");

    [Theory]
    [InlineData("grid.model[shots=2].accuracy > 0", "'grid' has no column with shots '2', only 0, 1, 4")]
    [InlineData("grid.model[shot=1].accuracy > 0", "the columns of 'grid' are not told apart by 'shot'; did you mean 'shots'?")]
    [InlineData(
        "grid.model[decoding=sample_3].accuracy > 0",
        "'grid' has no column with decoding 'sample_3', only greedy, sample, sample_2"
    )]
    [InlineData("prompts.model[shots=1].accuracy > 0", "the columns of 'prompts' are not told apart by 'shots'; expected one of prompt")]
    [InlineData("grid.minority.accuracy > 0", "the table 'grid' has no column 'minority'; did you mean 'majority'?")]
    [InlineData("grid.model.fealings.accuracy > 0", "the table 'grid' has no task or language 'fealings'; did you mean 'feelings'?")]
    [InlineData("grid.model.secands ~> 0", "'secands' is not a metric; did you mean 'seconds'?")]
    [InlineData("summary.model.wurst ~> 0", "'wurst' is not a metric; did you mean 'worst'?")]
    [InlineData(
        "0.5 > grid",
        "'0.5 > grid' is no expectation; write step.column[.task][.language].metric > another path or a number, or sums of them"
    )]
    public void An_expectation_that_nothing_makes_is_told(string expect, string expected)
    {
        var at = Yaml.IndexOf("expect:", StringComparison.Ordinal);
        Project
            .Add("a.pipeline.yaml", Yaml[..at] + $"expect: ['{expect}']\n")
            .Run()
            .Reports($"a.pipeline.yaml(23,10): error TDSL1604: {expected}");
    }

    [Fact]
    public void A_step_of_a_baselines_name_is_told() =>
        Project
            .Add(
                "a.pipeline.yaml",
                "pipeline: a\nsummary: S.\nsteps:\n  majority: {train: mood_lora}\n  b: {evaluate: {models: [$majority], tasks: [mood]}}\n"
            )
            .Run()
            .Reports("a.pipeline.yaml(5,27): error TDSL1605: 'b' has a column 'majority' already");
}
