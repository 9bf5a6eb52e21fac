using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Torch.Runs;

/// <summary>What a run works on, once it is prepared.</summary>
/// <param name="Run">What the run is given.</param>
/// <param name="Tasks">The tasks that are trained on.</param>
/// <param name="Documents">The recipe's plain text.</param>
/// <param name="Model">The model before it is tuned; while it is trained, the one that is tuned.</param>
/// <param name="Stream">The batches of the training part.</param>
/// <param name="Batches">What those of the whole run amount to.</param>
internal sealed record RunData(
    RunContext Run,
    IReadOnlyList<RunTask> Tasks,
    Corpus Documents,
    LoadedModel Model,
    TrainingStream Stream,
    BatchReport Batches
)
{
    public Recipe Recipe => Run.Recipe;

    /// <summary>The batches of the validation part, and what they amount to.</summary>
    public (IReadOnlyList<TokenBatch> Batches, BatchReport Report) Validation() =>
        new BatchSources(Run, Tasks, Model).Validation(Documents.Validation).Once(Run.CancellationToken);

    /// <summary>Puts the objective to work, before anything is tuned.</summary>
    /// <param name="steps">How many steps of training it will see.</param>
    /// <param name="validation">The validation batches that it will see.</param>
    public ObjectiveRun StartObjective(int steps, IEnumerable<TokenBatch> validation) =>
        Recipe.Objective.Start(
            new ObjectiveStart
            {
                Model = Model.Model,
                Tokenizer = Model.Tokenizer,
                ProjectDirectory = Run.Options.ProjectDirectory,
                Batches = Stream.Steps(default, Run.CancellationToken).Take(steps).SelectMany(step => step.Batches).Concat(validation),
                Cancellation = Run.CancellationToken,
            }
        );
}
