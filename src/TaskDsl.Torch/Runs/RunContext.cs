using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;
using TorchSharp;

namespace TaskDsl.Torch.Runs;

/// <summary>What a run is given, whom it tells how far it is, and what it holds until it ends.</summary>
internal sealed class RunContext(
    Recipe recipe,
    RunOptions options,
    Action<TrainingProgress>? report = null,
    CancellationToken cancellationToken = default
) : IDisposable, IProgress<TrainingProgress>
{
    private readonly List<IDisposable> holds = [];
    private readonly List<string> notices = [];

    public Recipe Recipe { get; } = recipe;

    public RunOptions Options { get; } = options;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Where the run computes; for a plan of another machine, where it will, whatever this one has.</summary>
    /// <exception cref="MisfitException">This machine has no such device.</exception>
    public torch.Device Device => TorchRuntime.Device(Recipe.Device, elsewhere: Options.PlannedMemory is not null);

    /// <summary>Whether answers are measured.</summary>
    public bool Evaluates => Options.Evaluate && Recipe.Objective.TeachesAnswers;

    /// <summary>What the user was told that belongs into the run's record.</summary>
    public IReadOnlyList<string> Notices => notices;

    /// <summary>Holds something until the run ends.</summary>
    public T Hold<T>(T held)
        where T : IDisposable
    {
        holds.Add(held);
        return held;
    }

    public void Report(TrainingProgress progress) => report?.Invoke(progress);

    /// <summary>Tells the user something that is of this moment.</summary>
    public void Tell(string text, RunPhase phase = RunPhase.Preparing) => Report(new TrainingProgress { Phase = phase, Notice = text });

    /// <summary>Tells the user something, and the run's record too; once, however often a model is opened.</summary>
    public void Notice(string text)
    {
        if (notices.Contains(text))
            return;
        notices.Add(text);
        Tell(text);
    }

    public void Dispose()
    {
        foreach (var held in holds)
            held.Dispose();
    }
}
