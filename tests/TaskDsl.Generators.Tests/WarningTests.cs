using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>What is right, compiles, and is hardly meant: a warning each, and none where it may well be meant.</summary>
public class WarningTests
{
    private const string Task = "tasks/grade_line.task.yaml";
    private const string Prompt = "prompts/grade_line.prompt.yaml";
    private const string Recipe = "recipes/hr.recipe.yaml";
    private const string Second = "\"{{ line }} Is it {{ labels | array.join ' or ' }}?\"";

    [Theory]
    [InlineData(
        "Is it strong or weak?",
        "(7,9): error TDSL1405: the template names no field of the input (line), so that the model does not see it"
    )]
    [InlineData(
        "\"Is it {{ labels | array.join ' or ' }}?\"",
        "(7,9): error TDSL1405: the template names no field of the input (line), so that the model does not see it"
    )]
    [InlineData(
        "Line #{{ line }}",
        "(7,9): error TDSL1405: the template names no field of the input (line), so that the model does not see it. "
            + "Behind it ' #' begins a comment: put quotes around the text if it goes on there"
    )]
    [InlineData(
        "Line {{ labels.size }} # of a CV",
        "(7,9): error TDSL1405: the template names no field of the input (line), so that the model does not see it. "
            + "Behind it ' #' begins a comment: put quotes around the text if it goes on there"
    )]
    [InlineData(
        "\"Grade {line}: {{ labels | array.join ', ' }}\"",
        "(7,16): error TDSL1406: '{line}' is plain text here, which the model would read as it stands; a template is "
            + "written {{ line }}"
    )]
    [InlineData(
        "\"Grade {{ line }} as one of {labels}\"",
        "(7,37): error TDSL1406: '{labels}' is plain text here, which the model would read as it stands; a template is "
            + "written {{ labels }}"
    )]
    [InlineData(
        "\"{% if line %}{{ line }}{% endif %}\"",
        "(7,10): error TDSL1406: '{% if line %}' is plain text here, which the model would read as it stands; a "
            + "template is written {{ if line }}"
    )]
    [InlineData(
        "\"{{ line -}}   {%- set a = 1 -%}\"",
        "(7,24): error TDSL1406: '{%- set a = 1 -%}' is plain text here, which the model would read as it stands; a "
            + "template is written {{ a = 1 }}"
    )]
    [InlineData(
        "|\n        Grade this:\n          {{- if line.size > 3 }}\n          {line}\n        {{ end }}",
        "(10,11): error TDSL1406: '{line}' is plain text here, which the model would read as it stands; a template is "
            + "written {{ line }}"
    )]
    public void Of_a_template(string template, string expected) => Warns(Prompt, Second, template, expected);

    [Theory]
    [InlineData("\"Grade {{ line }} as {\\\"grade\\\": …}, {grade} or {{ '{line}' }}, 100 % {sure}\"")]
    [InlineData("\"{{ if line.size > 3 }}{{ line }}{{ end }}\"")]
    [InlineData("\"{{ x = line }}{{ x }}\"")]
    [InlineData("\"Line #{{ line }}\"")]
    public void Of_no_template_that_may_be_meant(string template) => Warns(Prompt, Second, template);

    [Fact]
    public void Of_no_template_whose_input_stands_in_the_system_message() =>
        Warns(
            Prompt,
            "en:\n    user:\n      - \"Grade this line: {{ line }} Answer with one of {{ labels | array.join ', ' }}.\"",
            "en:\n    system: \"The line is {{ line }}\"\n    user:\n      - Grade it."
        );

    [Fact]
    public void Of_a_text_that_entities_are_copied_from() =>
        Assert.Equal(
            ["(6,12): error TDSL1405: the template does not name 'line', the text that 'skills' is copied from"],
            Said(
                HrDesk
                    .Whole.Add(
                        "tasks/extract_skills.task.yaml",
                        HrDesk
                            .Whole.Files["tasks/extract_skills.task.yaml"]
                            .GetText()
                            .ToString()
                            .Replace("{line: text}", "{line: text, role: text}", StringComparison.Ordinal)
                    )
                    .Add(
                        "prompts/extract_skills.prompt.yaml",
                        HrDesk
                            .Whole.Files["prompts/extract_skills.prompt.yaml"]
                            .GetText()
                            .ToString()
                            .Replace("{{ line }}", "{{ role }}", StringComparison.Ordinal)
                    )
                    .Run()
            )
        );

    [Theory]
    [InlineData(
        "{epochs: 2}",
        "{epochs: 2, steps: 5}",
        "(7,21): error TDSL1111: 'steps' stands beside 'epochs': the run ends at whichever of the two is reached "
            + "first. Leave one of them out if you mean the other alone"
    )]
    [InlineData("{epochs: 2}", "{steps: 5}", "")]
    [InlineData("{epochs: 2}", "{epochs: 2, steps: ~}", "")]
    public void Of_two_limits(string before, string after, string expected) => Warns(Recipe, before, after, expected);

    [Theory]
    [InlineData("tasks: [grade_line, extract_skills]\n", "", true)]
    [InlineData("tasks: [grade_line, extract_skills]\n", "tasks: []\n", false)]
    [InlineData("tasks: [grade_line, extract_skills]\n", "corpus: [data/cv.en.jsonl]\n", false)]
    public void Of_nothing_to_train_on(string before, string after, bool told) =>
        Warns(
            Recipe,
            before,
            after,
            told
                ? "(1,1): error TDSL1112: this recipe has no 'tasks' or 'corpus', so that there is nothing to train on; name tasks "
                    + "('tasks: [<task>]') or texts ('corpus: [<file>]'), or say that C# gives them ('tasks: []')"
                : ""
        );

    /// <summary>A warning keeps no other from being told.</summary>
    [Fact]
    public void Of_two_limits_and_of_nothing_to_train_on() =>
        Assert.Equal(
            ["TDSL1112", "TDSL1111"],
            Desk.WithRecipe("recipe: a\nmodel: models/base\nbudget: {epochs: 2, steps: 5}\n").Run().Diagnostics.Select(d => d.Id)
        );

    [Theory]
    [InlineData(
        "strong: {surfaces: {en: strong, zh: 强}}",
        "strong: {surfaces: {en: strong}}",
        "(10,7): error TDSL1303: the label 'strong' has no surface in zh, where others have one, and is written "
            + "'strong' there; add it, as surfaces: {zh: …}"
    )]
    [InlineData("strong: {surfaces: {en: strong, zh: 强}}", "strong: {surfaces: {zh: 强}}", "")]
    [InlineData("strong: {surfaces: {en: strong, zh: 强}}", "strong: {surface: ok}", "")]
    [InlineData(
        "weak: {surfaces: {en: weak, zh: 弱}}",
        "weak: {surfaces: {en: weak, zh: 弱}}\n      fair: {}",
        "(12,7): error TDSL1303: the label 'fair' has no surface in en, zh, where others have one, and is written "
            + "'fair' there; add it, as surfaces: {en: …, zh: …}"
    )]
    [InlineData(
        "{surfaces: {en: strong, zh: 强}}\n      weak: {surfaces: {en: weak, zh: 弱}}",
        "{surfaces: {zh: 强}}\n      weak: {surfaces: {zh: 弱}}",
        ""
    )]
    public void Of_a_label(string before, string after, string expected) => Warns(Task, before, after, expected);

    private static void Warns(string file, string before, string after, params string[] expected) =>
        Assert.Equal(expected.Where(line => line.Length > 0), Said(HrDesk.With(file, before, after).Run()));

    // Whatever is warned of compiles. (In these tests every warning is an error, as in a careful build.)
    private static IEnumerable<string> Said(GeneratorRun run)
    {
        var said = run.Report().Split('\n').Where(line => line.Contains(": error TDSL", StringComparison.Ordinal)).ToArray();
        run.Reports(said);
        return said.Select(line => line[(line.IndexOf('(', StringComparison.Ordinal))..]);
    }
}
