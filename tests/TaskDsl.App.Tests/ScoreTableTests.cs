using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.App.Tests;

public sealed class ScoreTableTests
{
    [Theory]
    [InlineData(80)]
    [InlineData(110)]
    [InlineData(200)]
    public void No_line_is_longer_than_the_console_and_no_score_is_broken(int width)
    {
        var lines = Print(width);
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 0, width));
        Assert.Equal(
            2,
            lines.Count(line =>
                line.Contains("0.151", StringComparison.Ordinal)
                && line.Contains("0.461", StringComparison.Ordinal)
                && line.Contains("0.155", StringComparison.Ordinal)
            )
        );
        Assert.Contains(lines, line =>
            line.Contains("field_accuracy", StringComparison.Ordinal) && line.Contains("clause_facts", StringComparison.Ordinal)
        );
        Assert.Equal(width == 80, !lines.Any(line => line.Contains("examples", StringComparison.Ordinal)));
        Assert.Equal(width == 200, lines.Any(line => line.Contains("0.461 (0.40–0.52)", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_star_marks_what_differs_beyond_chance()
    {
        var text = string.Join('\n', Print(200));
        Assert.Contains("0.461 (0.40–0.52)*", text, StringComparison.Ordinal);
        Assert.DoesNotContain("0.155 (0.11–0.20)*", text, StringComparison.Ordinal);
        Assert.Contains("* differs from before beyond chance", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.008, 0.0051, 0.0119, "0.008 (0.005–0.012)")] // Not (0.01–0.01).
    [InlineData(0.151, 0.112, 0.198, "0.151 (0.11–0.20)")]
    public void A_score_lies_in_the_interval_that_is_printed(double value, double low, double high, string printed) =>
        Assert.Equal(printed, ScoreTable.Text(new MetricScore("x", value, low, high), interval: true));

    private static string[] Print(int width)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = width;
        console.Write(
            ScoreTable.Of(
                [
                    ("before", Report(0.151)),
                    ("all_in_one", Report(0.461)),
                    ("one_per_task", Report(0.488)),
                    ("all_in_one_lora", Report(0.155)),
                ],
                width
            )
        );
        return text.ToString().Split('\n');
    }

    private static EvaluationReport Report(double value) =>
        new([
            .. new[] { "en", "zh" }.Select(language => new TaskReport
            {
                Prompt = "clause_facts",
                Task = "clause_facts",
                Language = language,
                Examples = 100,
                Unparsed = 0,
                // The k-th resample has the same luck in every measurement.
                Metrics =
                [
                    new MetricScore(
                        "field_accuracy",
                        value,
                        value switch
                        {
                            0.461 => 0.40,
                            0.155 => 0.11,
                            _ => value - 0.05,
                        },
                        value switch
                        {
                            0.461 => 0.52,
                            0.155 => 0.20,
                            _ => value + 0.05,
                        }
                    )
                    {
                        Resampled =
                        [
                            .. Enumerable
                                .Range(0, 400)
                                .Select(k => value + (0.001 * (k % 100)) + (value == 0.155 ? 0.02 * ((k % 3) - 1) : 0)),
                        ],
                    },
                ],
                Samples = [],
                Answers = [.. Enumerable.Range(0, 100).Select(i => new AnswerMark($"a.jsonl({i})", false))],
            }),
        ]);
}
