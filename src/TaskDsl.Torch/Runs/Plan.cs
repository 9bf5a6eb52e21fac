using System.Diagnostics;
using TaskDsl.Data;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;

namespace TaskDsl.Torch.Runs;

/// <summary>What a run would take: prepared as the run itself is, some of its steps timed, and nothing saved.</summary>
internal sealed class Plan(RunContext run)
{
    private const int TimedSteps = 5;
    private static readonly TimeSpan LongestRehearsal = TimeSpan.FromSeconds(60);

    private Recipe Recipe => run.Recipe;

    /// <summary>The forecast of a recipe, or of each of its models where it makes several.</summary>
    public static IReadOnlyList<RunForecast> Of(Recipe recipe, RunOptions options, CancellationToken cancellationToken)
    {
        Agreement.Check(recipe);
        using var whole = new RunContext(recipe, options, cancellationToken: cancellationToken);
        return [.. (recipe.OneModelPer is null ? [(recipe, options)] : new SeveralModels(whole).Parts()).Select(One)];

        RunForecast One((Recipe Recipe, RunOptions Options) part)
        {
            using var run = new RunContext(part.Recipe, part.Options, cancellationToken: cancellationToken);
            return new Plan(run).Forecast();
        }
    }

    private RunForecast Forecast()
    {
        var empty = GC.GetTotalMemory(forceFullCollection: true);
        var data = new Prepare(run).ForPlan();
        var held = Math.Max(0, GC.GetTotalMemory(forceFullCollection: true) - empty);
        var machine = run.Options.PlannedMemory is { } planned
            ? new MachineMemory(planned, "on the machine that this plan is for")
            : MachineMemory.Of(run.Device);
        var (memory, remedies) = Memory(data, machine, held);
        var forecast = new RunForecast
        {
            Name = Recipe.Name,
            Device = run.Device.ToString(),
            Numbers = Numbers(),
            Records = (
                Count(SplitName.Train) + data.Documents.Train.Count,
                Count(SplitName.Validation) + data.Documents.Validation.Count,
                Count(SplitName.Test)
            ),
            Batches = data.Batches,
            Memory = memory,
            Machine = machine,
            Remedies = remedies,
            Notices = [.. run.Notices],
        };
        return forecast.Fits && run.Options.PlannedMemory is null ? forecast with { Time = Rehearse(data) } : forecast;

        long Count(SplitName split) => data.Tasks.Sum(t => (long)t.Data[split].Count);
    }

    private string Numbers() =>
        Recipe.Precision switch
        {
            Precision.BFloat16 => "bfloat16",
            Precision.Float16 => "float16",
            _ when run.Device.type != TorchSharp.DeviceType.CUDA => "float32",
            _ => Recipe.Tf32 ? "float32, multiplied as TF32" : "float32, multiplied as it is (tf32: false)",
        };

    private (MemoryForecast Memory, IReadOnlyList<Remedy> Remedies) Memory(RunData data, MachineMemory machine, long held)
    {
        var largest = LargestBatch.Of(data.Batches);
        using var forecasts = new MemoryForecasts(
            data.Model.Model.Config,
            largest,
            MachineMemory.InUse(),
            held,
            run.Evaluates && data.Tasks.Count > 0,
            run.Device
        );
        var memory = forecasts.Of(Recipe);
        return memory.Peak <= machine.Available
            ? (memory, [])
            : (memory, Remedy.Find(Recipe, largest, machine.Available, changed => forecasts.Of(changed).Peak));
    }

    /// <summary>Times some steps of the real model, on a copy of it in memory.</summary>
    private TimeForecast Rehearse(RunData data)
    {
        using var tf32 = TorchRuntime.UseTf32(Recipe.Tf32);
        var logs = Directory.CreateTempSubdirectory("taskdsl-plan-");
        using var model = ModelOpening.Open(run, data.Tasks, data.Documents.Train);
        try
        {
            data = data with { Model = model };
            var steps = data.Batches.Steps;
            var (validation, _) = data.Validation();
            using var objective = data.StartObjective(TimedSteps + 1, validation.Take(1));
            using var tuned = model.Tune(Recipe.Tuning, Recipe.Seed);
            using var log = new MetricLog(logs.FullName, default, 0);
            using var trainer = new Trainer(Recipe, objective, tuned, log, new CheckpointFolder(logs.FullName), null)
            {
                Stream = data.Stream,
                Steps = steps,
                Validation = validation,
                Report = _ => { },
                SaveBest = () => { },
                EvaluateValidation = (_, _) => EvaluationReport.Empty,
            };
            var times = Steps(trainer, steps);
            var perStep = times.Aggregate(TimeSpan.Zero, (sum, t) => sum + t) / times.Count;
            var every = Recipe.Evaluation.Every ?? Math.Max(1, steps / 10);
            return new TimeForecast(
                times.Count,
                perStep,
                perStep * steps,
                trainer.RehearseValidation() * (steps / every + 1),
                new Measure(data).Rehearse(LongestRehearsal)
            );
        }
        finally
        {
            logs.Delete(recursive: true);
        }
    }

    private List<TimeSpan> Steps(Trainer trainer, int steps)
    {
        var (times, started) = (new List<TimeSpan>(), Stopwatch.GetTimestamp());
        foreach (var time in trainer.Rehearse(run.CancellationToken).Take(Math.Min(TimedSteps + 1, steps)))
        {
            times.Add(time);
            if (Stopwatch.GetElapsedTime(started) > LongestRehearsal)
                break;
        }

        if (times.Count > 1)
            times.RemoveAt(0); // It warmed up.
        return times;
    }
}
