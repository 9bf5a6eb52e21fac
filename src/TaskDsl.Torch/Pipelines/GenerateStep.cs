using System.ComponentModel.DataAnnotations;
using TaskDsl.Clients.Asking;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// Lets a model, or a client that others serve, answer a task's prompt for each record of a file or of examples: examples whose answers are
/// its own. What has no answer that parses, and what stands in the task's test part, is left out and counted.
/// </summary>
[Keyword("generate"), Makes("examples"), OneOf(nameof(Model), nameof(Client))]
[AnyOf("it asks for nothing; name records in from, or a count of answers that are asked from nothing", nameof(From), nameof(Count))]
public sealed record GenerateStep : Step, IValidatableObject
{
    // As many as are answered between two looks at the clock; which they are changes no answer.
    private const int Together = 1024;

    /// <summary>The model: a step's or a folder.</summary>
    [StepResult("model"), FilePath]
    public string? Model { get; init; }

    /// <summary>A model that others serve, in the place of one's own.</summary>
    public Client? Client { get; init; }

    /// <summary>The task whose prompt is answered.</summary>
    public required DslTask Task { get; init; }

    /// <summary>The prompt. It may be left out where the task has exactly one.</summary>
    [Sole(nameof(Task))]
    public required Prompt Prompt { get; init; }

    /// <summary>
    /// The inputs: a data file of the task's fields, in a format that its name tells, whose answers are passed over; or examples that a
    /// step has made, of another task too, whose fields are then read by their names.
    /// </summary>
    [StepResult("examples", OfAnyTask = true, InputAlone = true), FilePath]
    public string? From { get; init; }

    /// <summary>
    /// How many answers are asked from nothing, in the place of <c>from</c>, each drawn by its number: of a task without input fields,
    /// whose prompt says all that is asked.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? Count { get; init; }

    /// <summary>The language of the records of a file. Default: the task's first.</summary>
    public string? Language { get; init; }

    /// <summary>Where the worked examples come from that the prompt shows. Default: the task's own training part.</summary>
    public StepDemonstrations? Demonstrations { get; init; }

    /// <summary>How many answers each record gets, each drawn by its number: as many examples, or one where they vote.</summary>
    [Range(1, 1000)]
    public int Answers { get; init; } = 1;

    /// <summary>Makes one answer of several to the same record. Default: each is an example.</summary>
    public Vote? Vote { get; init; }

    /// <summary>What is kept of each answer besides itself. Default: nothing.</summary>
    public IReadOnlyList<Kept> Keep { get; init; } = [];

    /// <summary>How answers are produced.</summary>
    public GenerationPlan Generation { get; init; } = new();

    /// <summary>The seed of what is drawn: demonstrations, and answers where they are sampled.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the model runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    [DoesNotShape, RegularExpression("^(auto|cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "auto";

    /// <inheritdoc/>
    public override int Revision => 4;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (From is null && Count is null)
            yield return new("it asks for nothing; name records in from, or a count of answers that are asked from nothing.", ["from"]);
        if (From is not null && Count is not null)
            yield return new(
                "from names the records that are asked about, and count asks from nothing; leave one of the two out.",
                ["count"]
            );
        if (Count is not null && Task.InputFields.Count > 0)
            yield return new(
                $"the task '{Task.Name}' asks about {string.Join(", ", Task.InputFields.Select(field => field.Name))}; "
                    + "name records in from.",
                ["count"]
            );
        if (Count is not null && Answers > 1)
            yield return new("count is the number of answers already; leave answers out.", ["answers"]);
        if (Count > 1 && Generation.Decoding?.Draws != true && (Client is null || Generation.Decoding is not null))
            yield return new("nothing is drawn, so that all would be the same; add generation: {decoding: sample}.", ["count"]);
        if (Answers > 1 && Generation.Decoding?.Draws != true && (Client is null || Generation.Decoding is not null))
            yield return new("nothing is drawn, so that all would be the same; add generation: {decoding: sample}.", ["answers"]);
        if (Vote is not null && Answers == 1)
            yield return new("one answer has nothing to vote on; say how many there are, as answers: 5.", ["vote"]);
        if (Vote?.Fault(Task) is { } unlisted)
            yield return new(unlisted, ["vote"]);
        if (Client is not null && ClientAnswering.Fault(Generation) is { } fault)
            yield return new(fault, ["generation"]);
        if (Client is not null && Keep.Any(kept => kept is Kept.LogProbability or Kept.Scores || (kept == Kept.Confidence && Vote is null)))
            yield return new("a client does not say how sure it is; with several answers and a vote, confidence is their share.", ["keep"]);
        if (Demonstrations is not null && StepDemonstrations.Fault(Prompt) is { } none)
            yield return new(none, ["demonstrations"]);
        if (Keep.Contains(Kept.Scores) && !Task.Format.NamesOne)
            yield return new(
                $"scores are those of labels or options, and the task '{Task.Name}' does not answer by one of either.",
                ["keep"]
            );
    }

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (Language is not null && !Task.Languages.Contains(Language))
            throw new RunException(
                $"generate: the task '{Task.Name}' has the languages {string.Join(", ", Task.Languages)}, not '{Language}'."
            );
        shape.AddPrompt(Prompt);
        if (Model is not null)
            shape.AddModel(Model);
        if (From?.StartsWith('$') == false)
            shape.AddFiles(From);
    }

    /// <inheritdoc/>
    public override void Check() => Client?.Check();

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        using Answering answering = Client is null
            ? new ModelAnswering(step, Model!, Prompt, Device, Generation, Seed) { WithLabels = Keep.Contains(Kept.Scores) }
            : new ClientAnswering(step, Client, Generation, Seed);
        using var own = Task.Examples.Count == 0 ? null : step.Data(Task);
        var test = (Count is null ? own : null)?[SplitName.Test].Select(example => StepContext.HashOf(Task, example.InputValue)).ToHashSet()
            ?? [];
        using var questions = new StepQuestions(step, Prompt, own, Seed, Demonstrations);
        step.Write(
            Task,
            (Count is { } count ? StepContext.Inputs(Task, count, Language) : step.Inputs(Task, From!, Language))
                .Where(input => IsToBeAnswered(step, input, test))
                .Chunk(Math.Max(1, Together / Answers))
                .SelectMany(asked => Made(step, answering, questions, asked))
        );
    }

    private bool IsToBeAnswered(StepContext step, StepInput input, HashSet<UInt128> test)
    {
        step.Count("records", 1);
        if (!test.Contains(StepContext.HashOf(Task, input.Value)))
            return true;
        step.LeaveOut(input.Origin, "it stands in the task's test part");
        return false;
    }

    private IEnumerable<Example> Made(StepContext step, Answering answering, StepQuestions questions, StepInput[] asked)
    {
        PredictionRequest[] requests =
        [
            .. from question in asked.Zip(questions.Of([.. asked.Select(input => (input.Value, input.Language))]))
            from sample in Enumerable.Range(0, Answers)
            select question.Second with
            {
                // Of what is asked from nothing each answer is another sample of one question.
                Sample = Count is null ? sample : (int)question.First.Origin.Line - 1,
            },
        ];
        if (Answers > 1)
            step.Count("answers", requests.Length);
        var answers = answering.Answer(requests, new AnswersProgress(step.Progress, RunPhase.Answering, requests.Length));
        questions.Count(requests, answers.Select(answer => answer.Prediction));
        foreach (var (input, own) in asked.Zip(answers.Chunk(Answers)))
            if (Vote is null)
            {
                foreach (var (sample, answer) in own.Index())
                    if (answer.Fault is { } fault)
                        step.LeaveOut(input.Origin, fault, answer.Detail);
                    else if (
                        ToExample(input, own, answer.Prediction, answer.Prediction.Confidence, Answers > 1 ? sample : null) is { } example
                    )
                        yield return example;
            }
            else if (Voted(step, Vote, input, own) is { } example)
                yield return example;

        Example? ToExample(StepInput input, GivenAnswer[] own, Prediction answer, double? confidence, int? sample)
        {
            var kept = new KeptOfAnswer(answering.Fingerprint)
            {
                Sample = sample,
                LogProbability = Keep.Contains(Kept.LogProbability) ? answer.LogProbability : null,
                Scores = Keep.Contains(Kept.Scores) ? answer.Labels : null,
                Samples = Keep.Contains(Kept.Samples) ? [.. own.Select(given => given.Prediction.Text)] : null,
                Piece = Piece.Of(input.Origin),
            };
            var origin = input.Origin with { Confidence = Keep.Contains(Kept.Confidence) ? confidence : null, Kept = kept.ToString() };
            return step.Answered(Task, input.Value, answer.Output!, input.Language, origin);
        }

        Example? Voted(StepContext step, Vote vote, StepInput input, GivenAnswer[] own)
        {
            foreach (var fault in own.Select(answer => answer.Fault).OfType<string>())
                step.Count($"answers without a vote: {fault}", 1);
            var voted = vote.Of(Task, input.Value, input.Language, own);
            if (voted.Output is not null)
                return ToExample(input, own, voted, voted.Confidence, null);
            step.LeaveOut(input.Origin, voted.Error!);
            return null;
        }
    }
}

/// <summary>What is kept of an answer besides itself.</summary>
public enum Kept
{
    /// <summary>
    /// The probability that the model gives the answer among those that it may give, or the answer's share where several vote; a condition
    /// reads it as <c>confidence</c>.
    /// </summary>
    Confidence,

    /// <summary>The logarithm of that probability, the sum over the answer's tokens, as <c>$log_probability</c>.</summary>
    LogProbability,

    /// <summary>
    /// How probable the model holds each label, by its key, as <c>$scores</c>, or each of the options that the record brings, by its text:
    /// for tasks that answer by one of them.
    /// </summary>
    Scores,

    /// <summary>The texts of all answers to the record, in their order, as <c>$samples</c>.</summary>
    Samples,
}
