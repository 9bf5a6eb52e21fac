using TaskDsl.Data;
using TaskDsl.Grammars;
using TaskDsl.Metrics.Counting;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;

namespace TaskDsl.Torch.Evaluation;

/// <summary>
/// What answers without a model are worth, where a task has few to choose from (a label, labels, yes or no): always the most frequent one
/// of the training part, and what drawing evenly among all gives in the mean, computed and not drawn.
/// </summary>
public static class Baselines
{
    /// <summary>The column of the most frequent answer of the training part, by language; of several as frequent, the first.</summary>
    public const string Majority = "majority";

    /// <summary>The column of what chance gives, for metrics that are a mean over answers (<see cref="Metric.IsMean"/>).</summary>
    public const string Random = "random";

    // Beyond that, chance gives nothing worth a line.
    private const int MostAnswers = 1024;

    private static readonly string[] Closed = ["label", "labels", "bool", "choice"];

    /// <summary>The columns that there are, each with its reports, of the same examples as a measurement's.</summary>
    public static IEnumerable<(string Column, List<TaskReport> Reports)> Of(
        IReadOnlyList<(Prompt Prompt, Dataset Data)> tasks,
        EvaluationPlan plan,
        QuestionPlan asking
    )
    {
        var parts = tasks
            .Where(task => task.Prompt.Task.OutputFields.All(field => Closed.Contains(field.Type.TrimEnd('?'))))
            .SelectMany(task => Evaluator.Parts(task.Prompt, task.Data, plan, SplitName.Test, asking with { Phrasing = 0 }))
            .Select(part => new Part(part.Prompt, part.Data, part.Language, part.Examples, plan.Constrained))
            .Where(part => part.Examples.Length > 0)
            .ToList();
        (string, List<TaskReport> Reports)[] lines =
        [
            (Majority, [.. parts.Select(MajorityOf).OfType<TaskReport>()]),
            (Random, [.. parts.Select(RandomOf).OfType<TaskReport>()]),
        ];
        return lines.Where(line => line.Reports.Count > 0);
    }

    private static TaskReport? MajorityOf(Part part)
    {
        var task = part.Prompt.Task;
        // Each record has options of its own.
        if (HasOptions(task))
            return null;
        // Of a language without training examples the others' answers are the best guess.
        if ((MostFrequent(part, e => e.Language == part.Language) ?? MostFrequent(part, _ => true)) is not { } output)
            return null;
        var answer = new Prediction(Evaluator.Written(task, part.Examples[0], output, part.Language), output, null, 0, 0, Closed: true);
        return Evaluator.Score(part.Prompt, part.Language, part.Examples, [.. part.Examples.Select(_ => answer)], part.Constrained) with
        {
            Samples = [],
        };
    }

    private static object? MostFrequent(Part part, Func<Example, bool> which)
    {
        var counts = new Dictionary<string, (int Count, object Output)>();
        foreach (var output in part.Data[SplitName.Train].Where(which).Select(e => e.OutputValue))
        {
            var items = string.Join('\n', part.Prompt.Task.Items(output));
            counts[items] = counts.TryGetValue(items, out var seen) ? seen with { Count = seen.Count + 1 } : (1, output);
        }

        return counts.Count == 0 ? null : counts.Values.MaxBy(seen => seen.Count).Output;
    }

    private static TaskReport? RandomOf(Part part)
    {
        var task = part.Prompt.Task;
        // Where no record brings options of its own, the answers to choose from are the same whatever the input.
        var same = HasOptions(task) ? null : AnswersTo(part, part.Examples[0]);
        object[][] answers = [.. part.Examples.Select(example => same ?? AnswersTo(part, example))];
        return answers.Any(each => each.Length == 0)
            ? null
            : new TaskReport
            {
                Prompt = part.Prompt.Name,
                Task = task.Name,
                Language = part.Language,
                Examples = part.Examples.Length,
                Unparsed = 0,
                Metrics =
                [
                    .. Evaluator
                        .MetricsOf(task, part.Constrained)
                        .Where(metric => metric.IsMean)
                        .Select(metric => Expected(metric, part, answers)),
                ],
                Samples = [],
                Answers = [.. part.Examples.Select(e => new AnswerMark(e.Origin.ToString(), Right: false))],
            };
    }

    private static bool HasOptions(DslTask task) => task.OutputFields.Any(field => field.IsChoice);

    /// <summary>All that can be answered, each once; none where that is too much.</summary>
    private static object[] AnswersTo(Part part, Example example)
    {
        var task = part.Prompt.Task;
        return
        [
            .. (new GrammarMatcher(task.OutputGrammar(example.InputValue, part.Language)).Texts(MostAnswers) ?? [])
                .Select(text => task.TryParseOutput(text, example.InputValue, part.Language, out var output, out _) ? output : null)
                .OfType<object>()
                .DistinctBy(output => string.Join('\n', task.Items(output))),
        ];
    }

    /// <summary>The mean over examples of the mean over answers; chance in drawing is not in its interval, only the test set's.</summary>
    private static MetricScore Expected(Metric metric, Part part, object[][] answers)
    {
        double[] each =
        [
            .. part.Examples.Select(
                (example, i) =>
                    answers[i]
                        .Average(answer =>
                            metric.Score([Answer.Of(part.Prompt.Task, example.OutputValue, answer) with { Example = example }])
                        )
            ),
        ];
        double[] resampled = [.. Bootstrap.Resample(each, drawn => drawn.Average()).Select(score => Math.Round(score, 5))];
        var (low, high) = Bootstrap.Interval(resampled);
        return new MetricScore(Evaluator.WordOf(metric), each.Average(), low, high, metric.HigherIsBetter) { Resampled = resampled };
    }

    private sealed record Part(Prompt Prompt, Dataset Data, string Language, Example[] Examples, bool Constrained);
}
