using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;
using TorchSharp;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>What a run minimises. Each objective is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Objective : IExampleEncoder
{
    /// <summary>Goes to work: opens, computes and checks what the loss needs besides the model, before anything is tuned.</summary>
    /// <param name="start">The model as it is before tuning, and what it will learn from.</param>
    /// <returns>The objective at work, to be disposed at the end of the run.</returns>
    /// <exception cref="MisfitException">The objective is not for models of this kind.</exception>
    public abstract ObjectiveRun Start(ObjectiveStart start);

    /// <summary>Whether a tuned model answers the tasks, so that its answers are measured before and after. Default: it does.</summary>
    public virtual bool TeachesAnswers => true;

    /// <summary>
    /// Whether the examples of a batch are compared with each other, so that gathering gradients over smaller batches is another loss.
    /// Default: they are not.
    /// </summary>
    public virtual bool ComparesExamples => false;

    /// <summary>The folders of other models that shape the loss; a run goes on only with the same ones. Default: none.</summary>
    public virtual IReadOnlyList<string> Models => [];

    /// <summary>What the objective learns from an example. Default: the prompt and its answer.</summary>
    public virtual TokenGroup Encode(ExampleTokens example) => new(example.PromptAndCompletion());

    /// <summary>The head that a model must have for these tasks. Default: its own.</summary>
    /// <exception cref="MisfitException">The tasks have no such answers.</exception>
    public virtual HeadRequest? Head(IReadOnlyList<DslTask> tasks) => null;

    /// <summary>
    /// The bytes that the loss takes behind the model's hidden states, for the forecast of a run's memory. Default: those of
    /// <see cref="HeadLoss"/>.
    /// </summary>
    /// <param name="model">The model's shape, with what is trained; it may have no weights.</param>
    /// <param name="device">Where it will be.</param>
    /// <param name="tokens">The most tokens that a batch has.</param>
    public virtual long Memory(LanguageModel model, torch.Device device, long tokens) => HeadLoss.Memory(model, device, tokens);
}
