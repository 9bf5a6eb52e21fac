using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Pipelines that run.</summary>
public static class RunnablePipeline
{
    /// <summary>Runs the steps whose results are not there, and finds out whether what is expected holds.</summary>
    /// <exception cref="WordException">A value is not allowed.</exception>
    /// <exception cref="RunException">A step cannot run.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is finished is kept.</exception>
    public static Task<FinishedPipeline> RunAsync(
        this Pipeline pipeline,
        PipelineOptions? options = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var program = Program(pipeline, options);
        // One thread from beginning to end: TorchSharp's scopes and gradient mode belong to a thread.
        return Task.Factory.StartNew(
            () =>
            {
                _ = pipeline.Expect.Select(Expected).ToList(); // Refused before anything runs.
                var steps = program.Run(progress ?? new Silent(), cancellationToken);
                return new FinishedPipeline(steps, pipeline.Gates(steps));
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default
        );
    }

    /// <summary>Says which steps would run, and why, without running them.</summary>
    /// <exception cref="RunException">The pipeline could not run.</exception>
    public static IReadOnlyList<PlannedStep> Plan(this Pipeline pipeline, PipelineOptions? options = null) =>
        Program(pipeline, options).Plan();

    /// <summary>Whether what is expected holds of steps that are finished.</summary>
    public static IReadOnlyList<Gate> Gates(this Pipeline pipeline, IReadOnlyList<PlannedStep> steps)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        var byName = steps.ToDictionary(step => step.Name);
        return [.. pipeline.Expect.Select(text => Gate.Of(Expected(text), byName))];
    }

    // The compiler has told it of the YAML.
    private static Expectation Expected(string text) =>
        Expectation.TryParse(text) ?? throw new RunException($"'{text}' is no expectation; write {Expectation.Form}.");

    private static PipelineProgram Program(Pipeline pipeline, PipelineOptions? options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        options ??= new PipelineOptions();
        return new PipelineProgram(pipeline, options with { Runs = options.Runs.In(pipeline.ProjectDirectory) });
    }

    private sealed class Silent : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) { }
    }
}
