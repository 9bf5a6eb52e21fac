using TaskDsl.Data;
using TaskDsl.Data.Stages;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Pipelines.Selecting;
using TaskDsl.Torch.Recipes;

namespace Papers.Proving;

/// <summary>A proof that shows only that it runs: a few steps of training, a few answers, one seed for all.</summary>
internal static class Smoke
{
    private const int Steps = 2;
    private const int Answers = 8;
    private const int Records = 24;

    /// <summary>The pipeline in small.</summary>
    public static Pipeline Of(Pipeline pipeline) => pipeline with { Steps = Small(pipeline.Steps) };

    private static Dictionary<string, PipelineStep> Small(IReadOnlyDictionary<string, PipelineStep> steps) =>
        steps.ToDictionary(step => step.Key, step => Small(step.Value));

    // One of the seeds: steps that differ in nothing else would be the same.
    private static PipelineStep Small(PipelineStep step) =>
        (step.Sweep is { Seeds: [var first, ..] } sweep ? step with { Sweep = sweep with { Seeds = [first] } } : step).Change(one =>
            one with
            {
                Verb = Small(one.Verb),
                // What has learnt nothing passes no filter, and nothing is left.
                Stages =
                [
                    .. one.Stages.Where(stage => stage is not Filter),
                    .. one.Verb is DataStep ? [new Limit { Count = Records }] : Array.Empty<Stage>(),
                ],
            }
        );

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
            StepsStep group => group with { Steps = Small(group.Steps) },
            EvaluateStep evaluate => evaluate with { Limit = Answers },
            // Nor do its answers parse, agree, or have the length of others.
            GenerateStep generate => generate with
            {
                Generation = generate.Generation with { Constrained = true },
                Vote = generate.Vote is { } vote ? vote with { Least = 0, Ties = Ties.First } : null,
            },
            SelectStep { By: LengthLike } select => new DataStep { Task = select.Task, Examples = select.Examples },
            _ => verb,
        };
}
