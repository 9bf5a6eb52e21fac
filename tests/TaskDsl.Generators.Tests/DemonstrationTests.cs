using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>What a prompt says of its demonstrations.</summary>
public class DemonstrationTests
{
    [Theory]
    [InlineData("3", "Count = 3,")]
    [InlineData("{count: 3, per: question, fit: true}", "Per = global::TaskDsl.Prompts.DemonstrationDraw.Question,")]
    [InlineData("{choose: fixed, order: file}", "Order = global::TaskDsl.Prompts.DemonstrationOrder.File,")]
    public void A_number_or_more(string demonstrations, string expected) =>
        Assert.Contains(expected, With(demonstrations).Compiles()["prompts/mood.prompt.g.cs"], StringComparison.Ordinal);

    [Theory]
    [InlineData("65", "(3,17): error TDSL1104: 65 is not allowed for 'count'; expected 0 to 64")]
    [InlineData("{count: -1}", "(3,25): error TDSL1104: -1 is not allowed for 'count'; expected 0 to 64")]
    [InlineData("{count: two}", "(3,25): error TDSL1103: 'two' where a whole number is expected")]
    [InlineData("{cuont: 2}", "(3,18): error TDSL1101: 'cuont' is not a property of demonstration_plan; did you mean 'count'?")]
    [InlineData(
        "{count: 2, choose: nearest}",
        "(3,36): error TDSL1102: 'nearest' is not a demonstration choice; expected one of random, fixed"
    )]
    [InlineData("{count: 2, per: questions}", "(3,33): error TDSL1102: 'questions' is not a demonstration draw; did you mean 'question'?")]
    public void A_mistake_is_told_at_its_place(string demonstrations, string expected) =>
        With(demonstrations).Reports($"prompts/mood.prompt.yaml{expected}");

    private static GeneratorRun With(string demonstrations) =>
        Desk
            .Whole.Add(
                "prompts/mood.prompt.yaml",
                Desk.Prompt.Replace("languages:", $"demonstrations: {demonstrations}\nlanguages:", StringComparison.Ordinal)
            )
            .Run();
}
