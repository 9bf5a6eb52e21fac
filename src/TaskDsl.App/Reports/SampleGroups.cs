using System.Globalization;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.App.Reports;

/// <summary>Answers to one task's examples in one language.</summary>
internal sealed record SampleGroup(string Title, IReadOnlyList<Sample> Samples)
{
    // The page stays small, however long the texts and however many the tasks are.
    private const int Room = 150_000;
    private const int Longest = 1500;

    public static IEnumerable<SampleGroup> Of(RunEvaluation evaluation)
    {
        var tasks = evaluation.Tasks();
        var texts = tasks.Sum(t => t.Samples.Count * 4);
        var length = texts == 0 ? Longest : Math.Clamp(Room / texts, 100, Longest);
        foreach (var task in tasks)
        {
            var (before, after) = (evaluation.Before.Find(task), evaluation.After.Find(task));
            yield return new SampleGroup(
                task.Title(),
                [
                    .. task.Samples.Select(s => new Sample(
                        s.Origin,
                        [.. SampleText.Fields(s.Input).Select(f => f with { Value = SampleText.Cut(f.Value, length) })],
                        SampleText.Cut(s.Gold, length),
                        Reply(before, s, length),
                        Reply(after, s, length)
                    )),
                ]
            );
        }
    }

    private static SampleReply? Reply(TaskReport? report, SampleAnswer asked, int length)
    {
        if (report?.Samples.FirstOrDefault(s => s.Origin == asked.Origin && s.Input == asked.Input) is not { } answer)
            return null;
        var mark = report.Answers.FirstOrDefault(a => a.Origin == asked.Origin);
        var right = mark?.Right ?? (answer.Error is null && answer.Answer == asked.Gold);
        var confidence = mark?.Confidence is { } sure ? string.Create(CultureInfo.InvariantCulture, $"{sure:0 %} sure") : "";
        return new SampleReply(
            answer.Answer.Length == 0 ? "(nothing)" : SampleText.Cut(answer.Answer, length),
            right,
            confidence,
            answer.Error ?? ""
        );
    }
}

/// <summary>One example with the answers to it.</summary>
internal sealed record Sample(string Origin, IReadOnlyList<Fact> Input, string Gold, SampleReply? Before, SampleReply? After);

/// <summary>An answer.</summary>
/// <param name="Text">As the model wrote it.</param>
/// <param name="Right">Whether it is the gold one.</param>
/// <param name="Confidence">How sure the model was; empty where that is not known.</param>
/// <param name="Error">Why it does not parse; empty where it does.</param>
internal sealed record SampleReply(string Text, bool Right, string Confidence, string Error);
