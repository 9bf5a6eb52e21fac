namespace TaskDsl.Generators.Tests;

/// <summary>What others name is wrong or not there: that is told, and not what comes of it.</summary>
public class BehindMistakesTests
{
    private const string Task = "tasks/grade_line.task.yaml";
    private const string Prompt = "prompts/grade_line.prompt.yaml";
    private const string Recipe = "recipes/hr.recipe.yaml";

    [Fact]
    public void A_file_is_missing() =>
        HrDesk
            .Whole.Remove(Prompt)
            .Run()
            .Reports(
                "recipes/hr.recipe.yaml(3,9): error TDSL1204: the task 'grade_line' has no prompt; write one, as *.prompt.yaml with "
                    + "'task: grade_line'"
            );

    [Fact]
    public void A_name_is_there_twice() =>
        HrDesk
            .Whole.Add("tasks/other.task.yaml", HrDesk.Whole.Files[Task].GetText().ToString())
            .Run()
            .Reports(
                "tasks/other.task.yaml(1,7): error TDSL1202: the task 'grade_line' is also declared in tasks/grade_line.task.yaml; "
                    + "names are unique among their kind"
            );

    [Fact]
    public void A_name_would_be_another_ones_in_CSharp() =>
        HrDesk
            .Whole.Add("tasks/other.task.yaml", "task: grade-line\ninput: {line: text}\noutput: {answer: text}\n")
            .Add("prompts/other.prompt.yaml", "prompt: other\ntask: grade-line\nlanguages: {en: {user: ['{{ line }}']}}\n")
            .Run()
            .Reports(
                "tasks/other.task.yaml(1,7): error TDSL1203: the task 'grade-line' would be 'GradeLine' in C#, a name that the task "
                    + "'grade_line' (tasks/grade_line.task.yaml) has already; choose another"
            );

    /// <summary>A name that is nowhere is told at each place that names it.</summary>
    [Fact]
    public void A_task_is_called_otherwise() =>
        HrDesk
            .With(Task, "task: grade_line", "task: grade line")
            .Run()
            .Reports(
                "prompts/grade_line.prompt.yaml(2,7): error TDSL1201: there is no task named 'grade_line'; did you mean 'grade line'?",
                "recipes/hr.recipe.yaml(3,9): error TDSL1201: there is no task named 'grade_line'; did you mean 'grade line'?"
            );

    [Theory]
    [InlineData("lnguages: [en, zh]", "(3,1): error TDSL1101: 'lnguages' is not a property of task; did you mean 'languages'?")]
    [InlineData("languages: en, zh]", "(3,12): error TDSL1103: 'en, zh]' where a sequence (as [a, b]) is expected")]
    [InlineData("languages:", "(3,11): error TDSL1302: at least one language is needed, as languages: [en]")]
    [InlineData("languages: [en, z h]", "(3,17): error TDSL1302: 'z h' is not a language tag, as en, zh or pt-BR")]
    public void In_the_languages_that_much_else_names(string after, string expected) =>
        HrDesk.With(Task, "languages: [en, zh]", after).Run().Reports(Task + expected);

    /// <summary>What is written everywhere in a language that nobody declared is told in the first place of the task.</summary>
    [Fact]
    public void A_language_is_not_declared() =>
        Assert.Single(HrDesk.With(Task, "languages: [en, zh]\n", "").Run().Diagnostics, d => d.Id == "TDSL1302");

    /// <summary>Each line of each file, left out, cut behind its key, or twice: the compiler finds no error in generated code.</summary>
    [Theory]
    [InlineData(Task)]
    [InlineData(Prompt)]
    [InlineData(Recipe)]
    public void Whatever_is_wrong_no_compiler_error_stands_in_generated_code(string file)
    {
        var lines = HrDesk.Whole.Files[file].GetText().ToString().Split('\n');
        for (var i = 0; i < lines.Length; i++)
            foreach (
                var edited in (string[][])
                    [
                        [],
                        [lines[i][..(lines[i].IndexOf(':', StringComparison.Ordinal) + 1)]],
                        [lines[i], lines[i]],
                    ]
            )
            {
                var run = HrDesk.Whole.Add(file, string.Join('\n', [.. lines[..i], .. edited, .. lines[(i + 1)..]])).Run();
                run.Reports([.. run.Report().Split('\n').Where(line => line.Contains(": error TDSL", StringComparison.Ordinal))]);
            }
    }
}
