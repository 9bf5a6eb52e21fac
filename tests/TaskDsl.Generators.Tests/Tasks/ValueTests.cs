using Microsoft.CodeAnalysis;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests.Tasks;

/// <summary>What the heads of data files hold, against what the task declares: labels, and the languages of texts.</summary>
public class ValueTests
{
    private const string Behind =
        ", which the task does not declare, so that such a record does not fit it; add what is missing under 'labels', or mend the file";

    private const string English = "This is a sentence in English.";
    private const string Chinese = "这是一句用中文写的话。";

    [Theory]
    [InlineData("data/a.jsonl", "{\"body\": \"a\", \"tone\": \"glad\"}\n\n{\"body\": \"a\", \"tone\": \"gald\"}\n", 3)]
    [InlineData("data/a.json", "[\n{\"body\": \"a\", \"tone\": \"glad\"},\n{\"body\": \"a\",\n \"tone\": \"gald\"}]", 4)]
    [InlineData("data/a.json", "{\"1\": {\"body\": \"a\", \"tone\": \"gald\"}}", 1)]
    [InlineData("data/a.csv", "body,tone\n\"x\n\"\"y\"\"\",glad\r\nx,gald\r\n", 4)]
    [InlineData("data/a.csv", "sep=;\nbody;tone\nx;\"gald\"\n", 3)]
    [InlineData("data/a.tsv", "tone\tbody\nglad\tx\ngald\tx", 3)]
    public void A_label_that_is_not_declared_is_told_with_its_line(string path, string text, int line) =>
        Run(path, text)
            .Reports($"a.task.yaml(5,12): error TDSL1506: '{path}' has 'gald' for 'tone' (line {line}; did you mean 'glad'?){Behind}");

    [Fact]
    public void It_is_a_warning()
    {
        // The kit makes it an error, as a strict build does.
        Assert.Equal(DiagnosticSeverity.Warning, Diagnostics.Rules.UndeclaredLabel.DefaultSeverity);
        Assert.Equal(DiagnosticSeverity.Warning, Diagnostics.Rules.SwappedLanguages.DefaultSeverity);
    }

    [Fact]
    public void Of_many_the_first_are_told_once_each()
    {
        var rows = string.Concat(new[] { "x", "y", "x", "z", "grim", "odd", "glad" }.Select(tone => $"a,{tone}\n"));
        Run("data/a.csv", "body,tone\n" + rows)
            .Reports(
                $"a.task.yaml(5,12): error TDSL1506: 'data/a.csv' has 'x' for 'tone' (line 2), 'y' for 'tone' (line 3), 'z' for 'tone' "
                    + $"(line 5) and 2 more{Behind}"
            );
    }

    [Theory]
    [InlineData("data/a.jsonl", "{\"body\": \"a\", \"tone\": \"froh\"}\n{\"body\": \"a\", \"tone\": \"高兴\"}\n")]
    [InlineData(
        "data/a.jsonl",
        "{\"body\": \"a\", \"tone\": 0}\n{\"body\": \"a\", \"tone\": true}\n{\"body\": \"a\", \"tone\": \"\\u0067lad\"}\n"
    )]
    [InlineData("data/a.jsonl", "{\"body\": \"a\", \"tone\": null}\n{\"body\": \"a\", \"tone\": \"\"}\n{\"body\": \"a\", \"tone\": \"gla")]
    [InlineData(
        "data/a.jsonl",
        "{\"body\": \"a\", \"tone\": \"glad\"}\n{\"body\": \"tone\", \"more\": {\"tone\": \"x\"}, \"tone\": \"sad\"}\n"
    )]
    [InlineData("data/a.csv", "body,tone\nx,glad\nx,\n")]
    [InlineData("data/a.tsv", "body\ttone\nx\tglad\nx\t\"sad\"\n")] // The run asks whether quotes belong to values.
    [InlineData("data/a.jsonl", "{\"body\": \"a\", \"tone\": \"glad\"}\n", ", columns: {tone: tone}")]
    [InlineData("data/a.csv", "text,body,tune\nx,gald,sad\n", ", columns: {body: text, tone: tune}, ignore: [body]")]
    [InlineData("data/a.jsonl", "{\"instruction\": \"a\", \"input\": \"\", \"output\": \"gald\"}\n", ", shape: alpaca")]
    public void What_the_run_reads_is_not_told(string path, string text, string more = "") => Run(path, text, more, Optional).Reports();

    /// <summary>The run refuses such a row as a whole, with its reason.</summary>
    [Fact]
    public void A_row_of_another_width_is_no_record() => Run("data/a.csv", "body,tone\nx,gald,glad\nx\nx,glad\n").Reports();

    [Fact]
    public void A_mapped_column_is_looked_into() =>
        Run("data/a.csv", "body,tune\nx,gald\n", ", columns: {tone: tune}")
            .Reports($"a.task.yaml(5,12): error TDSL1506: 'data/a.csv' has 'gald' for 'tone' (line 2; did you mean 'glad'?){Behind}");

    /// <summary>What the first source has shown is not told of the second; what it has only counted is.</summary>
    [Fact]
    public void Of_two_sources_each_label_is_shown_once()
    {
        var rows = "body,tone\n" + string.Concat(new[] { "x", "y", "z", "grim", "odd" }.Select(tone => $"a,{tone}\n"));
        var run = Desk
            .Empty.Add("data/a.csv", rows)
            .Add("data/b.csv", rows)
            .Add("data/c.csv", rows)
            .Add("a.task.yaml", Task("data/a.csv", "") + "  - data/b.csv\n  - data/c.csv\n")
            .Run();
        run.Reports(
            "a.task.yaml(5,12): error TDSL1506: 'data/a.csv' has 'x' for 'tone' (line 2), 'y' for 'tone' (line 3), 'z' for 'tone' "
                + $"(line 4) and 2 more{Behind}",
            $"a.task.yaml(6,5): error TDSL1506: 'data/b.csv' has 'grim' for 'tone' (line 5), 'odd' for 'tone' (line 6){Behind}"
        );
    }

    /// <summary>A record behind blank lines counts as one.</summary>
    [Fact]
    public void Blank_lines_make_no_record_of_another_language_more()
    {
        var english = string.Concat(Enumerable.Repeat($"{{\"body\": \"{English}\", \"tone\": \"x\"}}\n", 10));
        var run = Desk
            .Empty.Add("data/a.jsonl", new string('\n', 3000) + $"{{\"body\": \"{Chinese}\", \"tone\": \"x\"}}\n{english}")
            .Add("data/b.jsonl", english)
            .Add(
                "a.task.yaml",
                "task: a\nlanguages: [en, zh]\ninput: {body: text}\noutput: {tone: {type: label, labels: [x]}}\n"
                    + "examples:\n  - {path: data/a.jsonl, language: en}\n  - {path: data/b.jsonl, language: zh}\n"
            )
            .Run();
        run.Reports();
    }

    [Fact]
    public void A_warning_of_columns_keeps_no_other_from_being_told()
    {
        var many = string.Concat(Enumerable.Repeat("{\"body\": \"a\", \"tone\": \"gald\"}\n", 3000));
        Assert.Equal(["TDSL1505", "TDSL1506"], Run("data/a.jsonl", many, ", ignore: [id]").Diagnostics.Select(d => d.Id).Order());
    }

    [Theory]
    [InlineData("normalize_text", false)]
    [InlineData("normalize_text: {fields: [body]}", false)]
    [InlineData("my_way", false)]
    [InlineData("no_way", true)] // It is no stage of ours that is called so.
    [InlineData("limit: 3", true)]
    [InlineData("map: {tone: \"glad\"}", true)] // It gets what was read.
    [InlineData("limit: 3\n  - normalize_text", true)] // As the second stage too.
    public void A_stage_that_may_write_it_otherwise_makes_it_silent(string stage, bool told)
    {
        const string own = """
            using TaskDsl.Data;
            [TaskDsl.Vocabulary.Keyword("my_way")]
            public sealed record MyWay : Stage
            {
                public override System.Collections.Generic.IAsyncEnumerable<T> ApplyAsync<T>(
                    System.Collections.Generic.IAsyncEnumerable<T> examples,
                    StageContext context,
                    System.Threading.CancellationToken token) => examples;

                public override bool TryRewrite(
                    System.ReadOnlySpan<byte> record, DataSource source, System.Buffers.IBufferWriter<byte> rewritten) => false;
            }

            public abstract record Other : TaskDsl.Data.Stage
            {
                public abstract bool TryRewrite(int value);
            }

            [TaskDsl.Vocabulary.Keyword("no_way")]
            public sealed record NoWay : Other
            {
                public override System.Collections.Generic.IAsyncEnumerable<T> ApplyAsync<T>(
                    System.Collections.Generic.IAsyncEnumerable<T> examples,
                    StageContext context,
                    System.Threading.CancellationToken token) => examples;

                public override bool TryRewrite(int value) => false;
            }
            """;
        var run = Desk
            .Empty.AddSource("own.cs", own)
            .Add("data/a.csv", "body,tone\nx,gald\n")
            .Add("a.task.yaml", Task("data/a.csv", "") + $"stages:\n  - {stage}\n")
            .Run();
        Assert.Equal(told ? ["TDSL1506"] : [], run.Diagnostics.Select(d => d.Id));
    }

    [Fact]
    public void Labels_inside_of_lists_and_records_are_looked_into()
    {
        const string task = """
            task: a
            input: {body: text}
            output:
              tones: {type: labels, labels: [glad, sad]}
              parts: {type: list<record>, fields: {kind: {type: label, labels: [x, y]}, facts: {type: entities, labels: [who]}}}
            examples: [data/a.jsonl]
            """;
        const string record =
            "{\"body\": \"b\", \"tones\": [\"glad\", \"sat\"], \"parts\": [{\"kind\": \"x\", \"facts\": []}, {\"kind\": \"z\", \"facts\": "
            + "[{\"text\": \"b\", \"kind\": \"whom\"}]}]}\n";
        Desk.Empty.Add("data/a.jsonl", record)
            .Add("a.task.yaml", task)
            .Run()
            .Reports(
                "a.task.yaml(6,12): error TDSL1506: 'data/a.jsonl' has 'sat' for 'tones' (line 1; did you mean 'sad'?), 'z' for "
                    + "'parts.kind' (line 1; did you mean 'x'?), 'whom' for 'parts.facts' (line 1; did you mean 'who'?)"
                    + Behind
            );
    }

    [Theory]
    [InlineData("Ann B-per\nmet O\nBob B-pers\n\n", "'pers' for 'who' (line 3; did you mean 'per'?)")]
    [InlineData("-DOCSTART- O\n\nAnn B\nLee I\n", "'entity' for 'who' (line 3)")]
    [InlineData("Ann NNP B-per\nmet VBD O\n", "")]
    [InlineData("Ann\tB-per\nmet\tB-l", "'l' for 'who' (line 2)")]
    public void Kinds_in_tags_are_looked_into(string text, string told)
    {
        var run = Desk
            .Empty.Add("data/a.conll", text)
            .Add(
                "a.task.yaml",
                "task: a\ninput: {text: text}\noutput: {who: {type: entities, of: text, labels: [per, place]}}\n"
                    + "examples: [{path: data/a.conll, columns: {who: entities}}]\n"
            )
            .Run();
        run.Reports(told.Length == 0 ? [] : [$"a.task.yaml(4,19): error TDSL1506: 'data/a.conll' has {told}{Behind}"]);
    }

    [Fact]
    public void What_breaks_off_at_the_end_of_the_head_is_no_value()
    {
        var head = "body,tone\n" + string.Concat(Enumerable.Repeat("x,glad\n", 9361));
        Assert.Equal(65_537, head.Length);
        Run("data/a.csv", head[..65_520] + "x,gladgladgladgladglad\n").Reports();
        Run("data/a.csv", head + "x,gald\n").Reports();
        var deep = "{\"body\": \"a\", \"tone\": " + new string('[', 60_000);
        Run("data/a.jsonl", "{\"body\": \"a\", \"tone\": \"glad\"}\n" + deep).Reports();
    }

    [Theory]
    [InlineData("en", "zh", English, Chinese, false)]
    [InlineData("en", "zh", Chinese, English, true)]
    [InlineData("en", "zh", Chinese, Chinese, false)] // A task over Chinese texts that is asked in English.
    [InlineData("en", "zh", English, English, false)]
    [InlineData("en", "de", Chinese, English, false)]
    [InlineData("zh-Hant", "pt-BR", English, Chinese, true)]
    [InlineData("zh-Latn", "en", English, Chinese, false)]
    [InlineData("eo", "zh", Chinese, English, false)]
    [InlineData("zh", "ja", "これは日本語の文です。", Chinese, false)] // Japanese can be all Han.
    [InlineData("ja", "ru", "Это предложение по-русски.", "これは日本語の文です。", true)]
    [InlineData("ko", "en", English, "이것은 한국어 문장입니다.", true)]
    [InlineData("en", "zh", Chinese + English, English, false)]
    [InlineData("en", "zh", Chinese + Chinese + "OK", English, true)]
    [InlineData("en", "zh", "12", "34", false)]
    public void Two_languages_that_seem_swapped_are_told_once(string first, string second, string a, string b, bool told)
    {
        var run = Desk
            .Empty.Add("data/a.csv", $"body,tone\n{a},x\n")
            .Add("data/b.jsonl", $"{{\"body\": \"{b}\", \"tone\": \"x\"}}\n")
            .Add(
                "a.task.yaml",
                $"task: a\nlanguages: [{first}, {second}]\ninput: {{body: text}}\noutput: {{tone: {{type: label, labels: [x]}}}}\n"
                    + $"examples:\n  - {{path: data/a.csv, language: {first}}}\n  - {{path: data/b.jsonl, language: {second}}}\n"
            )
            .Run();
        Assert.Equal(told ? ["TDSL1507"] : [], run.Diagnostics.Select(d => d.Id));
    }

    [Fact]
    public void The_two_are_told_at_the_first_ones_language() =>
        HrDesk
            .Whole.Add("data/cv.en.jsonl", HrDesk.Whole.Files["data/cv.zh.jsonl"].GetText().ToString())
            .Add("data/cv.zh.jsonl", HrDesk.Whole.Files["data/cv.en.jsonl"].GetText().ToString())
            .Run()
            .Reports(
                "tasks/grade_line.task.yaml(13,40): error TDSL1507: 'data/cv.en.jsonl' is said to be 'en' and nearly all of its text is "
                    + "Han, 'data/cv.zh.jsonl' is said to be 'zh' and nearly all of its text is Latin; the languages of the two seem to be "
                    + "swapped"
            );

    [Fact]
    public void A_translation_is_of_both_languages()
    {
        var run = Desk
            .Empty.Add("data/a.jsonl", $"{{\"source\": \"{Chinese}{Chinese}\", \"target\": \"{English}\"}}\n")
            .Add("data/b.jsonl", $"{{\"source\": \"{English}\", \"target\": \"{Chinese}{Chinese}\"}}\n")
            .Add(
                "a.task.yaml",
                "task: a\nlanguages: [en, zh]\ninput: {source: text}\noutput: {target: text}\n"
                    + "examples: [data/a.jsonl, {path: data/b.jsonl, language: zh}]\n"
            )
            .Run();
        run.Reports();
    }

    [Fact]
    public void An_edit_of_texts_or_of_labels_reads_nothing_again()
    {
        const string told = "a.task.yaml(5,12): error TDSL1506: 'data/a.csv' has 'gald' for 'tone' (line 3; did you mean 'glad'?)" + Behind;
        var project = Desk.Empty.Add("a.task.yaml", Task("data/a.csv", "")).Add("data/a.csv", "body,tone\nx,glad\ny,gald\nz,glad\n") with
        {
            TrackSteps = true,
        };
        var first = project.Run().Reports(told);

        var run = first.Again(project.Add("data/a.csv", "body,tone\nx,glad\ny,gald\nsome other text,glad\n")).Reports(told);
        Assert.All(Reasons(run, "Start"), reason => Assert.Equal(IncrementalStepRunReason.Unchanged, reason));

        run = first
            .Again(project.Add("a.task.yaml", Task("data/a.csv", "").Replace("sad]", "sad, gald]", StringComparison.Ordinal)))
            .Reports();
        Assert.All(Reasons(run, "Sources"), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.All(Reasons(run, "Start"), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    private static List<IncrementalStepRunReason> Reasons(GeneratorRun run, string step) =>
        [.. run.Result.Results[0].TrackedSteps[step].SelectMany(s => s.Outputs).Select(o => o.Reason)];

    private const string Optional =
        "output: {tone: {type: label?, labels: {glad: {surface: froh}, sad: {surface: 高兴}, 0: {}, true: {}}}}";

    private static GeneratorRun Run(
        string path,
        string text,
        string more = "",
        string output = "output: {tone: {type: label, labels: [glad, sad]}}"
    ) => Desk.Empty.Add(path, text).Add("a.task.yaml", Task(path, more, output)).Run();

    private static string Task(string path, string more, string output = "output: {tone: {type: label, labels: [glad, sad]}}") =>
        $"task: mood\ninput: {{body: text}}\n{output}\nexamples:\n  - {{path: {path}{more}}}\n";
}
