using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;

namespace TaskDsl.Torch.Runs;

/// <summary>One run of a recipe, from the data to the last measurement. Everything happens on the thread that calls it.</summary>
internal sealed class RunProgram(Recipe recipe, RunOptions options, Action<TrainingProgress> report, CancellationToken cancellationToken)
{
    /// <summary>Runs it in its folder, which no other run can open as long.</summary>
    public FinishedRun Run()
    {
        Agreement.Check(recipe);
        var (folder, held) = RunFolder.Open(options.Runs, recipe.Name, options.Resume);
        using var mine = held;
        try
        {
            if (options.Resume)
                Resumption.RefuseOlder(folder);
            if (!SeveralModels.AreOf(recipe))
                return Run(folder);
            using var run = new RunContext(recipe, options, report, cancellationToken);
            return new SeveralModels(run).Run(folder);
        }
        catch (OperationCanceledException e)
        {
            throw new RunInterruptedException(folder.Path, (e as RunInterruptedException)?.Step ?? folder.SavedStep, e);
        }
        catch (Exception e) when (e is not RunStorageException && RunStorageException.IsFull(e))
        {
            throw new RunStorageException(folder.Path, e);
        }
    }

    private FinishedRun Run(RunFolder folder)
    {
        using var run = new RunContext(recipe, options, report, cancellationToken);
        run.Report(new TrainingProgress { Phase = RunPhase.Preparing });
        using var threads = SameThreads(run, folder);
        using var tf32 = TorchRuntime.UseTf32(recipe.Tf32);
        var data = new Prepare(run).Run();
        Recording? record = null;
        try
        {
            record = Recording.Begin(folder, data);
            var known = Known(run, folder);
            var before = known.Before ?? new Measure(data).Before();
            RunFolder.Write(folder.Evaluation, known with { Before = before });

            var keep = new Keep(recipe, options.ProjectDirectory, folder);
            new Train(data, folder, record, keep).Start();
            data.Model.Dispose();
            data = data with { Model = keep.Open(TorchRuntime.Device(recipe.Device)) };

            var evaluation = new RunEvaluation(before, known.After ?? new Measure(data).After());
            RunFolder.Write(folder.Evaluation, evaluation);
            record.Save(RunStatus.Finished, r => r with { Finished = DateTimeOffset.UtcNow });
            var steps = data.Batches.Steps;
            run.Report(
                new TrainingProgress
                {
                    Phase = RunPhase.Done,
                    Step = steps,
                    Steps = steps,
                }
            );
            return new FinishedRun(recipe, folder, data.Model, [], evaluation);
        }
        catch (Exception e)
        {
            data.Model.Dispose();
            if (e is RunInterruptedException or not OperationCanceledException)
                throw;
            var interrupted = new RunInterruptedException(folder.Path, folder.SavedStep, e);
            record?.Save(RunStatus.Interrupted, r => r with { Message = interrupted.Message });
            throw interrupted;
        }
    }

    /// <summary>
    /// Computes with as many threads as a resumed run did before: sums are taken part by part, one part per thread, and another number of
    /// parts rounds differently.
    /// </summary>
    /// <returns>Sets the number back that was in use.</returns>
    private static IDisposable? SameThreads(RunContext run, RunFolder folder)
    {
        var threads = run.Options.Resume ? Resumption.SameThreads(folder) : null;
        if (threads is not null)
            run.Tell($"computing with {TorchRuntime.Threads} threads, as the run did before: another number would round differently.");
        return threads;
    }

    /// <summary>What the run has measured already; what cannot be read is measured again.</summary>
    private static RunEvaluation Known(RunContext run, RunFolder folder)
    {
        try
        {
            return folder.ReadEvaluation();
        }
        catch (RunException e)
        {
            run.Notice($"{e.Message} What it said is measured again.");
            return new RunEvaluation(null, null);
        }
    }
}
