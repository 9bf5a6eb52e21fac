using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Clients.Asking;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Scoring;

/// <summary>
/// What a judge says of the example: a model, or a client that others serve, is asked by a task of its own, whose input is read from the
/// example's fields by their names, and answers by a number, or by yes or no, which is 1 or 0 (Zheng et al., arXiv 2306.05685).
/// </summary>
[Keyword("judge"), OneOf(nameof(Model), nameof(Client))]
public sealed record JudgeScorer : Scorer, IValidatableObject
{
    /// <summary>The model that judges: a step's or a folder.</summary>
    [StepResult("model"), FilePath]
    public string? Model { get; init; }

    /// <summary>A model that others serve, in the place of one's own.</summary>
    public Client? Client { get; init; }

    /// <summary>
    /// The task of judging: its input's fields are the example's, and one of its output's is a number, or yes or no; what else it
    /// answers, as its reasons, is passed over.
    /// </summary>
    public required DslTask Task { get; init; }

    /// <summary>The prompt that asks. It may be left out where the task has exactly one.</summary>
    [Sole(nameof(Task))]
    public required Prompt Prompt { get; init; }

    /// <summary>The example's field that a field is read from, where it has another name there: <c>{reply: answer}</c>.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>How answers are produced.</summary>
    public GenerationPlan Generation { get; init; } = new();

    /// <summary>The seed of what is drawn: demonstrations, and answers where they are sampled.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the model runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    [DoesNotShape, RegularExpression("^(auto|cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "auto";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Client is not null && ClientAnswering.Fault(Generation) is { } fault)
            yield return new(fault, ["generation"]);
        if (Task.OutputFields.Count(IsNumber) != 1)
            yield return new(
                $"a judge answers by one number, or by yes or no: the task '{Task.Name}' has {Task.OutputFields.Count(IsNumber)} outputs "
                    + "of the types int, float and bool.",
                ["task"]
            );
    }

    /// <inheritdoc/>
    public override void Shape(StepShape shape, DslTask task)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(task);
        shape.AddPrompt(Prompt);
        if (Model is not null)
            shape.AddModel(Model);
        OtherTasks.FieldsOf(Task, Task.InputFields, task, "the examples are", Columns);
    }

    /// <inheritdoc/>
    public override void Check() => Client?.Check();

    /// <inheritdoc/>
    public override IReadOnlyList<ScoredExample> Score(StepContext step, DslTask task, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(examples);
        var fields = OtherTasks.FieldsOf(Task, Task.InputFields, task, "the examples are", Columns);
        using var own = Prompt.Demonstrations.Count == 0 || Task.Examples.Count == 0 ? null : step.Data(Task);
        using var questions = new StepQuestions(step, Prompt, own, Seed);
        using Answering answering = Client is null
            ? new ModelAnswering(step, Model!, Prompt, Device, Generation, Seed)
            : new ClientAnswering(step, Client, Generation, Seed);
        var scores = new ScoredExample[examples.Count];
        var asked = new List<(int Place, object Input, string Language)>();
        foreach (var (place, example) in examples.Index())
            if (!Task.Languages.Contains(example.Language))
                scores[place] = ScoredExample.None("the judge does not know its language");
            else
                asked.Add((place, OtherTasks.Input(Task, task, example, fields), example.Language));
        var requests = questions.Of([.. asked.Select(question => (question.Input, question.Language))]);
        var answers = answering.Answer(requests, step.Counting(asked.Count));
        questions.Count(requests, answers.Select(answer => answer.Prediction));
        foreach (var ((place, input, _), answer) in asked.Zip(answers))
            scores[place] = answer.Fault is { } fault
                ? ScoredExample.None($"the judge: {fault}")
                : new ScoredExample(Number(input, answer.Prediction.Output!));
        return scores;
    }

    private double Number(object input, object output)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        Task.WriteExample(utf8, input, output);
        var value = JsonNode.Parse(utf8.WrittenSpan)![Task.OutputFields.Single(IsNumber).Name];
        return value?.GetValueKind() switch
        {
            JsonValueKind.Number => (double)value,
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            _ => double.NaN, // A judge may say nothing where its number may be absent.
        };
    }

    private static bool IsNumber(FieldInfo field) => field.Type.TrimEnd('?') is "int" or "float" or "bool";
}
