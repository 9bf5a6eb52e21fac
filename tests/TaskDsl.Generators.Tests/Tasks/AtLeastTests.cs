namespace TaskDsl.Generators.Tests.Tasks;

/// <summary><c>at_least</c> of labels in the generated code, and what is said where it cannot be.</summary>
public class AtLeastTests
{
    private const string Code = "topics.task.g.cs";

    [Fact]
    public void It_is_what_the_labels_and_the_field_say()
    {
        var run = Desk("{type: labels, at_least: 2, labels: [a, b, c]}");
        run.Compiles();
        var code = run[Code];
        Assert.Contains("[\"c\"]) { AtLeast = 2 };", code, StringComparison.Ordinal);
        Assert.Contains("new(\"topics\", \"labels\", \"\", [\"a\", \"b\", \"c\"]) { AtLeast = 2 },", code, StringComparison.Ordinal);
        Assert.DoesNotContain("AtLeast", Desk("{type: labels, labels: [a, b, c]}")[Code], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{type: labels, at_least: 4, labels: [a, b, c]}", "(3,43): error TDSL1302: no answer can have 4 labels: there are 3")]
    [InlineData("{type: label, at_least: 1, labels: [a, b]}", "(3,32): error TDSL1302: type label has no 'at_least'; type labels has")]
    [InlineData("{type: list<text>, at_least: 1}", "(3,37): error TDSL1302: type text has no 'at_least'; type labels has")]
    [InlineData(
        "{type: labels, at_least: -1, labels: [a]}",
        "(3,43): error TDSL1104: -1 is not allowed for 'at_least'; expected 0 to 1000"
    )]
    [InlineData("{type: labels, at_least: some, labels: [a]}", "(3,43): error TDSL1103: 'some' where a whole number is expected")]
    public void What_cannot_be_is_an_error(string field, string expected) => Desk(field).Reports($"topics.task.yaml{expected}");

    private static TaskDsl.Testing.GeneratorRun Desk(string field) =>
        Generators.Tests.Desk.Empty.Add("topics.task.yaml", $"task: topics\ninput: {{t: text}}\noutput: {{topics: {field}}}\n").Run();
}
