using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>Steps that render, index, score and select: what they make and name is checked, and what they give can be asked for.</summary>
public class CurationStepTests
{
    private const string Tone = """
        task: tone
        summary: Names the tone.
        input:
          sentence: text
        output:
          tone: text
        """;

    private static readonly GeneratorProject Project = Desk
        .Whole.Add("data/unlabelled.jsonl", """{"sentence": "What a day."}""")
        .Add("tasks/tone.task.yaml", Tone)
        .Add("prompts/tone.prompt.yaml", Desk.Prompt.Replace("mood", "tone", StringComparison.Ordinal));

    [Fact]
    public void Become_an_object_graph() =>
        Snapshot.Verify(
            Project
                .Add(
                    "a.pipeline.yaml",
                    """
                    pipeline: curation
                    summary: The best and most various of what a teacher has labelled.
                    steps:
                      teacher: {train: {recipe: mood_lora}}
                      read: {train: {recipe: mood_lora, corpus: [$texts]}}
                      labelled: {generate: {model: $teacher, task: mood, from: data/unlabelled.jsonl, keep: [confidence]}}
                      texts: {render: {task: mood, examples: [gold, $labelled]}}
                      words: {index: {by: bm25, texts: [$texts]}}
                      vectors: {index: {task: mood, examples: [gold], of: "sentence + '!'", by: {vectors: {model: $teacher, layer: 1}}}}
                      scored:
                        score: {task: mood, examples: [$labelled], by: {likelihood: {model: $teacher, prompt: mood}}}
                        stages: [{filter: score > -2}]
                      near: {score: {task: mood, examples: [gold, $scored], by: {similarity: $vectors}}}
                      right: {score: {task: mood, examples: [$labelled], by: {metric: accuracy}}}
                      usual: {score: {task: mood, examples: [gold], by: {perplexity: {model: $read, of: sentence}}}}
                      sure: {score: {task: mood, examples: [gold], by: {confidence: {model: $teacher, prompt: mood}}}}
                      joined:
                        data: {task: mood, examples: [$near]}
                        stages: [{filter: "confidence == null || confidence > 0.5 && score > 0.9"}]
                      best:
                        select: {task: mood, examples: [$joined], top: {by: score, count: 10, per: mood}}
                        stages: [{filter: score < 3}]
                      voted: {select: {task: mood, examples: [gold], vote_k: {count: 18, index: $vectors, first: $best}}}
                      far: {select: {task: mood, examples: [gold], diverse: {count: 18, index: $vectors}}}
                    """
                )
                .Run()
                .Compiles()["a.pipeline.g.cs"],
            "cs"
        );

    [Theory]
    // Results of another kind, in a word of a step too.
    [InlineData(
        "b: {train: {recipe: mood_lora, corpus: [$gold_labels]}}",
        "(4,43): error TDSL1602: '$gold_labels' is examples, made by 'data', where texts is expected"
    )]
    [InlineData(
        "b: {score: {task: mood, examples: [gold], by: {similarity: $teacher}}}",
        "(4,62): error TDSL1602: '$teacher' is a model, made by 'train', where an index is expected"
    )]
    [InlineData(
        "b: {score: {task: mood, examples: [gold], by: {likelihood: {model: $tacher, prompt: mood}}}}",
        "(4,70): error TDSL1601: there is no step 'tacher'; did you mean 'teacher'?"
    )]
    [InlineData(
        "b: {select: {task: mood, examples: [gold], vote_k: {count: 3, index: $near}}}",
        "(4,72): error TDSL1602: '$near' is examples, made by 'score', where an index is expected"
    )]
    [InlineData(
        "b: {index: {by: {vectors: $c}}}\n  c: {train: {recipe: mood_lora, corpus: [$d]}}\n  d: {render: {task: mood, examples: [$e]}}\n"
            + "  e: {score: {task: mood, examples: [gold], by: {similarity: $b}}}",
        "(7,62): error TDSL1603: these steps wait for each other: b -> c -> d -> e -> b"
    )]
    // What is of another task.
    [InlineData(
        "b: {score: {task: tone, examples: [gold], by: {similarity: $vectors}}}",
        "(4,62): error TDSL1605: '$vectors' is an index of the task 'mood', and this step is for the task 'tone'"
    )]
    [InlineData(
        "b: {score: {task: mood, examples: [gold], by: {likelihood: {model: $teacher, prompt: tone}}}}",
        "(4,88): error TDSL1605: the prompt 'tone' is of the task 'tone', and this step is for the task 'mood'"
    )]
    [InlineData(
        "b: {score: {task: mood, examples: [gold], by: {metric: {is: accuracy, against: [$toned]}}}}",
        "(4,83): error TDSL1605: '$toned' are examples of the task 'tone', and this step is for the task 'mood'"
    )]
    [InlineData(
        "b: {evaluate: {models: [$teacher], tasks: [mood], demonstrations: {from: [$toned]}}}",
        "(4,77): error TDSL1605: '$toned' are examples of the task 'tone', and this step asks 'mood'"
    )]
    [InlineData(
        "b: {generate: {model: $teacher, task: mood, from: $near, demonstrations: {similar: $teacher}}}",
        "(4,86): error TDSL1602: '$teacher' is a model, made by 'train', where an index is expected"
    )]
    [InlineData(
        "b: {generate: {model: $teacher, task: mood, from: $near, demonstrations: [gold, $toned]}}",
        "(4,83): error TDSL1605: '$toned' are examples of the task 'tone', and this step is for the task 'mood'"
    )]
    // A number that nobody has given.
    [InlineData(
        "b: {data: {task: mood, examples: [gold, $gold_labels]}, stages: [{filter: score > 0.5}]}",
        "(4,77): error TDSL1402: 'score' is not known here; expected one of sentence, mood, language"
    )]
    [InlineData(
        "b: {select: {task: mood, examples: [gold], top: {by: confidence, count: 3}}}",
        "(4,56): error TDSL1605: these examples have no confidence: 'generate' gives it, with keep: [confidence]"
    )]
    [InlineData(
        "b: {select: {task: mood, examples: [gold], top: {count: 3}}}",
        "(4,51): error TDSL1605: these examples have no score: a 'score' step gives it"
    )]
    // A model answers anew: the score was that of another answer.
    [InlineData(
        "b: {generate: {model: $teacher, task: mood, from: $near}, stages: [{filter: score > 0.5}]}",
        "(4,79): error TDSL1402: 'score' is not known here; expected one of sentence, mood, language"
    )]
    [InlineData(
        "b: {index: {by: bm25, texts: [$written], of: sentence}}\n  written: {render: mood}",
        "(4,48): error TDSL1605: this is computed from the fields of a task, and the step has none: give 'task' too"
    )]
    // Words.
    [InlineData(
        "b: {select: {task: mood, examples: [gold], topp: {count: 3}}}",
        "(4,46): error TDSL1101: 'topp' is not a property of select; did you mean 'top'?"
    )]
    [InlineData(
        "b: {index: {task: mood, examples: [gold], by: bm52}}",
        "(4,49): error TDSL1102: 'bm52' is not an index method; did you mean 'bm25'?"
    )]
    [InlineData("b: {render: mood, stages: [{limit: 3}]}", "(4,29): error TDSL1605: stages are for examples, and 'b' makes texts")]
    public void A_mistake_is_told_at_its_place(string step, string expected) =>
        Project
            .Add(
                "a.pipeline.yaml",
                $$$$"""
                pipeline: a
                summary: Steps.
                steps:
                  {{{{step}}}}
                  teacher: {train: mood_lora}
                  gold_labels: {data: {task: mood, examples: [gold]}}
                  toned: {data: {task: tone, examples: [gold]}}
                  vectors: {index: {task: mood, examples: [gold], by: {vectors: $teacher}}}
                  near: {score: {task: mood, examples: [gold], by: {similarity: $vectors}}}
                """
            )
            .Run()
            .Reports($"a.pipeline.yaml{expected}");

    [Fact]
    public void A_field_that_hides_the_score_is_told_where_it_could_be_asked_for()
    {
        var project = Project.Add("tasks/tone.task.yaml", Tone.Replace("  tone: text", "  score: float", StringComparison.Ordinal));
        const string Yaml =
            "pipeline: a\nsummary: S.\nsteps:\n  b:\n    score: {task: tone, examples: [gold], by: {perplexity: models/base}}\n";
        project.Add("a.pipeline.yaml", Yaml).Run().Compiles();
        project
            .Add("a.pipeline.yaml", Yaml + "    stages: [{filter: score > 1}]\n")
            .Run()
            .Reports("a.pipeline.yaml(6,13): error TDSL1605: the task 'tone' has a field 'score', which hides the one that is given");
    }
}
