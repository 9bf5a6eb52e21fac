using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;

namespace TaskDsl.Torch.Runs;

/// <summary>Tunes the model, from the first step or from the newest checkpoint on.</summary>
internal sealed class Train(RunData data, RunFolder folder, Recording record, Keep keep)
{
    private readonly CheckpointFolder checkpoints = new(folder.Checkpoints);

    private RunContext Run => data.Run;

    private Recipe Recipe => data.Recipe;

    public void Start()
    {
        var (validation, report) = data.Validation();
        foreach (var notice in Run.Notices)
            record.Warn(notice);
        record.Save(RunStatus.Running, r => r with { Validation = report });
        using var objective = data.StartObjective(data.Batches.Steps, validation);
        using var tuned = data.Model.Tune(Recipe.Tuning, Recipe.Seed);
        var resume = Resume();
        using var log = new MetricLog(folder.Path, resume?.State.Log ?? default, resume?.State.Step ?? 0);
        using var trainer = new Trainer(Recipe, objective, tuned, log, checkpoints, resume)
        {
            Stream = data.Stream,
            Steps = data.Batches.Steps,
            Validation = validation,
            Report = Run.Report,
            SaveBest = () => keep.Save(tuned, data.Model),
            EvaluateValidation = new Measure(data).Validation,
        };
        record.Save(RunStatus.Running, r => r with { TrainedParameters = trainer.TrainedCount });
        try
        {
            trainer.Run(Run.CancellationToken);
        }
        catch (OperationCanceledException e)
        {
            var interrupted = new RunInterruptedException(folder.Path, trainer.State.Step, e);
            record.Save(RunStatus.Interrupted, r => r with { Step = trainer.State.Step, Message = interrupted.Message });
            throw interrupted;
        }
        catch (TrainingDivergedException e)
        {
            record.Save(RunStatus.Diverged, r => r with { Step = trainer.State.Step, Message = e.Message });
            throw;
        }

        var end = trainer.State;
        record.Save(RunStatus.Trained, r =>
            r with
            {
                Step = end.Step,
                StoppedEarly = end.Stopped,
                Tokens = end.Tokens,
                BestStep = end.BestStep,
                BestValidationLoss = end.BestLoss,
                BestScore = end.BestScore,
            }
        );
    }

    /// <summary>Where a run that was interrupted goes on; null for its beginning.</summary>
    private Checkpoint? Resume()
    {
        var resume = Run.Options.Resume ? checkpoints.Newest(Warn) : null;
        keep.Recover(expected: resume?.State.BestStep > 0);
        if (resume?.State is { } last && !(new FileInfo(folder.Metrics) is { Exists: true } log && log.Length >= last.Log.Metrics))
            Warn(
                $"{folder.Metrics} is shorter than it was at step {last.Step}: the numbers of some steps are lost. "
                    + "The run goes on; its weights are none the worse."
            );
        return resume;
    }

    private void Warn(string warning)
    {
        record.Warn(warning);
        Run.Tell(warning, RunPhase.Training);
    }
}
