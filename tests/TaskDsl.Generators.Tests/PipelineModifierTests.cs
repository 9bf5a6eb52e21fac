using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>Groups, rounds and sweeps become an object graph, and each name and value in them is checked at its place.</summary>
public class PipelineModifierTests
{
    private static readonly GeneratorProject Project = Desk.Whole.Add("data/unlabelled.jsonl", """{"sentence": "What a day."}""");

    [Fact]
    public void Groups_and_rounds_become_an_object_graph() =>
        Snapshot.Verify(
            Run(
                    """
                    teacher: {train: mood_lora}
                    self:
                      repeat: {rounds: 3, carry: {teacher: student, earlier: labelled}}
                      steps:
                        labelled:
                          generate: {model: $teacher, task: mood, from: data/unlabelled.jsonl, keep: [confidence]}
                          stages: [{filter: "confidence > 0.9 && mood != 'sad'"}]
                        student: {train: {recipe: mood_lora, model: $teacher, examples: [gold, $labelled, $earlier]}}
                        inner:
                          steps:
                            scores: {evaluate: {models: [$student, $teacher], tasks: [mood]}}
                    scores: {evaluate: {models: [$teacher, $self.1.student, $self.student], tasks: [mood]}}
                    """,
                    "scores.self.student.accuracy > scores.self.1.student.mood.en.accuracy",
                    "self.inner.scores.student.accuracy > self.1.inner.scores.teacher.accuracy"
                )
                .Compiles()["a.pipeline.g.cs"],
            "cs"
        );

    [Fact]
    public void Sweeps_become_functions_of_a_cell() =>
        Snapshot.Verify(
            Run(
                    """
                    base: {train: mood_lora}
                    tuned:
                      sweep:
                        over: {tuning: [ia3, {lora: {rank: 8, alpha: 16}}], optimizer.adamw.learning_rate: [1e-3, 1e-2]}
                        seeds: [1, 2]
                      train: mood_lora
                    lab:
                      sweep: {over: {rank: [4, 8], recipe: [mood_lora, other]}, seeds: [5, 6], choose: {by: student.validation.accuracy}}
                      steps:
                        few:
                          data: {task: mood, examples: [gold]}
                          stages: [{limit: "${each.rank}"}, {filter: "mood != 'sad'"}]
                        student:
                          train: {recipe: "${each.recipe}", examples: [$few], tuning: {lora: {rank: "${each.rank}"}}}
                        inner:
                          sweep: {over: {task: [mood]}}
                          generate: {model: $student, task: "${each.task}", from: data/unlabelled.jsonl}
                    next: {train: {recipe: mood_lora, model: $lab.student, examples: [$lab.inner]}}
                    scores: {evaluate: {models: [$base, $tuned, $lab.student], tasks: [mood]}}
                    """,
                    "scores.tuned[learning_rate=1e-3].accuracy > scores.base.accuracy",
                    "scores.tuned[seed=1].accuracy > scores.lab.student.accuracy"
                )
                .Compiles()["a.pipeline.g.cs"],
            "cs"
        );

    [Theory]
    // Groups.
    [InlineData(
        "g: {steps: {a: {train: mood_lora}}}\nb: {train: {recipe: mood_lora, model: $g}}",
        "(5,41): error TDSL1602: '$g' is a group and no result; it has $g.a (a model)"
    )]
    [InlineData(
        "g: {steps: {a: {train: mood_lora}}}\nb: {train: {recipe: mood_lora, model: $g.b}}",
        "(5,41): error TDSL1601: there is no step 'g.b' in 'g'; did you mean 'a'?"
    )]
    [InlineData(
        "g: {steps: {a: {train: mood_lora}}}\nb: {train: {recipe: mood_lora, model: $a}}",
        "(5,41): error TDSL1601: there is no step 'a'; did you mean 'g'?"
    )]
    [InlineData(
        "b: {train: {recipe: mood_lora, model: $teacher.x}}",
        "(4,41): error TDSL1602: '$teacher.x': 'teacher' is no group, and has no 'x'"
    )]
    [InlineData(
        "g: {steps: {a: {train: mood_lora}, b: {train: {recipe: mood_lora, model: $g.a}}}}",
        "(4,76): error TDSL1602: '$g.a' stands in 'g' itself; write $a"
    )]
    [InlineData(
        "g: {steps: {a: {train: {recipe: mood_lora, model: $b}}, b: {train: {recipe: mood_lora, model: $a}}}}",
        "(4,97): error TDSL1603: these steps wait for each other: g.a -> g.b -> g.a"
    )]
    [InlineData(
        "g: {steps: {a: {train: mood_lora}}, stages: [{limit: 3}]}",
        "(4,47): error TDSL1605: stages are for examples, and 'g' is a group"
    )]
    [InlineData(
        "g: {steps: {a: {trian: mood_lora}}}",
        "(4,19): error TDSL1101: 'trian' is not a property of pipeline_step; did you mean 'train'?"
    )]
    [InlineData("g: {steps: {}}", "(4,14): error TDSL1104: a length of 0 is not allowed for 'steps'; expected 1 to 1000")]
    // Rounds.
    [InlineData("b: {repeat: {rounds: 0}, train: mood_lora}", "(4,24): error TDSL1104: 0 is not allowed for 'rounds'; expected 1 to 1000")]
    [InlineData(
        "b: {repeat: {rounds: 2, carry: {teacher: labelled}}, train: {recipe: mood_lora, model: $teacher}}",
        "(4,44): error TDSL1607: a round of 'b' makes no 'labelled'; expected one of b"
    )]
    [InlineData(
        "b: {repeat: {rounds: 2, carry: {labelled: b}}, train: {recipe: mood_lora, examples: [$labelled]}}",
        "(4,35): error TDSL1607: 'labelled' is examples in the first round, and 'b' would be a model in the next"
    )]
    [InlineData(
        "b: {repeat: {rounds: 2, carry: {techer: b}}, train: {recipe: mood_lora, model: $teacher}}",
        "(4,35): error TDSL1607: nothing in 'b' reads $techer; did you mean 'teacher'?"
    )]
    [InlineData(
        "b: {repeat: {rounds: 2, carry: {last: b}}, train: {recipe: mood_lora, model: $last}}",
        "(4,80): error TDSL1607: in the first round there is no '$last': no step has the name, which may then stand in lists only"
    )]
    [InlineData(
        "b: {repeat: {rounds: 2, carry: {b: b}}, train: {recipe: mood_lora, model: $b}}",
        "(4,35): error TDSL1607: 'b' is made in each round itself; carry it under another name"
    )]
    [InlineData(
        "b: {repeat: {rounds: 2}, train: mood_lora}\nc: {train: {recipe: mood_lora, model: $b.3}}",
        "(5,41): error TDSL1602: '$b.3': 'b' has the rounds 1 to 2"
    )]
    // Sweeps.
    [InlineData(
        "b: {sweep: {over: {tunning: [ia3]}}, train: mood_lora}",
        "(4,22): error TDSL1101: 'tunning' is not a property of train; did you mean 'tuning'?"
    )]
    [InlineData(
        "b: {sweep: {over: {optimizer.adamw.learning_rat: [1e-3]}}, train: mood_lora}",
        "(4,22): error TDSL1101: 'learning_rat' is not a property of adamw; did you mean 'learning_rate'?"
    )]
    [InlineData(
        "b: {sweep: {over: {tuning: [ia3, lorra]}}, train: mood_lora}",
        "(4,36): error TDSL1102: 'lorra' is not a tuning method; did you mean 'lora'?"
    )]
    [InlineData(
        "b: {sweep: {over: {r: [4, x]}}, train: {recipe: mood_lora, tuning: {lora: {rank: \"${each.r}\", alpha: \"${each.r}\"}}}}",
        "(4,29): error TDSL1103: 'x' where a whole number is expected",
        "(4,29): error TDSL1103: 'x' where a number is expected"
    )]
    [InlineData("b: {sweep: {seeds: [1, 2, 1]}, train: mood_lora}", "(4,29): error TDSL1606: '1' stands in 'seeds' already")]
    [InlineData("b: {sweep: {seeds: []}, train: mood_lora}", "(4,22): error TDSL1606: 'seeds' has no values, so that nothing would run")]
    [InlineData(
        "b: {sweep: {choose: {by: validation.accuracy}}, train: mood_lora}",
        "(4,14): error TDSL1606: a sweep needs values: write over: {rank: [4, 8]} or seeds: [1, 2, 3]"
    )]
    [InlineData(
        "b: {train: {recipe: mood_lora, seed: \"${each.seed}\"}}",
        "(4,40): error TDSL1606: no sweep around this has values of 'seed'"
    )]
    [InlineData(
        "b: {sweep: {over: {rank: [4]}}, train: {recipe: mood_lora, seed: \"${each.rnak}\", tuning: {lora: {rank: \"${each.rank}\"}}}}",
        "(4,68): error TDSL1606: no sweep around this has values of 'rnak'; did you mean 'rank'?"
    )]
    [InlineData(
        "b: {sweep: {seeds: [1]}, train: {recipe: mood_lora, seed: \"1${each.seed}\"}}",
        "(4,61): error TDSL1606: the text '1${each.seed}' has ${each.…} as a part; it must be the whole value"
    )]
    [InlineData(
        "b: {sweep: {over: {seed: [1]}}, train: {recipe: mood_lora, seed: 3}}",
        "(4,22): error TDSL1606: 'seed' stands in the step already; write ${each.…} there, or leave it out"
    )]
    [InlineData(
        "b: {sweep: {seeds: [1, 2]}, data: {task: mood, examples: [gold]}}",
        "(4,15): error TDSL1606: 'data' has no seed; write ${each.seed} where it stands"
    )]
    [InlineData(
        "g: {sweep: {over: {b.seed: [1]}}, steps: {a: {train: mood_lora}}}",
        "(4,22): error TDSL1606: 'b.seed' begins with no step of the group; did you mean 'a'?"
    )]
    [InlineData(
        "b: {sweep: {seeds: [1, 2]}, train: mood_lora}\nc: {train: {recipe: mood_lora, model: $b}}",
        "(5,41): error TDSL1602: '$b' is one result for each cell of its sweep (2), where one is expected; say which by "
            + "choose: {by: validation.accuracy} in the sweep"
    )]
    [InlineData(
        "b: {sweep: {seeds: [1, 2], choose: {by: test.accuracy}}, train: mood_lora}",
        "(4,43): error TDSL1606: 'test.accuracy' is nothing to choose by: write validation.accuracy, in a group with the step before it; "
            + "the test part is never looked at"
    )]
    [InlineData(
        "b: {sweep: {seeds: [1, 2], choose: {by: validation.acuracy}}, train: mood_lora}",
        "(4,43): error TDSL1606: 'acuracy' is not a metric; did you mean 'accuracy'?"
    )]
    [InlineData(
        "g: {sweep: {seeds: [1, 2], choose: {by: validation.accuracy}}, steps: {a: {train: mood_lora}}}",
        "(4,43): error TDSL1606: 'validation.accuracy' of which step? Write one before it, as a.validation.accuracy"
    )]
    [InlineData(
        "b: {sweep: {over: {seed: [1]}, seeds: [2]}, train: mood_lora}",
        "(4,34): error TDSL1606: there are values of 'seed' already"
    )]
    [InlineData(
        "b: {sweep: {ovr: {seed: [1]}}, train: mood_lora}",
        "(4,15): error TDSL1101: 'ovr' is not a property of sweep; did you mean 'over'?"
    )]
    [InlineData("b: {sweep: {over: {seed: 3}}, train: mood_lora}", "(4,28): error TDSL1103: '3' where a sequence (as [a, b]) is expected")]
    [InlineData(
        "b: {sweep: {over: {model: [$teacher, $techer]}}, train: mood_lora}",
        "(4,40): error TDSL1601: there is no step 'techer'; did you mean 'teacher'?"
    )]
    [InlineData(
        "b: {sweep: {over: {recipe: [mood_lora, othr]}}, train: {seed: 2}}",
        "(4,42): error TDSL1201: there is no recipe named 'othr'; did you mean 'other'?"
    )]
    [InlineData(
        "b: {sweep: {over: {tuning: [{lora: {rnk: 3}}, ia3]}}, train: mood_lora}",
        "(4,39): error TDSL1101: 'rnk' is not a property of lora; did you mean 'rank'?"
    )]
    [InlineData(
        "b: {steps: [a]}",
        "(4,15): error TDSL1103: a pipeline step without a verb where one of answers, data, evaluate, fuse, generate, index, "
            + "neighbours, render, route, score, select, steps, table, train, zero_shot is expected"
    )]
    [InlineData("b: {steps: 3}", "(4,14): error TDSL1103: '3' where a mapping is expected")]
    [InlineData(
        "b: {steps: {a: {train: mood_lora}}, train: mood_lora}",
        "(4,39): error TDSL1103: a second word 'train' where one step alone is expected"
    )]
    [InlineData("b: {repeat: {}, train: mood_lora}", "(4,15): error TDSL1105: repeat needs 'rounds'")]
    [InlineData(
        "b: {sweep: {over: {task: [mood]}}, generate: {model: $teacher, from: data/unlabelled.jsonl}, stages: [{filter: mood == 'sad'}]}",
        "(4,104): error TDSL1605: stages are over one task, and 'b' has 1; put them into a data step"
    )]
    public void A_mistake_is_told_at_its_place(string steps, params string[] expected) =>
        Run(steps + "\nteacher: {train: mood_lora}\nlabelled: {generate: {model: $teacher, task: mood, from: data/unlabelled.jsonl}}")
            .Reports([.. expected.Select(one => $"a.pipeline.yaml{one}")]);

    [Theory]
    [InlineData("scores.tuned[seed=3].accuracy > 0.5", "'scores' has no column with seed '3', only 1, 2")]
    [InlineData("scores.tunde.accuracy > 0.5", "the table 'scores' has no column 'tunde'; did you mean 'tuned'?")]
    [InlineData(
        "g.accuracy > 0.5",
        "'g.accuracy > 0.5' is no expectation; write step.column[.task][.language].metric > another path or a number, or sums of them"
    )]
    [InlineData("g.sores.tuned.accuracy > 0.5", "there is no step 'g.sores' in 'g'; did you mean 'scores'?")]
    [InlineData("g.scores.tuned.accuracy > 0.5", "the table 'g.scores' has no column 'tuned'; expected one of base, majority, random")]
    public void An_expectation_that_nothing_makes_is_told(string expect, string expected) =>
        Run(
                """
                tuned: {sweep: {seeds: [1, 2]}, train: mood_lora}
                g: {steps: {scores: {evaluate: {models: [models/base], tasks: [mood]}}}}
                scores: {evaluate: {models: [$tuned], tasks: [mood]}}
                """,
                expect
            )
            .Reports($"a.pipeline.yaml(8,5): error TDSL1604: {expected}");

    /// <summary>Braces belong to YAML where it is written in a line.</summary>
    [Fact]
    public void A_swept_value_without_quotes_in_braces_is_told() =>
        Run("b: {sweep: {seeds: [1, 2]}, train: {recipe: mood_lora, seed: ${each.seed}}}")
            .Reports(
                "a.pipeline.yaml(4,64): error TDSL1001: this is not YAML: within { } or [ ] a swept value needs quotes: \"${each.seed}\""
            );

    private static GeneratorRun Run(string steps, params string[] expect) =>
        Project
            .Add("recipes/other.recipe.yaml", Desk.Recipe.Replace("mood_lora", "other", StringComparison.Ordinal))
            .Add(
                "a.pipeline.yaml",
                "pipeline: a\nsummary: Steps.\nsteps:\n"
                    + $"  {steps.ReplaceLineEndings("\n").Replace("\n", "\n  ", StringComparison.Ordinal)}\n"
                    + (expect.Length > 0 ? $"expect:\n{string.Concat(expect.Select(e => $"  - {e}\n"))}" : "")
            )
            .Run();
}
