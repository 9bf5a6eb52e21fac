using System.Text.Json;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

/// <summary>Tunes the model, from the first step or from the newest checkpoint on.</summary>
internal sealed class Train(RunData data, RunFolder folder, RunRecord record, Keep keep)
{
    private RunContext Run => data.Run;

    private Recipe Recipe => data.Recipe;

    public void Start()
    {
        var (validation, report) = data.Validation();
        foreach (var notice in Run.Notices)
            record.Warn(notice);
        record.Save("running", ("validation", JsonSerializer.SerializeToNode(report, DefinitionJson.Options)));
        using var objective = data.StartObjective(data.Batches.Steps, validation);
        using var tuned = Recipe.Tuning.Apply(data.Model.Model, Recipe.Seed);
        var resume = Resume();
        using var log = new MetricLog(folder.Path, resume?.Checkpoint.Log ?? default, resume?.Checkpoint.Step ?? 0);
        using var trainer = new Trainer(Recipe, objective, tuned, log, folder.Checkpoints, resume)
        {
            Stream = data.Stream,
            Steps = data.Batches.Steps,
            Validation = validation,
            Report = Run.Report,
            SaveBest = () => keep.Save(tuned, data.Model),
            Answer = new Measure(data).Validation,
        };
        record.Save("running", ("trained_parameters", trainer.TrainedCount));
        try
        {
            trainer.Run(Run.CancellationToken);
        }
        catch (OperationCanceledException e)
        {
            var interrupted = new RunInterruptedException(folder.Path, trainer.State.Step, e);
            record.Save("interrupted", ("step", trainer.State.Step), ("message", interrupted.Message));
            throw interrupted;
        }
        catch (TrainingDivergedException e)
        {
            record.Save("diverged", ("step", trainer.State.Step), ("message", e.Message));
            throw;
        }

        var end = trainer.State;
        record.Save(
            "trained",
            ("step", end.Step),
            ("stopped_early", end.Stopped),
            ("tokens", end.Tokens),
            ("best_step", end.BestStep),
            ("best_validation_loss", end.BestLoss),
            ("best_score", end.BestScore)
        );
    }

    /// <summary>Where a run that was interrupted goes on; null for its beginning.</summary>
    private (Checkpoint Checkpoint, string Folder)? Resume()
    {
        var resume = Run.Options.Resume ? Checkpoint.Newest(folder.Checkpoints, Warn) : null;
        keep.Recover(expected: resume?.Checkpoint.BestStep > 0);
        if (resume is { } last && !(new FileInfo(folder.Metrics) is { Exists: true } log && log.Length >= last.Checkpoint.Log.Metrics))
            Warn(
                $"{folder.Metrics} is shorter than it was at step {last.Checkpoint.Step}: the numbers of some steps are lost. "
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
