using System.Buffers;
using System.Text.Json.Nodes;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Whether an exercise's <c>result</c> is right for its <c>family</c> and <c>text</c>, by the function that <c>exercises</c> are made with:
/// 1 or 0.
/// </summary>
[Keyword("confirmed"), Revision(1)]
public sealed record Confirmed : Scorer
{
    /// <inheritdoc/>
    public override IReadOnlyList<ScoredExample> Score(StepContext step, DslTask task, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(examples);
        var utf8 = new ArrayBufferWriter<byte>();
        return [.. examples.Select(example => new ScoredExample(IsRight(example) ? 1 : 0))];

        bool IsRight(Example example)
        {
            utf8.ResetWrittenCount();
            task.WriteExample(utf8, example.InputValue, example.OutputValue);
            var record = JsonNode.Parse(utf8.WrittenSpan)!;
            return Exercises.Result((string)record["family"]!, (string)record["text"]!) == (string)record["result"]!;
        }
    }
}
