using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>A small project without a mistake: two tasks in two languages, their prompts, their data, a recipe.</summary>
internal static class HrDesk
{
    private const string Grade = """
        task: grade_line
        summary: Grades a line of a CV.
        languages: [en, zh]
        input:
          line: {type: text, summary: The line.}
        output:
          grade:
            type: label
            labels:
              strong: {surfaces: {en: strong, zh: 强}}
              weak: {surfaces: {en: weak, zh: 弱}}
        examples:
          - {path: data/cv.en.jsonl, language: en}
          - {path: data/cv.zh.jsonl, language: zh}
        stages:
          - filter: grade == 'strong' || line.size > 3
        split: {stratified: {by: grade, validation: 0.1, test: 0.1}}
        metrics: [accuracy, macro_f1]
        """;

    private const string GradePrompt = """
        prompt: grade_line
        task: grade_line
        languages:
          en:
            user:
              - "Grade this line: {{ line }} Answer with one of {{ labels | array.join ', ' }}."
              - "{{ line }} Is it {{ labels | array.join ' or ' }}?"
            assistant: "{{ output }}"
          zh:
            user:
              - "{{ line }} 评级（{{ labels | array.join '、' }}）："
        """;

    private const string Skills = """
        task: extract_skills
        input: {line: text}
        output:
          skills: {type: entities, of: line, labels: [tool, language]}
        """;

    private const string SkillsPrompt = """
        prompt: extract_skills
        task: extract_skills
        demonstrations: 2
        languages:
          en:
            user: ["Which skills? {{ line }}"]
        """;

    private const string Recipe = """
        recipe: hr
        model: models/desk-base
        tasks: [grade_line, extract_skills]
        tuning: {lora: {rank: 8}}
        optimizer: {adamw: {learning_rate: 2e-3}}
        batch: {rows: 4}
        budget: {epochs: 2}
        dropout: 0.1
        one_model_per: task
        """;

    /// <summary>The project.</summary>
    public static GeneratorProject Whole { get; } =
        new GeneratorProject()
            .Add("models/desk-base/config.json")
            .Add("data/cv.en.jsonl", """{"line": "Led a team of ten.", "grade": "strong"}""" + "\n")
            .Add("data/cv.zh.jsonl", """{"line": "熟悉办公软件。", "grade": "弱"}""" + "\n")
            .Add("tasks/grade_line.task.yaml", Grade)
            .Add("tasks/extract_skills.task.yaml", Skills)
            .Add("prompts/grade_line.prompt.yaml", GradePrompt)
            .Add("prompts/extract_skills.prompt.yaml", SkillsPrompt)
            .Add("recipes/hr.recipe.yaml", Recipe);

    /// <summary>The project with one edit of one file.</summary>
    /// <param name="file">A part of the file's path.</param>
    /// <param name="before">What stands there, once.</param>
    /// <param name="after">What shall stand there.</param>
    public static GeneratorProject With(string file, string before, string after)
    {
        var path = Assert.Single(Whole.Files.Keys, path => path.Contains(file, StringComparison.Ordinal));
        var text = Whole.Files[path].GetText().ToString();
        Assert.Single(text.Split(before).Skip(1));
        return Whole.Add(path, text.Replace(before, after, StringComparison.Ordinal));
    }

    /// <summary>The project with a file under another name.</summary>
    public static GeneratorProject Renamed(string before, string after) =>
        Whole.Remove(before).Add(after, Whole.Files[before].GetText().ToString());
}
