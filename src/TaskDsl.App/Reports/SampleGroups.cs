using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

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
                        [.. Fields(s.Input).Select(f => f with { Value = Cut(f.Value, length) })],
                        Cut(s.Gold, length),
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
        return new SampleReply(answer.Answer.Length == 0 ? "(nothing)" : Cut(answer.Answer, length), right, confidence, answer.Error ?? "");
    }

    private static IReadOnlyList<Fact> Fields(string input)
    {
        try
        {
            if (JsonNode.Parse(input) is JsonObject fields)
                return [.. fields.Select(f => new Fact(f.Key, Text(f.Value)))];
        }
        catch (JsonException)
        {
            // An input that is no JSON is shown as it is.
        }

        return [new Fact("input", input)];
    }

    private static string Text(JsonNode? value) =>
        value is JsonValue single && single.TryGetValue<string>(out var text) ? text : value?.ToJsonString(DefinitionJson.Options) ?? "";

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return string.Create(CultureInfo.InvariantCulture, $"{text[..end]} … ({text.Length - end:N0} more characters)");
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
