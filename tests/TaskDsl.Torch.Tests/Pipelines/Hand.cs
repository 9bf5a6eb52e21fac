using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Tests.Pipelines;

/// <summary>Reports whose right and wrong answers are known.</summary>
internal static class Hand
{
    public static TaskReport Report(int all, int right, string task = "t", string language = "en") =>
        Report(Enumerable.Range(0, all).Select(i => i < right), task, language);

    public static TaskReport Report(IEnumerable<bool> right, string task = "t", string language = "en")
    {
        Answer[] answers = [.. right.Select(r => new Answer([new OutputItem("x", "a")], r ? [new OutputItem("x", "a")] : null))];
        var resampled = Bootstrap.Resample(new Accuracy(), answers);
        var (low, high) = Bootstrap.Interval(resampled);
        return new TaskReport
        {
            Prompt = $"{task}_prompt",
            Task = task,
            Language = language,
            Examples = answers.Length,
            Unparsed = 0,
            Metrics = [new MetricScore("accuracy", new Accuracy().Score(answers), low, high) { Resampled = resampled }],
            Samples = [],
            Answers = [.. right.Select((r, i) => new AnswerMark($"a.jsonl({i + 1})", r))],
        };
    }
}
