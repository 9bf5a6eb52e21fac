using System.Buffers;
using System.Diagnostics;
using System.Reflection;
using System.Text;
using TaskDsl.Data;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Evaluation;

/// <summary>Measures a model by its answers to the test part of data sets.</summary>
public static class Evaluator
{
    private const int Samples = 10;

    internal static readonly string[] Outcomes = ["right", "wrong", "empty", "not parsed", "cut off", "too long", NoModel, NoAnswer];

    /// <summary>The outcome of a question that none of several models is for.</summary>
    public const string NoModel = "no model";

    /// <summary>The outcome of a question that ready answers have none to.</summary>
    public const string NoAnswer = "no answer";

    /// <summary>Measures on a thread of its own.</summary>
    /// <inheritdoc cref="Evaluate"/>
    public static Task<EvaluationReport> EvaluateAsync(
        LoadedModel model,
        IReadOnlyList<(Prompt Prompt, Dataset Data)> tasks,
        EvaluationPlan plan,
        int seed = 1,
        IProgress<(int Done, int All)>? progress = null,
        SplitName split = SplitName.Test,
        QuestionPlan? asking = null,
        CancellationToken cancellationToken = default
    ) =>
        Task.Factory.StartNew(
            () => Evaluate(model, tasks, plan, seed, progress, split, asking, cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    /// <summary>Asks the model every question of a part, and scores the answers per task and language.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tasks">The prompts and their data.</param>
    /// <param name="plan">How answers are produced.</param>
    /// <param name="seed">The seed of what is drawn: demonstrations, and answers where they are sampled.</param>
    /// <param name="progress">Is told how many answers there are.</param>
    /// <param name="split">Which part is asked.</param>
    /// <param name="asking">How the questions are put. Default: in the first phrasing, with the prompt's demonstrations.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static EvaluationReport Evaluate(
        LoadedModel model,
        IReadOnlyList<(Prompt Prompt, Dataset Data)> tasks,
        EvaluationPlan plan,
        int seed = 1,
        IProgress<(int Done, int All)>? progress = null,
        SplitName split = SplitName.Test,
        QuestionPlan? asking = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tasks);
        Mistakes.RefuseIn(plan);
        asking ??= new QuestionPlan();
        var parts = tasks.SelectMany(task => Parts(task.Prompt, task.Data, plan, split, asking)).ToArray();
        var (done, all) = (0, parts.Sum(p => p.Examples.Length));
        progress?.Report((0, all));
        var reports = new List<TaskReport>();
        var predictor = new Predictor(model, plan, seed);
        foreach (var (prompt, data, language, examples) in parts)
        {
            var few = prompt.Demonstrations with { Count = asking.Shots ?? prompt.Demonstrations.Count };
            var shown = asking.Showing?.Invoke(few, seed) ?? new Demonstrations(data[SplitName.Train], few, seed);
            var requests = examples
                .Zip(shown.Of(prompt.Task, [.. examples.Select(example => (example.InputValue, language))]))
                .Select(question => new PredictionRequest(prompt, question.First.InputValue, language)
                {
                    Phrasing = asking.Phrasing,
                    Demonstrations = question.Second,
                    Fit = shown.Fit,
                })
                .ToArray();
            var before = done;
            var watch = Stopwatch.StartNew();
            var answers = predictor.Predict(
                [.. requests.SelectMany(request => Enumerable.Range(0, asking.Answers).Select(sample => request with { Sample = sample }))],
                new Forward(count => progress?.Report((before + count / asking.Answers, all))),
                cancellation: cancellationToken
            );
            Prediction[] predictions =
            [
                .. answers.Chunk(asking.Answers).Zip(requests, (own, request) => asking.Voting?.Invoke(request, own) ?? own[0]),
            ];
            var seconds = watch.Elapsed.TotalSeconds;
            done += examples.Length;
            var unreachable = examples.Zip(requests).Count(e => predictor.TooManyTokens(e.Second, e.First.OutputValue) is not null);
            var likelihoods = prompt.Task.Metrics.Any(metric => metric.NeedsLikelihood)
                ? new TokenLikelihood(model, plan.Rows, cancellation: cancellationToken).OfAnswers(prompt, examples)
                : null;
            reports.Add(
                Score(prompt, language, examples, predictions, plan.Constrained, likelihoods) with
                {
                    Unreachable = unreachable,
                    DemonstrationsLeftOut = predictions.Sum(p => p.LeftOut),
                    Bare = predictions.Zip(requests).Count(p => p.First.LeftOut > 0 && p.First.LeftOut == p.Second.Demonstrations.Count),
                    Costs = new AnswerCosts(
                        seconds,
                        answers.Where(p => p.NotPut is null).Sum(p => (long)p.PromptTokens),
                        answers.Sum(p => (long)p.AnswerTokens)
                    ),
                }
            );
        }

        return new EvaluationReport(reports);
    }

    /// <summary>What is to be known before a part is measured: gold answers that no answer can equal.</summary>
    /// <inheritdoc cref="Evaluate" path="/param"/>
    public static IEnumerable<string> Notices(
        LoadedModel model,
        IReadOnlyList<(Prompt Prompt, Dataset Data)> tasks,
        EvaluationPlan plan,
        SplitName split = SplitName.Test,
        QuestionPlan? asking = null
    )
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(plan);
        var predictor = new Predictor(model, plan);
        foreach (var (prompt, data) in tasks)
        {
            int?[] tokens =
            [
                .. Parts(prompt, data, plan, split, asking ?? new QuestionPlan())
                    .SelectMany(part => part.Examples)
                    .Select(e => predictor.TooManyTokens(new(prompt, e.InputValue, e.Language), e.OutputValue)),
            ];
            if (tokens.Count(t => t is not null) is > 0 and var unreachable)
                yield return $"task '{data.Task.Name}': the gold answers of "
                    + (unreachable == tokens.Length ? "all " : $"{unreachable:N0} of ")
                    + $"{tokens.Length:N0} {split.ToString().ToLowerInvariant()} examples are longer than max_new_tokens "
                    + $"({plan.MaxNewTokens:N0}): the longest has {tokens.Max():N0} tokens. "
                    + "No answer can equal them; raise max_new_tokens.";
        }
    }

    /// <summary>What scores a task's answers: where they are free, how many parse is part of what the model is worth.</summary>
    public static IReadOnlyList<Metric> MetricsOf(DslTask task, bool constrained) =>
        constrained || task.Metrics.Any(metric => metric is Validity) ? task.Metrics : [.. task.Metrics, new Validity()];

    /// <summary>What a metric is called in reports.</summary>
    public static string WordOf(Metric metric) => metric.GetType().GetCustomAttribute<KeywordAttribute>()?.Word ?? metric.GetType().Name;

    /// <summary>The examples that are measured, by language.</summary>
    internal static IEnumerable<(Prompt Prompt, Dataset Data, string Language, Example[] Examples)> Parts(
        Prompt prompt,
        Dataset data,
        EvaluationPlan plan,
        SplitName split,
        QuestionPlan asking
    ) =>
        from part in (asking.Examples ?? data[split]).GroupBy(e => e.Language)
        where asking.Languages?.Contains(part.Key) != false && asking.Phrasing < prompt.Phrasings(part.Key)
        orderby data.Task.Languages.ToList().IndexOf(part.Key)
        let all = part.ToArray()
        select (prompt, data, part.Key, Drawn(prompt, part.Key, all.Length, plan.Limit).Select(i => all[i]).ToArray());

    /// <summary>
    /// Some of the examples: drawn, because files are often sorted, by task and language alone, so that every measurement has the same
    /// ones.
    /// </summary>
    private static IEnumerable<int> Drawn(Prompt prompt, string language, int all, int? count) =>
        count >= all || count is null
            ? Enumerable.Range(0, all)
            : new Draw(Draw.Seed(prompt.Task.Name), Draw.Seed(language)).Permutation(all).Take(count.Value).Order();

    /// <summary>Scores answers that are there.</summary>
    internal static TaskReport Score(
        Prompt prompt,
        string language,
        Example[] examples,
        IReadOnlyList<Prediction> predictions,
        bool constrained,
        IReadOnlyList<(double LogProbability, int Tokens)?>? likelihoods = null
    )
    {
        var task = prompt.Task;
        Answer[] answers =
        [
            .. examples.Select(
                (example, i) =>
                    Of(task, example.OutputValue, predictions[i]) with
                    {
                        Example = example,
                        Likelihood = likelihoods?[i],
                        Confidence = predictions[i].Confidence,
                    }
            ),
        ];
        return new TaskReport
        {
            Prompt = prompt.Name,
            Task = task.Name,
            Language = language,
            Examples = examples.Length,
            Unparsed = predictions.Count(p => p.Output is null && p.Items is null),
            Overlong = predictions.Count(p => p.IsOverlong),
            Outcomes = predictions
                .Zip(answers, Outcome)
                .CountBy(outcome => outcome)
                .OrderBy(outcome => Array.IndexOf(Outcomes, outcome.Key))
                .ToDictionary(),
            Metrics = [.. MetricsOf(task, constrained).Select(metric => Score(metric, answers))],
            Samples =
            [
                .. Drawn(prompt, language, examples.Length, Samples).Select(i => Sample(task, language, examples[i], predictions[i])),
            ],
            Answers = [.. examples.Zip(predictions, answers).Select(a => Mark(task, language, a.First, a.Second, a.Third))],
        };
    }

    private static Answer Of(DslTask task, object gold, Prediction prediction) =>
        prediction.Items is { } items ? new Answer(task.Items(gold), items) : Answer.Of(task, gold, prediction.Output);

    private static string Outcome(Prediction prediction, Answer answer) =>
        answer.IsRight ? "right"
        : answer.Predicted is not null ? "wrong"
        : prediction.IsOverlong ? "too long"
        : prediction.NotPut is not null ? (prediction.NotPut == NoAnswer ? NoAnswer : NoModel)
        : string.IsNullOrWhiteSpace(prediction.Text) ? "empty"
        : prediction.Closed ? "not parsed"
        : "cut off";

    private static AnswerMark Mark(DslTask task, string language, Example example, Prediction prediction, Answer answer) =>
        new(
            example.Origin.ToString(),
            answer.IsRight,
            prediction.Confidence is { } confidence ? Math.Round(confidence, 5) : null,
            task.Format.NamesClass ? Written(task, example, example.OutputValue, language) : null,
            task.Format.NamesClass && prediction.Output is { } output ? Written(task, example, output, language) : null
        );

    internal static string Written(DslTask task, Example example, object output, string language)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteOutput(utf8, example.InputValue, output, language);
        return Encoding.UTF8.GetString(utf8.WrittenSpan);
    }

    private static MetricScore Score(Metric metric, Answer[] answers)
    {
        // Five digits tell apart what the answers can; equal scores stay equal.
        double[] resampled = [.. Bootstrap.Resample(metric, answers).Select(score => Math.Round(score, 5))];
        var (low, high) = Bootstrap.Interval(resampled);
        return new MetricScore(WordOf(metric), metric.Score(answers), low, high, metric.HigherIsBetter) { Resampled = resampled };
    }

    private static SampleAnswer Sample(DslTask task, string language, Example example, Prediction prediction)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteInput(utf8, example.InputValue);
        var input = Encoding.UTF8.GetString(utf8.WrittenSpan);
        return new SampleAnswer(
            example.Origin.ToString(),
            input,
            Told(example.OutputValue) ?? Written(task, example, example.OutputValue, language),
            (prediction.Output is { } output ? Told(output) : null) ?? prediction.Text,
            prediction.Error
        );

        // The letter of a choice says nothing to who reads the record as it is.
        string? Told(object output) =>
            !task.OutputFields.Any(field => field.IsChoice) ? null
            : task.OutputFields.Count == 1 ? string.Join(" / ", task.Items(output).Select(item => item.Value))
            : string.Join('\n', task.Items(output).Select(item => $"{item.Field}: {item.Value}"));
    }

    /// <summary>Progress that is told at once, on the thread that makes it.</summary>
    private sealed class Forward(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
