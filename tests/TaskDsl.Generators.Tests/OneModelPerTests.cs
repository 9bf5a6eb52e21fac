namespace TaskDsl.Generators.Tests;

/// <summary>Mistakes in what gets a model of its own: each has one diagnostic, at its place.</summary>
public class OneModelPerTests
{
    private const string Recipe = "recipes/hr.recipe.yaml";

    [Theory]
    [InlineData("true", "9,16): error TDSL1102: 'true' is not a grouping; expected one of groups, task, values_of")]
    [InlineData("tasks", "9,16): error TDSL1102: 'tasks' is not a grouping; did you mean 'task'?")]
    [InlineData("{}", "9,16): error TDSL1104: a length of 0 is not allowed for 'tasks'; expected 1 to 10000")]
    [InlineData(
        "{cv: [grade_lin], skills: [extract_skills]}",
        "9,22): error TDSL1201: there is no task named 'grade_lin'; did you mean 'grade_line'?"
    )]
    [InlineData("{cv: [grade_line]}", "9,17): error TDSL1701: the task 'extract_skills' is in no group; each task of the recipe needs one")]
    [InlineData(
        "{cv: [grade_line], skills: [extract_skills, grade_line]}",
        "9,60): error TDSL1701: the task 'grade_line' stands in 'cv' already; a task has one model"
    )]
    [InlineData("{all: [grade_line, extract_skills], more: []}", "9,52): error TDSL1701: the group 'more' needs a task")]
    [InlineData(
        "{../cv: [grade_line, extract_skills]}",
        "9,17): error TDSL1701: the group '../cv' gives its model's folder its name, and a folder's name "
            + "here has at most 60 letters, digits, '_', '-' and '.', and begins with no point or dash"
    )]
    [InlineData(
        "{best: [grade_line, extract_skills]}",
        "9,17): error TDSL1701: the group 'best' gives its model's folder its name, and a run has its own " + "folder 'best'"
    )]
    [InlineData(
        "{cv: grade_line, skills: [extract_skills]}",
        "9,21): error TDSL1103: 'grade_line' where a sequence (as [a, b]) is expected"
    )]
    [InlineData(
        "{values_of: lines}",
        "9,28): error TDSL1701: the input of the task 'grade_line' has no field 'lines'; did you mean 'line'?"
    )]
    [InlineData(
        "{values_of: grade}",
        "9,28): error TDSL1701: the input of the task 'grade_line' has no field 'grade'; expected one of line"
    )]
    [InlineData("{value_of: line}", "9,17): error TDSL1102: 'value_of' is not a grouping; did you mean 'values_of'?")]
    [InlineData("{values_of: [line]}", "9,28): error TDSL1103: a sequence where a mapping with a values_of's properties is expected")]
    [InlineData(
        "{values_of: line, cv: [grade_line]}",
        "9,34): error TDSL1103: a second key 'cv' where one grouping alone (indent the key if it belongs to " + "'values_of') is expected"
    )]
    public void In_what_gets_a_model_of_its_own(string after, string expected) =>
        One("one_model_per: task", $"one_model_per: {after}", $"recipes/hr.recipe.yaml({expected}");

    [Theory]
    [InlineData("task")]
    [InlineData("{cv: [grade_line], skills: [extract_skills]}")]
    [InlineData("{groups: {cv_1.a: [extract_skills, grade_line]}}")]
    [InlineData("{values_of: line}")]
    [InlineData("~")]
    public void None_is_in_what_gets_a_model_of_its_own(string after) =>
        HrDesk.With(Recipe, "one_model_per: task", $"one_model_per: {after}").Run().Compiles();

    [Fact]
    public void Groups_name_tasks_of_the_recipe() =>
        HrDesk
            .Whole.Add(
                Recipe,
                "recipe: hr\nmodel: models/desk-base\ntasks: [extract_skills]\n"
                    + "one_model_per: {cv: [grade_line], skills: [extract_skills]}\n"
            )
            .Run()
            .Reports("recipes/hr.recipe.yaml(4,22): error TDSL1701: the recipe has no task 'grade_line'; expected one of extract_skills");

    [Fact]
    public void The_old_word_leads_to_the_new_one() =>
        One(
            "one_model_per: task",
            "one_model_per_task: true",
            "recipes/hr.recipe.yaml(9,1): error TDSL1101: 'one_model_per_task' is not a property of recipe; did you mean 'one_model_per'?"
        );

    [Theory]
    [InlineData(
        "{cv: [grade_line]}",
        "(3,45): error TDSL1701: the task 'extract_skills' is in no group; each task of the recipe needs one"
    )]
    [InlineData("{values_of: lin}", "(3,56): error TDSL1701: the input of the task 'grade_line' has no field 'lin'; did you mean 'line'?")]
    public void In_what_a_step_says_in_its_recipes_place(string after, string expected) =>
        HrDesk
            .Whole.Add("p.pipeline.yaml", $"pipeline: p\nsteps:\n  own: {{train: {{recipe: hr, one_model_per: {after}}}}}\n")
            .Run()
            .Reports($"p.pipeline.yaml{expected}");

    private static void One(string before, string after, string expected) => HrDesk.With(Recipe, before, after).Run().Reports(expected);
}
