using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>Ready answers, as a model among models: what joins them, how they are read, and what may read them.</summary>
public class AnswersStepTests
{
    private static readonly GeneratorProject Project = Desk
        .Whole.Add("said.jsonl", """{"sentence": "What a day.", "record": 0, "model": "big", "answer": "[glad]"}""")
        .Add(
            "tasks/told.task.yaml",
            """
            task: told
            summary: Another task.
            input:
              text: text
            output:
              sentence: text
            """
        )
        .Add("prompts/told.prompt.yaml", "prompt: told\ntask: told\nlanguages:\n  en:\n    user: [\"{{ text }}\"]\n");

    [Theory]
    [InlineData("b: {answers: {task: mood, path: said.jsonl}}")]
    [InlineData("b: {answers: {task: mood, path: said.jsonl, key: sentence, where: {model: big}, format: mentions}}")]
    [InlineData("b: {answers: {task: mood, path: said.jsonl, number: n, answer: said, format: {pattern: '\\[(.*?)\\]'}}}")]
    [InlineData("b: {answers: {task: mood, from: [$gold_moods]}}")]
    [InlineData("b: {evaluate: {models: [$said, $teacher], tasks: [mood], examples: [gold, $gold_moods]}}")]
    [InlineData("b: {evaluate: {models: [$said], tasks: [mood]}}\nexpect: [b.said.accuracy > b.majority.accuracy]")]
    [InlineData("b: {sweep: {over: {who: [big, small]}}, answers: {task: mood, path: said.jsonl, where: {model: \"${each.who}\"}}}")]
    public void What_fits_compiles(string step) => With(step).Run().Compiles();

    [Theory]
    [InlineData(
        "b: {answers: {task: mood, path: said.jsonl, key: sentense}}",
        "(4,52): error TDSL1605: the task has no field 'sentense'; did you mean 'sentence'?"
    )]
    [InlineData(
        "b: {answers: {task: mood, path: said.jsonl, format: {pattern: '[glad'}}}",
        "(4,65): error TDSL1104: the text '[glad' is not allowed for 'find'; expected a regular expression: Invalid pattern '[glad' at "
            + "offset 5. Unterminated [] set"
    )]
    [InlineData(
        "b: {answers: {task: mood, path: sayd.jsonl}}",
        "(4,35): error TDSL1108: 'sayd.jsonl' names no file or folder of the project; did you mean 'said.jsonl'?"
    )]
    [InlineData("b: {answers: {task: mood}}", "(4,17): error TDSL1105: answers needs 'path' or 'from'")]
    [InlineData(
        "b: {answers: {task: mood, path: said.jsonl, from: [$gold_moods]}}",
        "(4,47): error TDSL1113: 'from' stands beside 'path', and one of the two is meant; keep that one"
    )]
    [InlineData(
        "b: {answers: {task: mood, path: said.jsonl, format: mention}}",
        "(4,55): error TDSL1102: 'mention' is not an answer format; did you mean 'mentions'?"
    )]
    [InlineData(
        "b: {generate: {model: $said, task: mood, from: $gold_moods}}",
        "(4,25): error TDSL1602: '$said' is answers, made by 'answers', where a model is expected"
    )]
    [InlineData(
        "b: {evaluate: {models: [$teacher, $said], tasks: [told]}}",
        "(4,37): error TDSL1605: '$said' are answers of the task 'mood', and this step asks 'told'"
    )]
    [InlineData(
        "b: {evaluate: {models: [$teacher], tasks: [told], examples: [$gold_moods]}}",
        "(4,64): error TDSL1605: '$gold_moods' are examples of the task 'mood', and this step asks 'told'"
    )]
    [InlineData(
        "b: {evaluate: {models: [$gold_moods], tasks: [mood]}}",
        "(4,27): error TDSL1602: '$gold_moods' is examples, made by 'data', where a model or answers is expected"
    )]
    [InlineData(
        "b: {answers: {task: told, from: [$gold_moods]}}",
        "(4,36): error TDSL1605: '$gold_moods' are examples of the task 'mood', and this step is for the task 'told'"
    )]
    [InlineData(
        "b: {answers: {task: mood, path: said.jsonl}, stages: [{filter: mood == mood}]}",
        "(4,56): error TDSL1605: stages are for examples, and 'b' makes answers"
    )]
    public void A_mistake_is_told_at_its_place(string step, params string[] expected) =>
        With(step).Run().Reports([.. expected.Select(one => $"a.pipeline.yaml{one}")]);

    private static GeneratorProject With(string step) =>
        Project.Add(
            "a.pipeline.yaml",
            $$$"""
            pipeline: a
            summary: Steps.
            steps:
              {{{step.Split('\n')[0]}}}
              said: {answers: {task: mood, path: said.jsonl}}
              teacher: {train: mood_lora}
              gold_moods: {data: {task: mood, examples: [gold]}}
            {{{string.Join('\n', step.Split('\n').Skip(1))}}}
            """
        );
}
