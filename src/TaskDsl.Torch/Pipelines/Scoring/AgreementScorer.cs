using System.ComponentModel.DataAnnotations;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Scoring;

/// <summary>
/// How sure a model is that the example's own answer is right (BSDetector, arXiv 2308.16175; CLEAR, arXiv 2403.12776): how far answers that
/// are drawn of it agree with that one, and, where it is asked, what it says of it. In [0, 1].
/// </summary>
/// <remarks>
/// <c>weight</c> · O + (1 − <c>weight</c>) · S. O is the mean over the drawn answers of (1 − <c>equality</c>) · <c>alike</c> +
/// <c>equality</c> · equal; the paper's likeness is that no model of entailment finds a contradiction, and two different labels contradict
/// each other, so that <c>exact_match</c> is the same for labels. S is the mean of what the prompts of <c>reflection</c> are answered.
/// </remarks>
[Keyword("agreement")]
public sealed record AgreementScorer : Scorer
{
    private const string Correct = "correct";
    private const string Incorrect = "incorrect";
    private const string Unsure = "unsure";

    /// <summary>The model: a step's or a folder. One that was trained on the example agrees with it: leave its fold out.</summary>
    [StepResult("model"), FilePath]
    public required string Model { get; init; }

    /// <summary>The prompt that puts the example.</summary>
    public required Prompt Prompt { get; init; }

    /// <summary>How many answers are drawn.</summary>
    [Range(1, 1000)]
    public int Answers { get; init; } = 5;

    /// <summary>How like an answer is to the example's own, in [0, 1].</summary>
    public Metric Alike { get; init; } = new ExactMatch();

    /// <summary>What being equal weighs beside being alike.</summary>
    [Range(0.0, 1.0)]
    public double Equality { get; init; } = 0.2;

    /// <summary>
    /// Prompts, differently worded, that ask the same model whether the answer is right: of tasks whose input has fields of the example's
    /// by their names, and whose one output is a label with the keys <c>correct</c>, <c>incorrect</c> and <c>unsure</c>. Default: it is
    /// not asked.
    /// </summary>
    public IReadOnlyList<Prompt> Reflection { get; init; } = [];

    /// <summary>What agreement weighs beside reflection, where there is any.</summary>
    [Range(0.0, 1.0)]
    public double Weight { get; init; } = 0.7;

    /// <summary>How answers are drawn.</summary>
    public GenerationPlan Generation { get; init; } = new() { Decoding = new Sample() };

    /// <summary>The seed of what is drawn.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the model runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    [DoesNotShape, RegularExpression("^(auto|cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "auto";

    /// <inheritdoc/>
    public override void Shape(StepShape shape, DslTask task)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (Answers > 1 && Generation.Decoding?.Draws != true)
            throw new RunException(
                "agreement: nothing is drawn, so that all answers would be the same; say generation: {decoding: sample}."
            );
        shape.AddModel(Model);
        shape.AddPrompt(Prompt.For(task));
        foreach (var asked in Reflection)
        {
            if (
                asked.Task.OutputFields is not [{ Labels: var labels }]
                || ((string[])[Correct, Incorrect, Unsure]).FirstOrDefault(key => !labels.Contains(key)) is not null
            )
                throw new RunException(
                    $"agreement: the prompt '{asked.Name}' asks whether an answer is right, so its task '{asked.Task.Name}' needs one "
                        + $"output, a label with the keys {Correct}, {Incorrect} and {Unsure}."
                );
            _ = FieldsOf(asked, task);
            shape.AddPrompt(asked);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ScoredExample> Score(StepContext step, DslTask task, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(task);
        using var own = Prompt.Demonstrations.Count == 0 || task.Examples.Count == 0 ? null : step.Data(task);
        using var questions = new StepQuestions(step, Prompt, own, Seed);
        using var model = step.Open(Model, Prompt, Device);
        var drawn = new Predictor(model, Generation, Seed)
            .Predict(
                [
                    .. from question in questions.Of([.. examples.Select(example => (example.InputValue, example.Language))])
                    from sample in Enumerable.Range(0, Answers)
                    select question with
                    {
                        Sample = sample,
                    },
                ],
                step.Counting(examples.Count * Answers),
                cancellation: step.CancellationToken
            )
            .Chunk(Answers)
            .ToList();
        // Of a verdict the likeliest counts, as the paper asks.
        var judge = new Predictor(model, Generation with { Decoding = null }, Seed);
        var verdicts = Reflection
            .Select(prompt =>
            {
                var fields = FieldsOf(prompt, task);
                return judge.Predict(
                    [
                        .. examples.Select(example => new PredictionRequest(
                            prompt,
                            OtherTasks.Input(prompt.Task, task, example, fields),
                            example.Language
                        )),
                    ],
                    step.Counting(examples.Count),
                    cancellation: step.CancellationToken
                );
            })
            .ToList();
        var confidence = new GivenConfidence(Alike, Equality, Weight);
        return
        [
            .. examples.Select(
                (example, i) =>
                    drawn[i].Concat(verdicts.Select(said => said[i])).Select(answer => answer.NotPut).FirstOrDefault(why => why is not null)
                        is { } why
                        ? ScoredExample.None(why)
                        : new ScoredExample(
                            confidence.Of(
                                [
                                    .. drawn[i]
                                        .Select(answer => Answer.Of(task, example.OutputValue, answer.Output) with { Example = example }),
                                ],
                                [.. verdicts.Select((said, asked) => Verdict(Reflection[asked].Task, said[i]))]
                            )
                        )
            ),
        ];
    }

    private static IReadOnlyList<(string Name, string From)> FieldsOf(Prompt asked, DslTask task) =>
        OtherTasks.FieldsOf(asked.Task, asked.Task.InputFields, task, "the examples are", new Dictionary<string, string>());

    /// <summary>What is said of an answer; what does not parse says nothing.</summary>
    private static double Verdict(DslTask task, Prediction said) =>
        said.Output is { } output && task.Items(output) is [var verdict]
            ? verdict.Value switch
            {
                Correct => 1,
                Incorrect => 0,
                _ => 0.5,
            }
            : 0.5;
}
