using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>Steps that read examples of other tasks: each field must be there, under its name or that of <c>columns</c>.</summary>
public class OtherTasksStepTests
{
    private static readonly GeneratorProject Project = Desk
        .Whole.Add("data/unlabelled.jsonl", """{"sentence": "What a day."}""")
        .Add(
            "tasks/asked.task.yaml",
            """
            task: asked
            summary: Writes a sentence of a mood.
            input:
              mood:
                type: label
                labels: [glad, sad]
              model: text?
            output:
              sentence: text
            """
        )
        .Add(
            "tasks/told.task.yaml",
            """
            task: told
            summary: The same with other words.
            input:
              text: text
            output:
              sentence: list<string>
            """
        )
        .Add(
            "tasks/rated.task.yaml",
            """
            task: rated
            summary: How well a mood fits.
            input:
              sentence: text
              said:
                type: label
                labels: [glad, sad]
            output:
              rating: int
            """
        )
        .Add("prompts/rated.prompt.yaml", "prompt: rated\ntask: rated\nlanguages:\n  en:\n    user: [\"{{ sentence }} {{ said }}\"]\n")
        .Add("prompts/asked.prompt.yaml", "prompt: asked\ntask: asked\nlanguages:\n  en:\n    user: [\"{{ mood }} {{ model }}\"]\n");

    [Theory]
    [InlineData("b: {data: {task: asked, from: [$gold_moods]}}")]
    [InlineData("b: {data: {task: asked, from: [$gold_moods], columns: {model: sentence}}, stages: [{filter: model == sentence}]}")]
    [InlineData("b: {generate: {model: $teacher, task: asked, from: $gold_moods, demonstrations: [$turned]}}")]
    [InlineData("b: {select: {task: mood, examples: [gold], length_like: {as: [$gold_moods], of: sentence, deviations: 3}}}")]
    [InlineData("b: {score: {task: mood, examples: [gold], by: {judge: {model: $teacher, task: rated, columns: {said: mood}}}}}")]
    public void What_fits_compiles(string step) => With(step).Run().Compiles();

    [Theory]
    [InlineData(
        "b: {data: {task: asked, from: [$gold_told]}}",
        "(4,34): error TDSL1605: '$gold_told' are examples of the task 'told', which has no field 'mood'; say which it is read from, as "
            + "columns: {mood: text}",
        "(4,34): error TDSL1605: '$gold_told' are examples of the task 'told', whose field 'sentence' is list<string>, and 'sentence' is "
            + "text"
    )]
    [InlineData(
        "b: {data: {task: asked, from: [$gold_moods], columns: {model: sentense}}}",
        "(4,65): error TDSL1605: '$gold_moods' are examples of the task 'mood', which has no field 'sentense'; did you mean 'sentence'?"
    )]
    [InlineData(
        "b: {data: {task: asked, from: [$gold_moods], columns: {modle: sentence}}}",
        "(4,58): error TDSL1605: the task 'asked' has no field 'modle'; did you mean 'model'?"
    )]
    [InlineData(
        "b: {data: {task: asked, from: [$teacher]}}",
        "(4,34): error TDSL1602: '$teacher' is a model, made by 'train', where examples is expected"
    )]
    [InlineData(
        "b: {data: {task: mood, examples: [gold], take: frist}}",
        "(4,50): error TDSL1102: 'frist' is not a take; did you mean 'first'?"
    )]
    [InlineData(
        "b: {generate: {model: $teacher, task: mood, from: $gold_told}}",
        "(4,53): error TDSL1605: '$gold_told' are examples of the task 'told', whose field 'sentence' is list<string>, and 'sentence' is "
            + "text"
    )]
    [InlineData(
        "b: {generate: {model: $teacher, task: mood, from: $gold_moods, demonstrations: [$turned]}}",
        "(4,83): error TDSL1605: '$turned' are examples of the task 'asked', and this step is for the task 'mood'"
    )]
    [InlineData(
        "b: {select: {task: mood, examples: [gold], length_like: {of: sentence}}}",
        "(4,60): error TDSL1105: length_like needs 'as'"
    )]
    [InlineData(
        "b: {score: {task: mood, examples: [gold], by: {judge: {model: $teacher, task: rated}}}}",
        "(4,81): error TDSL1605: the examples are of the task 'mood', which has no field 'said'; say which it is read from, as columns: "
            + "{said: sentence}"
    )]
    [InlineData(
        "b: {score: {task: mood, examples: [gold], by: {judge: {model: $teacher, task: rated, columns: {said: mod}}}}}",
        "(4,104): error TDSL1605: the examples are of the task 'mood', which has no field 'mod'; did you mean 'mood'?"
    )]
    [InlineData(
        "b: {score: {task: mood, examples: [gold], by: {judge: {model: $teacher, task: rated, prompt: mood, columns: {said: mood}}}}}",
        "(4,96): error TDSL1204: the prompt 'mood' is of the task 'mood', not of the task 'rated'"
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
              {{{step}}}
              teacher: {train: mood_lora}
              gold_moods: {data: {task: mood, examples: [gold]}}
              gold_told: {data: {task: told, examples: [gold]}}
              turned: {data: {task: asked, from: [$gold_moods]}}
            """
        );
}
