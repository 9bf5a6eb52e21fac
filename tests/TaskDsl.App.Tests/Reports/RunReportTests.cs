using System.Text.RegularExpressions;
using TaskDsl.App.Reports;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Tests.Reports;

public sealed class RunReportTests
{
    private const string Script = "<script>alert('x')</script>";

    [Fact]
    public void Whatever_the_data_holds_stays_text()
    {
        using var folder = new TempFolder();
        Write(folder, Script);
        var html = File.ReadAllText(RunReport.Write(folder.Path));
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.True(html.Split("&lt;script&gt;").Length > 10, "names, samples, reasons and recipe hold it, each escaped");
    }

    [Fact]
    public void Shows_scores_samples_data_and_recipe()
    {
        using var folder = new TempFolder();
        Write(folder, "付款 clause");
        var html = File.ReadAllText(RunReport.Write(folder.Path));
        Assert.Contains("付款 clause", html, StringComparison.Ordinal);
        Assert.Contains("0.250 (0.10–0.40)", html, StringComparison.Ordinal);
        Assert.Contains("0.750 (0.60–0.90)", html, StringComparison.Ordinal);
        Assert.Contains("""<td class="n untested" data-label="change">+0.500</td>""", html, StringComparison.Ordinal);
        Assert.Contains(
            """<td class="n total" data-label="read">103</td><td class="n" data-label="= kept">100</td><td"""
                + """ class="n" data-label="+ left out">3</td><td data-label="left out because">3 duplicate</td>""",
            html,
            StringComparison.Ordinal
        );
        Assert.Contains("    rank: 8\n", html, StringComparison.Ordinal);
        Assert.Contains("""aria-label="Loss">""", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_that_could_not_be_given_are_told()
    {
        using var folder = new TempFolder();
        Write(folder, "x");
        Assert.DoesNotContain("max_new_tokens", File.ReadAllText(RunReport.Write(folder.Path)), StringComparison.Ordinal);
        RunFolder.Write(
            folder.In("evaluation.json"),
            new RunEvaluation(null, new([VerdictTests.Task("t", 9, 3) with { Unreachable = 4 }]))
        );
        Assert.Contains(
            "After tuning, 4 gold answers were longer than max_new_tokens: no answer could equal them.",
            File.ReadAllText(RunReport.Write(folder.Path)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Text_does_not_turn_round_what_stands_behind_it()
    {
        using var folder = new TempFolder();
        Write(folder, "a\u202Egpj.exe\0\u2066");
        var html = File.ReadAllText(RunReport.Write(folder.Path));
        Assert.Contains("a[U+202E]gpj.exe[U+0000][U+2066]", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("[\u202E\u2066\0]", html);
    }

    [Fact]
    public void The_recipe_as_run_begins_as_its_file_does_and_holds_no_empty_word()
    {
        using var folder = new TempFolder();
        File.WriteAllText(
            folder.In("run.json"),
            """{"name": "r", "status": "finished", "recipe": {"model": {"pretrained": {"path": "m", "chat_format": null}},"""
                + """ "early_stopping": null, "tasks": [{"prompt": "p", "weight": 1, "cap": null}], "name": "r", "summary": "s"}}"""
        );
        Assert.Contains(
            "<pre>recipe: r\nsummary: s\nmodel:\n  pretrained:\n    path: m\ntasks: [{prompt: p, weight: 1}]\n</pre>",
            File.ReadAllText(RunReport.Write(folder.Path)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_axis_has_one_notation() =>
        Assert.DoesNotContain("e-", LineChart.Draw("rate", [new Series("rate", [(1, 0), (2, 0.002)])]).Markup, StringComparison.Ordinal);

    [Fact]
    public void Needs_nothing_from_elsewhere()
    {
        using var folder = new TempFolder();
        Write(folder, "x");
        var html = File.ReadAllText(RunReport.Write(folder.Path));
        foreach (var foreign in (string[])["http:", "https:", "src=", "href=", "@import", "url("])
            Assert.DoesNotContain(foreign, html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData(Script)]
    [InlineData("\"'><b onclick=x>&amp;]]>")]
    public void Every_element_is_closed_where_it_should_be(string text)
    {
        using var folder = new TempFolder();
        Write(folder, text);
        var open = new Stack<string>();
        var html = Regex.Replace(File.ReadAllText(RunReport.Write(folder.Path)), "<style>.*?</style>", "", RegexOptions.Singleline);
        foreach (
            Match tag in Regex.Matches(html, """<(/?)([a-zA-Z][a-z0-9]*)((?:\s+[a-zA-Z0-9:-]+(?:="[^"<>]*")?)*)\s*(/?)>|<(?!!doctype)""")
        )
        {
            var name = tag.Groups[2].Value;
            Assert.True(name.Length > 0, $"markup that is none at {tag.Index}: {html[tag.Index..Math.Min(html.Length, tag.Index + 60)]}");
            if (tag.Groups[1].Value.Length > 0)
                Assert.Equal(open.Pop(), name);
            else if (tag.Groups[4].Value.Length == 0 && name != "meta")
                open.Push(name);
        }

        Assert.Empty(open);
    }

    [Fact]
    public void Confusion_and_calibration_of_two_labels_and_of_seventy_seven()
    {
        using var folder = new TempFolder();
        Write(folder, "x");
        var random = new Random(1);
        TaskReport Labels(string prompt, int count, double right) =>
            VerdictTests.Task(prompt, 600, 300) with
            {
                Answers =
                [
                    .. Enumerable
                        .Range(0, 600)
                        .Select(i =>
                            (Gold: $"label {random.Next(count)}", Other: $"label {random.Next(count)}", Hit: random.NextDouble() < right)
                        )
                        .Select(
                            (a, i) =>
                                new AnswerMark(
                                    $"a.jsonl({i})",
                                    a.Hit || a.Gold == a.Other,
                                    random.NextDouble(),
                                    a.Gold,
                                    a.Hit ? a.Gold : a.Other
                                )
                        ),
                ],
            };
        RunFolder.Write(folder.In("evaluation.json"), new RunEvaluation(null, new([Labels("two", 2, 0.7), Labels("many", 77, 0.4)])));
        var html = File.ReadAllText(RunReport.Write(folder.Path));
        Assert.Contains("Expected calibration error 0.", html, StringComparison.Ordinal);
        Assert.Equal(2, html.Split("class=\"matrix\"").Length);
        Assert.Contains("600 examples, 77 labels", html, StringComparison.Ordinal);
        Assert.Contains("Confusion of 77 labels: many", html, StringComparison.Ordinal);
        Assert.True(html.Length < 500_000, $"{html.Length} characters");
    }

    [Fact]
    public void Records_that_do_not_add_up_are_told()
    {
        using var folder = new TempFolder();
        File.WriteAllText(
            folder.In("run.json"),
            """{"name": "r", "status": "finished", "recipe": {}, "data": {"t": {"read": 100, "train": 80, "validation": 10,"""
                + """ "test": 5, "dropped": {"duplicate": 3}, "dropped_samples": ["a(1): b"], "notices": ["e.jsonl: it has no"""
                + """ records."], "quarantine": "t.rejects.jsonl"}}}"""
        );
        var html = File.ReadAllText(RunReport.Write(folder.Path));
        Assert.Contains("100 read are not 95 kept and 3 left out: 2 are missing.", html, StringComparison.Ordinal);
        Assert.Contains("t.rejects.jsonl", html, StringComparison.Ordinal);
        Assert.Contains("t: e.jsonl: it has no records.", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_that_did_not_fit_and_steps_that_were_skipped_are_warnings()
    {
        using var folder = new TempFolder();
        File.WriteAllText(
            folder.In("run.json"),
            """{"name": "r", "status": "finished", "recipe": {}, "batches": {"capacity": 64, "packed": true, "dropped": 2,"""
                + """ "shortened": 5, "overlong_samples": ["a.jsonl(3): 99 tokens"]}, "validation": {"capacity": 64, "packed": true,"""
                + """ "dropped": 1, "untagged": 6}}"""
        );
        File.WriteAllText(folder.In("metrics.jsonl"), """{"step":7,"loss_scale":1024,"skipped_steps":4}""" + "\n");
        var html = File.ReadAllText(RunReport.Write(folder.Path));
        Assert.Contains("2 sequences were left out of training", html, StringComparison.Ordinal);
        Assert.Contains("1 sequences were left out of validation", html, StringComparison.Ordinal);
        Assert.Contains("6 entities of validation are not learned", html, StringComparison.Ordinal);
        Assert.Contains("5 sequences of training had their inputs shortened", html, StringComparison.Ordinal);
        Assert.Contains("a.jsonl(3): 99 tokens", html, StringComparison.Ordinal);
        Assert.Contains("4 steps were skipped", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_was_cut_short_has_a_page_too()
    {
        using var folder = new TempFolder();
        File.WriteAllText(
            folder.In("run.json"),
            """{"name": "r", "status": "interrupted", "message": "stopped at 2", "recipe": {"summary": "s"}}"""
        );
        File.WriteAllText(
            folder.In("metrics.jsonl"),
            """
            {"step":1,"loss":3.5,"learning_rate":0.1}
            {"step":2,"loss":"NaN","learning_rate":0.1}
            {"step":3,"lo
            """
        );
        var html = File.ReadAllText(RunReport.Write(folder.Path));
        Assert.Contains("stopped at 2", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN L", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Measurements_that_are_damaged_are_named()
    {
        using var folder = new TempFolder();
        Write(folder, "x");
        File.WriteAllText(folder.In("evaluation.json"), """{"before": 3""");
        Assert.Contains(
            folder.In("evaluation.json"),
            Assert.Throws<RunException>(() => RunReport.Write(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_folder_that_is_no_runs_is_named()
    {
        using var folder = new TempFolder();
        Assert.Contains(folder.Path, Assert.Throws<RunException>(() => RunReport.Write(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_model_per_task_has_curves_for_each()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.In("run.json"), """{"name": "r", "status": "finished", "recipe": {}, "parts": ["a", "b"]}""");
        foreach (var part in (string[])["a", "b"])
        {
            Directory.CreateDirectory(folder.In(part));
            File.WriteAllText(folder.In(part, "run.json"), $$"""{"name": "{{part}}", "status": "finished", "recipe": {} }""");
            File.WriteAllText(folder.In(part, "metrics.jsonl"), """{"step":1,"loss":3.5}""" + "\n");
        }

        var html = File.ReadAllText(RunReport.Write(folder.Path));
        Assert.Contains("Training: a", html, StringComparison.Ordinal);
        Assert.Contains("Training: b", html, StringComparison.Ordinal);
        Assert.Equal(3, html.Split("aria-label=\"Loss\"").Length);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2.31, 8.35)]
    [InlineData(5, 5)]
    [InlineData(0, 0)]
    [InlineData(-1e-9, 1e9)]
    public void Ticks_enclose_what_is_drawn(double low, double high)
    {
        var ticks = LineChart.Ticks(low, high);
        Assert.True(ticks[0] <= low && ticks[^1] >= high && ticks[0] < ticks[^1]);
        Assert.InRange(ticks.Count, 2, 8);
    }

    private static void Write(TempFolder folder, string text)
    {
        RunFolder.Write(
            folder.In("run.json"),
            new
            {
                name = text,
                status = "finished",
                started = DateTimeOffset.UnixEpoch,
                finished = DateTimeOffset.UnixEpoch.AddMinutes(3),
                recipe = new
                {
                    summary = text,
                    tuning = new { lora = new { rank = 8 } },
                    model = text,
                },
                data = new Dictionary<string, object>
                {
                    [text] = new
                    {
                        read = 103,
                        train = 70,
                        validation = 10,
                        test = 20,
                        dropped = new Dictionary<string, int> { ["duplicate"] = 3, [text] = 0 },
                        dropped_samples = new[] { text },
                    },
                },
                warnings = new[] { text },
                corpus = text,
            }
        );
        File.WriteAllLines(
            folder.In("metrics.jsonl"),
            Enumerable
                .Range(0, 500)
                .Select(i =>
                    $$"""{"step":{{i}},"loss":{{5 - (i / 100)}},"validation_loss":{{6 - (i / 100)}},"learning_rate":0.001"""
                    + ""","tokens_per_second":1200,"gradient_norm":1}"""
                )
        );
        RunFolder.Write(folder.In("evaluation.json"), new RunEvaluation(Report(0.25, "wrong " + text), Report(0.75, text)));

        EvaluationReport Report(double value, string answer) =>
            new([
                new TaskReport
                {
                    Prompt = text,
                    Task = text,
                    Language = "zh",
                    Examples = 20,
                    Unparsed = 0,
                    Metrics = [new MetricScore("accuracy", value, value - 0.15, value + 0.15)],
                    Answers = [new AnswerMark("a.jsonl(3)", false, 0.5, text, answer)],
                    Samples =
                    [
                        new SampleAnswer(
                            "a.jsonl(3)",
                            new System.Text.Json.Nodes.JsonObject { ["clause"] = text }.ToJsonString(),
                            text,
                            answer,
                            null
                        ),
                    ],
                },
            ]);
    }
}
