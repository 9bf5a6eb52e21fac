using System.Reflection;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests.Tasks;

/// <summary>Names that do not fit C#, and names that clash.</summary>
public class TaskNamesTests
{
    [Fact]
    public void Names_of_any_script_and_sense_become_identifiers()
    {
        var assembly = Task(
                """
                task: 条款
                input: {正文: text, class: text, reader: text, fields: text, language: text, value: text, item: text,
                  event: text?, utf8: text, clone: int, input: text, _x2: bool?}
                output:
                  task: {type: label, labels: [a]}
                  example: {type: label?, labels: [b]}
                  output: {type: record, fields: {output_record: int, equals: {type: label, labels: [get_hash_code, to_string]}}}
                  fields_: {type: label, labels: [c]}
                  条款: {type: labels, labels: [甲, 乙]}
                  string: {type: label, labels: [int, 1st, 1ST, "+", "-", "C#", "c#", Refund_not_showing_up, "reverted_card_payment?"]}
                  type: {type: label, labels: [type]}
                  system: {type: label, labels: [system]}
                  task_dsl: {type: label, labels: [x]}
                  writer: {type: list<record>, fields: {writer: text}}
                  compiled: list<list<label>>?
                """.Replace("_x2", "x2", StringComparison.Ordinal).Replace(
                    "compiled: list<list<label>>?",
                    "compiled: {type: \"list<list<label>>?\", labels: [q]}",
                    StringComparison.Ordinal
                )
            )
            .Load();
        var task = assembly.GetType("Desk.条款", throwOnError: true)!;
        Assert.Equal(
            ["Int", "_1st", "_1ST", "Label4", "Label5", "C", "C_2", "RefundNotShowingUp", "RevertedCardPayment"],
            Enum.GetNames(task.GetNestedType("String", BindingFlags.Public)!)
        );
        Assert.Equal(
            ["正文", "Class", "Reader", "Fields", "Language", "Value", "Item", "Event", "Utf8", "CloneValue", "InputValue", "X2"],
            task.GetNestedType("Input")!.GetProperties().Select(p => p.Name)
        );
        Assert.NotNull(task.GetNestedType("条款Label"));
        Assert.NotNull(task.GetNestedType("TaskLabel"));
    }

    [Fact]
    public void Names_that_would_be_one_in_CSharp_are_reported() =>
        Task(
                """
                task: mood
                input: {some_text: text, someText: text}
                output: {mood: {type: label, labels: [a]}}
                """
            )
            .Reports("a.task.yaml(2,26): error TDSL1302: the fields 'some_text' and 'someText' would both be 'SomeText' in C#");

    [Theory]
    [InlineData("task")]
    [InlineData("input")]
    [InlineData("example")]
    [InlineData("compiled")]
    [InlineData("task_catalog")]
    public void A_task_cannot_have_the_name_of_what_it_declares(string name)
    {
        var problem = Assert.Single(Task($"task: {name}\ninput: {{a: text}}\noutput: {{b: text}}\n").Diagnostics);
        Assert.Equal("TDSL1107", problem.Id);
    }

    [Fact]
    public void The_fingerprint_follows_what_shapes_the_text_and_nothing_else()
    {
        string Fingerprint(string yaml) =>
            System
                .Text.RegularExpressions.Regex.Match(Task(yaml).Compiles()["a.task.g.cs"], "Fingerprint => \"([0-9a-f]{16})\"")
                .Groups[1]
                .Value;
        const string yaml = "task: a\nsummary: x\ninput: {t: text}\noutput: {m: {type: label, labels: {g: {surface: good}}}}\n";
        Assert.Equal(Fingerprint(yaml), Fingerprint(yaml.Replace("summary: x", "summary: y", StringComparison.Ordinal)));
        Assert.Equal(Fingerprint(yaml), Fingerprint(yaml + "metrics: [accuracy]\n"));
        string[] others =
        [
            yaml.Replace("good", "fine", StringComparison.Ordinal),
            yaml.Replace("t: text", "t: text?", StringComparison.Ordinal),
            yaml.Replace("t: text", "u: text", StringComparison.Ordinal),
            yaml + "format: json\n",
            yaml + "languages: [zh]\n",
        ];
        Assert.Equal(others.Length + 1, others.Append(yaml).Select(Fingerprint).Distinct().Count());
    }

    private static GeneratorRun Task(string yaml) => Desk.Empty.Add("a.task.yaml", yaml).Run();
}
