namespace TaskDsl.Generators.Tests;

/// <summary>
/// One mistake, one diagnostic, at its place: a project without a fault and one edit, each of a kind that people have made. The compiler
/// finds no error in what is generated (<see cref="Testing.GeneratorRun.Reports"/> looks).
/// </summary>
public class OneMistakeTests
{
    private const string Task = "tasks/grade_line.task.yaml";
    private const string Prompt = "prompts/grade_line.prompt.yaml";
    private const string Recipe = "recipes/hr.recipe.yaml";

    [Fact]
    public void Without_one_all_compiles() => HrDesk.Whole.Run().Compiles();

    [Theory]
    [InlineData(
        "type: label",
        "type: lable",
        "tasks/grade_line.task.yaml(8,11): error TDSL1301: 'lable' is not a type; did you mean 'label'?"
    )]
    [InlineData(
        "    labels:",
        "     labels:",
        "tasks/grade_line.task.yaml(9,1): error TDSL1001: this is not YAML: this line is indented by 5, the one above it, "
            + "which has its value already, by 4; indent both alike"
    )]
    [InlineData(
        "  line: {type",
        "\tline: {type",
        "tasks/grade_line.task.yaml(5,1): error TDSL1001: this is not YAML: a tab indents this line; YAML indents by plain " + "spaces only"
    )]
    [InlineData(
        "task: grade_line",
        "task：grade_line",
        "tasks/grade_line.task.yaml(1,5): error TDSL1001: this is not YAML: '：' is a full-width colon; write ': ', a colon and "
            + "a space"
    )]
    [InlineData(
        "task: grade_line",
        "Task: grade_line",
        "tasks/grade_line.task.yaml(1,1): error TDSL1106: the first key of a *.task.yaml file must be 'task: <name>'"
    )]
    [InlineData(
        "task: grade_line",
        "prompt: grade_line",
        "tasks/grade_line.task.yaml(1,1): error TDSL1106: the first key of a *.task.yaml file must be 'task: <name>'"
    )]
    [InlineData(
        "task: grade_line\n",
        "",
        "tasks/grade_line.task.yaml(1,1): error TDSL1106: the first key of a *.task.yaml file must be 'task: <name>'"
    )]
    [InlineData(
        "summary: Grades a line of a CV.",
        "summary: Grades: a line of a CV.",
        "tasks/grade_line.task.yaml(2,16): error TDSL1001: this is not YAML: a text with ': ' in it needs quotes: \"Grades: a "
            + "line of a CV.\""
    )]
    [InlineData(
        "summary: Grades a line of a CV.",
        "summary",
        "tasks/grade_line.task.yaml(2,1): error TDSL1001: this is not YAML: a colon is missing behind 'summary'; write " + "'summary: …'"
    )]
    [InlineData(
        "{type: text, summary: The line.}",
        "{type: text, summary: The line.",
        "tasks/grade_line.task.yaml(5,9): error TDSL1001: this is not YAML: this '{' is never closed by '}'"
    )]
    [InlineData(
        "accuracy, macro_f1",
        "accuracy, f1",
        "tasks/grade_line.task.yaml(18,21): error TDSL1102: 'f1' is not a metric; expected one of accuracy, bleu, chrf, "
            + "confidence_auroc, edit_f, exact_match, field_accuracy, macro_f1, max_answers, max_incorrect, micro_f1, perplexity, rouge_l, "
            + "samples_f1, sari, validity"
    )]
    [InlineData(
        "data/cv.zh.jsonl",
        "data/cv_zh.jsonl",
        "tasks/grade_line.task.yaml(14,12): error TDSL1108: 'data/cv_zh.jsonl' names no file or folder of the project; did you "
            + "mean 'data/cv.zh.jsonl'?"
    )]
    [InlineData(
        "language: zh}",
        "language: cn}",
        "tasks/grade_line.task.yaml(14,40): error TDSL1302: the task has no language 'cn', only en, zh"
    )]
    [InlineData(
        "by: grade",
        "by: grad",
        "tasks/grade_line.task.yaml(17,26): error TDSL1402: 'grad' is not known here; did you mean 'grade'?"
    )]
    [InlineData(
        "validation: 0.1, test: 0.1",
        "validation: 0.6, test: 0.5",
        "tasks/grade_line.task.yaml(17,56): error TDSL1302: validation (0.6) and test (0.5) leave nothing to train on"
    )]
    [InlineData(
        "== 'strong'",
        "== 'stron'",
        "tasks/grade_line.task.yaml(16,22): error TDSL1102: 'stron' is not a label of this field; did you mean 'strong'?"
    )]
    [InlineData(
        "zh: 弱",
        "zh: 强",
        "tasks/grade_line.task.yaml(11,39): error TDSL1302: the labels 'strong' and 'weak' are both written '强' in zh, so that "
            + "an answer could mean either"
    )]
    [InlineData(
        "  grade:\n",
        "  line:\n",
        "tasks/grade_line.task.yaml(7,3): error TDSL1302: the field 'line' is also in the input; a record holds both in one "
            + "object, so each needs a name of its own"
    )]
    public void In_a_task(string before, string after, string expected) => One(Task, before, after, expected);

    [Theory]
    [InlineData(
        "of: line",
        "of: text",
        "tasks/extract_skills.task.yaml(4,32): error TDSL1302: the input has no field 'text'; expected one of line"
    )]
    public void In_a_task_of_entities(string before, string after, string expected) =>
        One("tasks/extract_skills.task.yaml", before, after, expected);

    [Theory]
    [InlineData(
        "task: grade_line",
        "task: grade_lines",
        "prompts/grade_line.prompt.yaml(2,7): error TDSL1201: there is no task named 'grade_lines'; did you mean 'grade_line'?"
    )]
    [InlineData(
        "this line: {{ line }}",
        "this line: {{ lien }}",
        "prompts/grade_line.prompt.yaml(6,30): error TDSL1402: 'lien' is not known here; did you mean 'line'?"
    )]
    [InlineData(
        "this line: {{ line }}",
        "this line: {{ line }",
        "prompts/grade_line.prompt.yaml(6,27): error TDSL1401: this {{ is never closed by }}"
    )]
    [InlineData(
        "评级（{{ labels | array.join '、' }}",
        "评级（{{ lables | array.join '、' }}",
        "prompts/grade_line.prompt.yaml(11,27): error TDSL1402: 'lables' is not known here; did you mean 'labels'?"
    )]
    [InlineData(
        "this line: {{ line }}",
        "this line: {{ line | upper }}",
        "prompts/grade_line.prompt.yaml(6,37): error TDSL1403: 'upper' is not a function that can be called here; did you mean "
            + "'string.upcase'?"
    )]
    [InlineData(
        "\"{{ output }}\"",
        "\"Here:\"",
        "prompts/grade_line.prompt.yaml(8,16): error TDSL1404: 'assistant' must end with {{ output }}: what stands before it "
            + "belongs to the prompt, the output is what the model answers"
    )]
    [InlineData(
        "zh:\n    user:\n      - \"{{ line }} 评级（{{ labels | array.join '、' }}）：\"",
        "zh: {user: \"{{ line }}\"}",
        "prompts/grade_line.prompt.yaml(9,14): error TDSL1103: the text '{{ line }}' where a sequence (as [a, b]) is expected"
    )]
    [InlineData(
        "\"{{ line }} Is it {{ labels | array.join ' or ' }}?\"",
        "",
        "prompts/grade_line.prompt.yaml(7,8): error TDSL1103: nothing where a text is expected"
    )]
    [InlineData(
        "\"{{ line }} Is it {{ labels | array.join ' or ' }}?\"",
        "{{ line }} is what?",
        "prompts/grade_line.prompt.yaml(7,9): error TDSL1001: this is not YAML: a text that begins with '{{' needs quotes: "
            + "\"{{ line }} is what?\""
    )]
    [InlineData(
        "\"{{ line }} Is it {{ labels | array.join ' or ' }}?\"",
        "Grade this: {{ line }}",
        "prompts/grade_line.prompt.yaml(7,19): error TDSL1001: this is not YAML: a text with ': ' in it needs quotes: \"Grade "
            + "this: {{ line }}\""
    )]
    [InlineData(
        "  zh:\n    user:\n      - \"{{ line }} 评级（{{ labels | array.join '、' }}）：\"",
        "",
        "prompts/grade_line.prompt.yaml(3,1): error TDSL1404: there are no messages in 'zh', a language of the task " + "'grade_line'"
    )]
    public void In_a_prompt(string before, string after, string expected) => One(Prompt, before, after, expected);

    [Theory]
    [InlineData(
        "demonstrations: 2",
        "demonstrations: [a]",
        "prompts/extract_skills.prompt.yaml(3,17): error TDSL1103: a sequence where a mapping with a demonstration_plan's properties "
            + "is expected"
    )]
    public void In_a_prompt_with_demonstrations(string before, string after, string expected) =>
        One("prompts/extract_skills.prompt.yaml", before, after, expected);

    [Theory]
    [InlineData("rows: 4", "rows: four", "recipes/hr.recipe.yaml(6,15): error TDSL1103: 'four' where a whole number is expected")]
    [InlineData(
        "dropout: 0.1",
        "mixture: {temperature: 0}",
        "recipes/hr.recipe.yaml(8,24): error TDSL1104: 0 is not allowed for 'temperature'; expected 1 to 1000000"
    )]
    [InlineData("rows: 4", "rows: '4'", "recipes/hr.recipe.yaml(6,15): error TDSL1103: the text '4' where a whole number is expected")]
    [InlineData("rows: 4", "row: 4", "recipes/hr.recipe.yaml(6,9): error TDSL1101: 'row' is not a property of batch; did you mean 'rows'?")]
    [InlineData(
        "grade_line, extract_skills",
        "grade_line, extract_skill",
        "recipes/hr.recipe.yaml(3,21): error TDSL1201: there is no task named 'extract_skill'; did you mean 'extract_skills'?"
    )]
    [InlineData(
        "grade_line, extract_skills",
        "grade_line，extract_skills",
        "recipes/hr.recipe.yaml(3,19): error TDSL1001: this is not YAML: '，' is a full-width comma; write ', ', a comma and a " + "space"
    )]
    [InlineData("2e-3", "2 e-3", "recipes/hr.recipe.yaml(5,36): error TDSL1103: '2 e-3' where a number is expected")]
    [InlineData(
        "dropout: 0.1",
        "dropout: 1.5",
        "recipes/hr.recipe.yaml(8,10): error TDSL1104: 1.5 is not allowed for 'dropout'; expected 0 to 0.9"
    )]
    [InlineData(
        "models/desk-base",
        "models/desk-bas",
        "recipes/hr.recipe.yaml(2,8): error TDSL1108: 'models/desk-bas' names no file or folder of the project; did you mean "
            + "'models/desk-base'?"
    )]
    [InlineData(
        "batch: {rows: 4}",
        "batch: {rows: 4",
        "recipes/hr.recipe.yaml(6,8): error TDSL1001: this is not YAML: this '{' is never closed by '}'"
    )]
    [InlineData(
        "batch: {rows: 4}",
        "batch：{rows: 4}",
        "recipes/hr.recipe.yaml(6,6): error TDSL1001: this is not YAML: '：' is a full-width colon; write ': ', a colon and a " + "space"
    )]
    [InlineData(
        "batch: {rows: 4}",
        "batch:{rows: 4}",
        "recipes/hr.recipe.yaml(6,6): error TDSL1001: this is not YAML: a space is missing behind this colon; only ': ' ends a " + "key"
    )]
    [InlineData(
        "model: models/desk-base",
        "model: 'models/desk-base",
        "recipes/hr.recipe.yaml(2,8): error TDSL1001: this is not YAML: this ' is never closed"
    )]
    public void In_a_recipe(string before, string after, string expected) => One(Recipe, before, after, expected);

    [Theory]
    [InlineData(
        "\"grade\": \"strong\"",
        "\"Grade\": \"strong\"",
        "tasks/grade_line.task.yaml(13,12): error TDSL1503: 'data/cv.en.jsonl' has no column for the field 'grade'; did you "
            + "mean 'columns: {grade: Grade}'?"
    )]
    [InlineData(
        "\"grade\": \"strong\"",
        "\"grade\": \"strong\", \"id\": 1",
        "tasks/grade_line.task.yaml(13,12): error TDSL1504: 'data/cv.en.jsonl' has 'id' in every record, neither a field of "
            + "the task nor listed under 'ignore'"
    )]
    public void In_data(string before, string after, string expected) => One("data/cv.en.jsonl", before, after, expected);

    [Theory]
    [InlineData(
        Task,
        "tasks/grade_line.taks.yaml",
        "tasks/grade_line.taks.yaml(1,1): error TDSL1109: 'taks' is not a kind of definition; did you mean 'task'?"
    )]
    [InlineData(
        Task,
        "tasks/grade_line.yaml",
        "tasks/grade_line.yaml(1,1): error TDSL1110: the file begins as a task, and its name does not say so; rename it to "
            + "'grade_line.task.yaml'"
    )]
    [InlineData(
        Prompt,
        "prompts/grade_line.promt.yaml",
        "prompts/grade_line.promt.yaml(1,1): error TDSL1109: 'promt' is not a kind of definition; did you mean 'prompt'?"
    )]
    [InlineData(
        Prompt,
        "prompts/grade_line.yaml",
        "prompts/grade_line.yaml(1,1): error TDSL1110: the file begins as a prompt, and its name does not say so; rename it to "
            + "'grade_line.prompt.yaml'"
    )]
    [InlineData(
        Recipe,
        "recipes/hr.yml",
        "recipes/hr.yml(1,1): error TDSL1110: the file begins as a recipe, and its name does not say so; rename it to " + "'hr.recipe.yaml'"
    )]
    public void In_a_files_name(string before, string after, string expected) => HrDesk.Renamed(before, after).Run().Reports(expected);

    private static void One(string file, string before, string after, string expected) =>
        HrDesk.With(file, before, after).Run().Reports(expected);
}
