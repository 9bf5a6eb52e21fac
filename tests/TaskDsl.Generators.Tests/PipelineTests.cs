using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>A pipeline becomes an object graph, and each name in it is checked at its place.</summary>
public class PipelineTests
{
    private const string Form = "step.column[.task][.language].metric > another path or a number, or sums of them";

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
    public void Becomes_an_object_graph() =>
        Snapshot.Verify(
            Project
                .Add(
                    "a.pipeline.yaml",
                    """
                    pipeline: self_training
                    summary: A teacher labels what nobody has labelled.
                    steps:
                      teacher: {train: {recipe: mood_lora, budget: {epochs: 2}, seed: 3}}
                      labelled:
                        generate: {model: $teacher, task: mood, from: data/unlabelled.jsonl, keep: [confidence]}
                        stages: [{filter: "confidence > 0.9 && mood != 'sad'"}]
                      more: {data: {task: mood, examples: [gold, $labelled]}}
                      student: {train: {recipe: mood_lora, model: $teacher, examples: [gold, $more]}}
                      scores: {evaluate: {models: [$teacher, $student, models/base], tasks: [mood]}}
                    expect:
                      - scores.student.accuracy > scores.teacher.mood.en.accuracy
                      - scores.student.accuracy ~> 0.5
                    """
                )
                .Run()
                .Compiles()["a.pipeline.g.cs"],
            "cs"
        );

    [Fact]
    public void A_client_becomes_one_in_the_graph()
    {
        const string Client =
            "{openai: {endpoint: 'https://models.example/v1', model: big, key_from: KEY, concurrency: 8, "
            + "budget: {tokens: 2000000, money: {limit: 5, input_price: 0.15, output_price: 0.6}}}}";
        const string Step =
            $"b: {{generate: {{client: {Client}, task: mood, from: data/unlabelled.jsonl, answers: 3, vote: {{least: 0.5}}}}}}";
        var made = Steps(Step).Compiles()["a.pipeline.g.cs"];
        Assert.Contains("new global::TaskDsl.Clients.OpenAiClient", made, StringComparison.Ordinal);
        Assert.Contains("Tokens = 2000000", made, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class")]
    [InlineData("string")]
    public void A_word_of_CSharp_is_a_name(string word) =>
        Desk.Whole.Add("a.pipeline.yaml", $"pipeline: {word}\nsummary: A word.\nsteps:\n  {word}: {{train: mood_lora}}\n").Run().Compiles();

    [Theory]
    // An unknown step, misspelt.
    [InlineData(
        "b: {train: {recipe: mood_lora, model: $tacher}}",
        "(4,41): error TDSL1601: there is no step 'tacher'; did you mean 'teacher'?"
    )]
    // A result of another kind.
    [InlineData(
        "b: {train: {recipe: mood_lora, model: $labelled}}",
        "(4,41): error TDSL1602: '$labelled' is examples, made by 'generate', where a model is expected"
    )]
    [InlineData(
        "b: {generate: {model: $scores, task: mood, from: data/unlabelled.jsonl}}",
        "(4,25): error TDSL1602: '$scores' is a table, made by 'evaluate', where a model is expected"
    )]
    [InlineData(
        "b: {train: {recipe: mood_lora, examples: [gold, labelled]}}",
        "(4,51): error TDSL1602: 'labelled' is no result of a step: write $labelled or gold"
    )]
    [InlineData(
        "b: {train: {recipe: mood_lora, model: teacher}}",
        "(4,41): error TDSL1602: 'teacher' is no result of a step: write $teacher"
    )]
    // Steps that wait for each other.
    [InlineData("b: {train: {recipe: mood_lora, model: $b}}", "(4,41): error TDSL1603: these steps wait for each other: b -> b")]
    // Examples of another task.
    [InlineData(
        "b: {train: {recipe: mood_lora, examples: [gold, $toned]}}",
        "(4,51): error TDSL1605: '$toned' are examples of the task 'tone', and the recipe 'mood_lora' trains on 'mood'"
    )]
    [InlineData(
        "b: {data: {task: mood, examples: [$toned]}}",
        "(4,37): error TDSL1605: '$toned' are examples of the task 'tone', and this step is for the task 'mood'"
    )]
    // Stages behind what makes no examples.
    [InlineData("b: {train: mood_lora, stages: [{limit: 3}]}", "(4,33): error TDSL1605: stages are for examples, and 'b' makes a model")]
    [InlineData(
        "b: {data: {task: mood, examples: [gold]}, stages: [{map: {sentense: x}}]}",
        "(4,61): error TDSL1605: the task has no field 'sentense'; did you mean 'sentence'?"
    )]
    // Confidence that is not kept.
    [InlineData(
        "b: {generate: {model: $teacher, task: mood, from: $labelled}, stages: [{filter: confidence > 0.5}]}",
        "(4,83): error TDSL1402: 'confidence' is not known here; expected one of sentence, mood, language"
    )]
    // Columns of one name.
    [InlineData(
        "b: {evaluate: {models: [$teacher, models/base, models/base/], tasks: [mood]}}",
        "(4,50): error TDSL1605: 'b' has a column 'base' already"
    )]
    // Names.
    [InlineData("teacher: {train: mood_lora}", "(5,3): error TDSL1002: 'teacher' stands here a second time; keep one of them")]
    [InlineData(
        "first step: {train: mood_lora}",
        "(4,3): error TDSL1107: 'first step' cannot be a name: a step has letters, digits and _, as first_student"
    )]
    // Words.
    [InlineData("b: {trian: mood_lora}", "(4,7): error TDSL1101: 'trian' is not a property of pipeline_step; did you mean 'train'?")]
    [InlineData(
        "b: {stages: [{limit: 3}]}",
        "(4,7): error TDSL1103: a pipeline step without a verb where one of answers, data, evaluate, fuse, generate, index, "
            + "neighbours, render, route, score, select, steps, table, train, zero_shot is expected"
    )]
    // A verb that is not there is one mistake, whatever stands below it.
    [InlineData(
        "b: {models: [$teacher], tasks: [mood], languages: [en]}",
        "(4,7): error TDSL1103: a pipeline step without a verb ('evaluate' has 'models', 'tasks', 'languages') where one of answers, data, "
            + "evaluate, fuse, generate, index, neighbours, render, route, score, select, steps, table, train, zero_shot is expected"
    )]
    [InlineData(
        "b: {recipe: mood_lora, budget: {steps: 3}, seed: 2}",
        "(4,7): error TDSL1103: a pipeline step without a verb ('train' has 'recipe', 'budget', 'seed') where one of answers, data, "
            + "evaluate, fuse, generate, index, neighbours, render, route, score, select, steps, table, train, zero_shot is expected"
    )]
    // Nor is what it makes unknown to others.
    [InlineData(
        "b: {recipe: mood_lora}\n  c: {evaluate: {models: [$b], tasks: [mood]}}",
        "(4,7): error TDSL1103: a pipeline step without a verb ('train' has 'recipe') where one of answers, data, evaluate, fuse, "
            + "generate, index, neighbours, render, route, score, select, steps, table, train, zero_shot is expected"
    )]
    [InlineData(
        "b: {task: mood, examples: [gold], stages: [{limit: 3}]}",
        "(4,7): error TDSL1103: a pipeline step without a verb where one of answers, data, evaluate, fuse, generate, index, "
            + "neighbours, render, route, score, select, steps, table, train, zero_shot is expected"
    )]
    [InlineData(
        "b: {select: {task: mood, examples: [gold], share: 0.5}}",
        "(4,16): error TDSL1103: a select without a strategy ('top' has 'share') where one of diverse, length_like, top, vote_k is expected"
    )]
    [InlineData(
        "b: {evalate: {models: [$teacher], tasks: [mood]}}",
        "(4,7): error TDSL1101: 'evalate' is not a property of pipeline_step; did you mean 'evaluate'?"
    )]
    [InlineData(
        "b: {train: mood_lora, evaluate: {models: [$teacher], tasks: [mood]}}",
        "(4,25): error TDSL1103: a second word 'evaluate' where one step alone is expected"
    )]
    [InlineData(
        "b: {train: {recipe: mood_lora, sed: 3}}",
        "(4,34): error TDSL1101: 'sed' is not a property of train; did you mean 'seed'?"
    )]
    [InlineData("b: {train: {recipe: mood_lora, seed: x}}", "(4,40): error TDSL1103: 'x' where a whole number is expected")]
    // Who answers.
    [InlineData("b: {generate: {task: mood, from: data/unlabelled.jsonl}}", "(4,18): error TDSL1105: generate needs 'model' or 'client'")]
    [InlineData(
        "b: {generate: {model: $teacher, client: {openai: {endpoint: 'http://m/v1', model: m}}, task: mood, from: data/unlabelled.jsonl}}",
        "(4,35): error TDSL1113: 'client' stands beside 'model', and one of the two is meant; keep that one"
    )]
    [InlineData(
        "b: {generate: {client: {openai: {endpoint: 'ftp://m/v1', model: m}}, task: mood, from: data/unlabelled.jsonl}}",
        "(4,46): error TDSL1104: the text 'ftp://m/v1' is not allowed for 'endpoint'; expected a text that matches "
            + @"https?://[^\s/?#@]+(/[^\s?#@]*)?"
    )]
    [InlineData(
        "b: {generate: {client: {openai: {endpoint: 'http://m/v1', model: m, key: OPENAI_API_KEY}}, task: mood, "
            + "from: data/unlabelled.jsonl}}",
        "(4,71): error TDSL1101: 'key' is not a property of openai; did you mean 'key_from'?"
    )]
    [InlineData(
        "b: {generate: {client: {openai: {endpoint: 'http://m/v1', model: m, budget: {money: {limit: 5, output_price: 1}}}}, task: mood, "
            + "from: data/unlabelled.jsonl}}",
        "(4,88): error TDSL1105: money_limit needs 'input_price'"
    )]
    [InlineData(
        "b: {generate: {client: {openay: {endpoint: 'http://m/v1', model: m}}, task: mood, from: data/unlabelled.jsonl}}",
        "(4,27): error TDSL1102: 'openay' is not a client; did you mean 'openai'?"
    )]
    [InlineData(
        "b: {generate: {model: $teacher, task: mood, from: data/unlabeled.jsonl}}",
        "(4,53): error TDSL1108: 'data/unlabeled.jsonl' names no file or folder of the project; did you mean 'data/unlabelled.jsonl'?"
    )]
    [InlineData("b: {train: mood_lor}", "(4,14): error TDSL1201: there is no recipe named 'mood_lor'; did you mean 'mood_lora'?")]
    public void A_mistake_is_told_at_its_place(string step, string expected) => Steps(step).Reports($"a.pipeline.yaml{expected}");

    [Theory]
    [InlineData("scores.student.accuracy", "'scores.student.accuracy' is no expectation; write " + Form)]
    [InlineData("0.5 > 0.4", "'0.5 > 0.4' is no expectation; write " + Form)]
    [InlineData("score.teacher.accuracy > 0.5", "there is no step 'score'; did you mean 'scores'?")]
    [InlineData("teacher.teacher.accuracy > 0.5", "'teacher' is a model, made by 'train', where a table is expected")]
    [InlineData(
        "scores.student.accuracy > 0.5",
        "the table 'scores' has no column 'student'; expected one of teacher, base, majority, random"
    )]
    [InlineData("scores.teacher.acuracy > 0.5", "'acuracy' is not a metric; did you mean 'accuracy'?")]
    [InlineData("scores.teacher.tone.accuracy > 0.5", "the table 'scores' has no task or language 'tone'; expected one of mood, en")]
    [InlineData("scores.teacher.accuracy > scores.teacher.acuracy + 0.1", "'acuracy' is not a metric; did you mean 'accuracy'?")]
    [InlineData("0.5 > scores.techer.accuracy", "the table 'scores' has no column 'techer'; did you mean 'teacher'?")]
    public void An_expectation_that_nothing_makes_is_told(string expect, string expected) =>
        Steps("b: {train: mood_lora}", $"expect: [{expect}]\n").Reports($"a.pipeline.yaml(9,10): error TDSL1604: {expected}");

    /// <summary>A step of a project's own is one file there, and its results have names too.</summary>
    [Fact]
    public void A_step_of_a_projects_own_is_a_word()
    {
        const string Own = """
            using TaskDsl.Torch.Pipelines.Running;
            using TaskDsl.Vocabulary;

            namespace Desk;

            [Keyword("average"), Makes("model")]
            public sealed record AverageStep : Step
            {
                [StepResult("model")]
                public System.Collections.Generic.IReadOnlyList<string> Of { get; init; } = [];

                public override void Shape(StepShape shape) { }

                public override void Run(StepContext step) { }
            }
            """;
        const string Yaml = """
            pipeline: a
            summary: Own.
            steps:
              first: {train: mood_lora}
              both: {average: {of: [$first, $first]}}
              next: {train: {recipe: mood_lora, model: $both}}
            """;
        var project = Desk.Whole.AddSource("AverageStep.cs", Own).Add("a.pipeline.yaml", Yaml);
        project.Run().Compiles();
        project
            .Add("a.pipeline.yaml", Yaml.Replace("$first]", "$frist]", StringComparison.Ordinal))
            .Run()
            .Reports("a.pipeline.yaml(5,33): error TDSL1601: there is no step 'frist'; did you mean 'first'?");
    }

    [Fact]
    public void An_edit_of_a_recipe_that_trains_on_the_same_leaves_the_pipeline_alone()
    {
        var project = Project.Add("a.pipeline.yaml", "pipeline: a\nsummary: One.\nsteps:\n  b: {train: {recipe: mood_lora, seed: 2}}\n");
        var before = project.Run();
        var after = before.Again(
            project.Add("recipes/mood_lora.recipe.yaml", Desk.Recipe.Replace("rank: 8", "rank: 4", StringComparison.Ordinal))
        );
        Assert.Same(before["a.pipeline.g.cs"], after["a.pipeline.g.cs"]);
    }

    [Fact]
    public void A_field_that_hides_the_confidence_is_told() =>
        Project
            .Add("tasks/tone.task.yaml", Tone.Replace("  tone: text", "  confidence: float", StringComparison.Ordinal))
            .Add(
                "a.pipeline.yaml",
                "pipeline: a\nsummary: S.\nsteps:\n"
                    + "  b: {generate: {model: models/base, task: tone, from: data/unlabelled.jsonl, keep: [confidence]}}\n"
            )
            .Run()
            .Reports("a.pipeline.yaml(4,86): error TDSL1605: the task 'tone' has a field 'confidence', which hides the one that is kept");

    private static GeneratorRun Steps(string step, string more = "") =>
        Project
            .Add(
                "a.pipeline.yaml",
                $$$"""
                pipeline: a
                summary: Steps.
                steps:
                  {{{step}}}
                  teacher: {train: mood_lora}
                  labelled: {generate: {model: $teacher, task: mood, from: data/unlabelled.jsonl}}
                  toned: {generate: {model: $teacher, task: tone, from: data/unlabelled.jsonl}}
                  scores: {evaluate: {models: [$teacher, models/base], tasks: [mood]}}
                {{{more}}}
                """
            )
            .Run();
}
