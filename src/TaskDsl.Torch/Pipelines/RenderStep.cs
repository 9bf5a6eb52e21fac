using System.ComponentModel.DataAnnotations;
using TaskDsl.Data.Stages.Hashing;
using TaskDsl.Prompts;
using TaskDsl.Prompts.ChatFormats;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// Writes examples through a prompt, with their answers and as plain paragraphs: texts, which a recipe's <c>corpus</c> can be. Of several
/// phrasings each example gets the one that is drawn for its input.
/// </summary>
[Keyword("render"), Makes("texts")]
public sealed record RenderStep : Step
{
    /// <summary>The task.</summary>
    [Shorthand]
    public required DslTask Task { get; init; }

    /// <summary>The prompt. It may be left out where the task has exactly one.</summary>
    [Sole(nameof(Task))]
    public required Prompt Prompt { get; init; }

    /// <summary>The examples: those that steps have made, and <c>gold</c>, the task's own training part, in this order.</summary>
    [StepResult("examples", Also = NamedExamples.Gold), Length(1, 1000)]
    public IReadOnlyList<string> Examples { get; init; } = [NamedExamples.Gold];

    /// <summary>Whether the answers are written too: without them the texts are those of the inputs.</summary>
    public bool Answers { get; init; } = true;

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.AddPrompt(Prompt);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        using var buffer = new PromptBuffer();
        var (hash, plain) = (new ExampleHash(Task), new Plain()); // A corpus is read as text: it has no special tokens.
        StepTexts.Write(step, step.Read(Task, Examples).Select(Text));

        CorpusDocument Text(Example example)
        {
            step.CancellationToken.ThrowIfCancellationRequested();
            var phrasing = (int)(hash.Draw(example, "render", 0) % (ulong)Prompt.Phrasings(example.Language));
            buffer.Clear();
            Prompt.Render(buffer, example.InputValue, Answers ? example.OutputValue : null, example.Language, phrasing, chat: plain);
            return new CorpusDocument(Answers ? buffer.ToString() : buffer.ToString().TrimEnd(), example.Origin);
        }
    }
}
