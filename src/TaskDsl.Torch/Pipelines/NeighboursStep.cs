using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Sentences;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// A model that answers a task of labels or a number without having learnt it: by the examples of the training part whose vectors are
/// nearest to the input's: the label that most of them have, the labels that more than half of them have, the mean of their numbers. It has
/// no weights of its own.
/// </summary>
[Keyword("neighbours"), Makes("model"), OneOf(nameof(Model), nameof(Base))]
public sealed record NeighboursStep : NearestStep, IValidatableObject
{
    /// <summary>The tasks whose examples are known.</summary>
    [Length(1, 1000)]
    public required IReadOnlyList<DslTask> Tasks { get; init; }

    /// <summary>How many of the nearest examples decide.</summary>
    [Range(1, 1000)]
    public int Count { get; init; } = 5;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Tasks.FirstOrDefault(task => !Nearest.CanAnswer(task)) is { } other)
            yield return new ValidationResult(
                $"the task '{other.Name}' asks for {string.Join(", ", other.OutputFields.Select(field => field.Type))}; neighbours answer "
                    + "by a label, by labels or by a number.",
                ["tasks"]
            );
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var known = new List<KnownExample>();
        foreach (var task in Tasks)
        {
            using var data = step.Data(task);
            known.AddRange(
                data[SplitName.Train]
                    .Where(example => Languages.Count == 0 || Languages.Contains(example.Language))
                    .Select(example => Known(task, example))
            );
        }

        step.Write(Answering(step) with { Count = Count, Examples = known });
    }

    private static KnownExample Known(DslTask task, Example example)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteExample(utf8, example.InputValue, example.OutputValue);
        var answer = JsonNode.Parse(utf8.WrittenSpan)![task.OutputFields[0].Name]!;
        return new(task.Name, example.Language, ExampleText.OfInput(task, example.InputValue), answer.DeepClone());
    }
}
