using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Recipes;

namespace Papers.Proving;

/// <summary>A proof that shows only that it runs: a few steps of training, a few answers, one seed for all.</summary>
internal static class Smoke
{
    private const int Steps = 2;
    private const int Answers = 8;

    /// <summary>The pipeline in small.</summary>
    public static Pipeline Of(Pipeline pipeline) =>
        pipeline with
        {
            Steps = pipeline.Steps.ToDictionary(step => step.Key, step => step.Value with { Verb = Small(step.Value.Verb) }),
        };

    // Steps that differ in their seed alone are then the same, and made once.
    private static Step Small(Step verb) =>
        verb switch
        {
            TrainStep train => train with
            {
                Recipe = train.Recipe with
                {
                    Seed = 1,
                    Budget = new Budget { Steps = Steps },
                    Checkpoints = new CheckpointPlan { Every = Steps },
                },
            },
            EvaluateStep evaluate => evaluate with { Limit = Answers },
            _ => verb,
        };
}
