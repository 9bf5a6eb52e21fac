using System.Diagnostics;
using System.Globalization;
using TaskDsl.Data;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Runs;

/// <summary>What a run would take: the same data, shapes and steps as the run itself has, and nothing saved.</summary>
internal sealed partial class RunSession
{
    private const int TimedSteps = 5;
    private static readonly TimeSpan LongestRehearsal = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<RunForecast> Plan(Recipe recipe, RunOptions options, CancellationToken cancellationToken) =>
        [
            .. (
                recipe.OneModelPerTask
                    ? recipe.Tasks.Select(share => recipe with { Name = share.Prompt.Name, Tasks = [share], OneModelPerTask = false })
                    : [recipe]
            ).Select(part => new RunSession(part, options, null).PlanOne(cancellationToken)),
        ];

    private RunForecast PlanOne(CancellationToken cancellationToken)
    {
        var device = TorchRuntime.Device(recipe.Device);
        var empty = GC.GetTotalMemory(forceFullCollection: true);
        try
        {
            var tasks = recipe.Tasks.Select(share => (Share: share, Data: Load(share.Prompt, cancellationToken))).ToArray();
            var documents =
                recipe.Corpus.Count == 0 ? ([], []) : CorpusDocument.Split(CorpusDocument.Read(recipe.Corpus, options.ProjectDirectory));
            using var outline = Open(device, documents.Train, tasks, cancellationToken, outline: true);
            Check(outline, tasks);
            tasks = [.. tasks.Where(t => t.Share.Weight > 0)];
            if (outline.Model is not Decoder)
                batch = recipe.Batch with { Packing = false };
            var stream = new TrainingStream(
                [.. Sources(tasks, documents.Train, outline, SplitName.Train, cancellationToken)],
                batch,
                outline.Tokenizer.Padding,
                recipe.Seed
            );
            var batches = stream.Measure(recipe.Budget, cancellationToken);
            var data = Math.Max(0, GC.GetTotalMemory(forceFullCollection: true) - empty);
            var (inUse, machine, config) = (MachineMemory.InUse(), MachineMemory.Of(device), outline.Model.Config);
            var largest = LargestBatch.Of(batches);
            MemoryForecast memory;
            IReadOnlyList<Remedy> remedies;
            using (var forecasts = new MemoryForecasts(config, largest, inUse, data, Evaluates && tasks.Length > 0))
            {
                memory = forecasts.Of(recipe);
                remedies =
                    memory.Peak <= machine.Available
                        ? []
                        : Remedy.Find(recipe, largest, machine.Available, changed => forecasts.Of(changed).Peak);
            }

            var forecast = new RunForecast
            {
                Name = recipe.Name,
                Records = (
                    Count(SplitName.Train) + documents.Train.Count,
                    Count(SplitName.Validation) + documents.Validation.Count,
                    Count(SplitName.Test)
                ),
                Batches = batches,
                Memory = memory,
                Machine = machine,
                Remedies = remedies,
            };
            return forecast.Fits
                ? forecast with
                {
                    Time = Rehearse(device, tasks, documents, stream, batches, cancellationToken),
                }
                : forecast;

            long Count(SplitName split) => tasks.Sum(t => (long)t.Data[split].Count);
        }
        finally
        {
            foreach (var kept in keeps)
                kept.Dispose();
        }
    }

    /// <summary>Times some steps of the real model, on a copy of it in memory.</summary>
    private TimeForecast Rehearse(
        Device device,
        (TaskShare Share, Dataset Data)[] tasks,
        (IReadOnlyList<CorpusDocument> Train, IReadOnlyList<CorpusDocument> Validation) documents,
        TrainingStream stream,
        BatchReport batches,
        CancellationToken cancellationToken
    )
    {
        var logs = Directory.CreateTempSubdirectory("taskdsl-plan-");
        using var model = Open(device, documents.Train, tasks, cancellationToken);
        try
        {
            var (validation, _) = new TrainingStream(
                [.. Sources(tasks, documents.Validation, model, SplitName.Validation, cancellationToken)],
                batch,
                model.Tokenizer.Padding,
                recipe.Seed
            ).Once(cancellationToken);
            var objective = recipe.Objective.Bind(
                new ObjectiveBinding
                {
                    Model = model,
                    ProjectDirectory = options.ProjectDirectory,
                    Batches = stream
                        .Steps(default, cancellationToken)
                        .Take(TimedSteps + 1)
                        .SelectMany(step => step.Batches)
                        .Concat(validation.Take(1)),
                    Keep = keeps.Add,
                    Cancellation = cancellationToken,
                }
            );
            using var tuned = recipe.Tuning.Apply(model.Model, recipe.Seed);
            using var trainer = new Trainer(recipe, objective, tuned, new RunFolder(logs.FullName), null)
            {
                Stream = stream,
                Steps = batches.Steps,
                Validation = validation,
                Report = _ => { },
                SaveBest = () => { },
                Answer = (_, _) => EvaluationReport.Empty,
            };
            var (times, started) = (new List<TimeSpan>(), Stopwatch.GetTimestamp());
            foreach (var time in trainer.Rehearse(cancellationToken).Take(Math.Min(TimedSteps + 1, batches.Steps)))
            {
                times.Add(time);
                if (Stopwatch.GetElapsedTime(started) > LongestRehearsal)
                    break;
            }

            if (times.Count > 1)
                times.RemoveAt(0); // It warmed up.
            var perStep = times.Aggregate(TimeSpan.Zero, (sum, t) => sum + t) / times.Count;
            var every = recipe.Evaluation.Every ?? Math.Max(1, batches.Steps / 10);
            return new TimeForecast(
                times.Count,
                perStep,
                perStep * batches.Steps,
                trainer.RehearseValidation() * (batches.Steps / every + 1),
                RehearseAnswers(model, tasks, cancellationToken)
            );
        }
        finally
        {
            logs.Delete(recursive: true);
        }
    }

    /// <summary>The time of all answers before and after, by the first batch of each task and language; null where that is too long to wait for.</summary>
    private TimeSpan? RehearseAnswers(LoadedModel model, (TaskShare Share, Dataset Data)[] tasks, CancellationToken cancellationToken)
    {
        if (!Evaluates || tasks.Length == 0)
            return TimeSpan.Zero;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LongestRehearsal);
        try
        {
            var started = Stopwatch.GetTimestamp();
            var plan = recipe.Evaluation with { Limit = Math.Min(recipe.Evaluation.Rows, recipe.Evaluation.Limit ?? int.MaxValue) };
            var asked = Evaluate(model, tasks, plan, RunPhase.Training, patience.Token).Tasks.Sum(t => t.Examples);
            var took = Stopwatch.GetElapsedTime(started);
            var all = tasks.Sum(t =>
                t.Data[SplitName.Test].GroupBy(e => e.Language).Sum(g => (long)Math.Min(g.Count(), recipe.Evaluation.Limit ?? int.MaxValue))
            );
            return asked == 0 ? TimeSpan.Zero : took * ((double)all / asked) * (recipe.Model is Pretrained ? 2 : 1); // A new model is measured after only.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Ends a run that has no chance before it takes the memory.</summary>
    private void RefuseWhatCannotFit(ModelConfig config, Device device, long inUse)
    {
        var (machine, largest) = (MachineMemory.Of(device), LargestBatch.Allowed(recipe.Batch));
        using var forecasts = new MemoryForecasts(config, largest, inUse, 0, Evaluates);
        var memory = forecasts.Of(recipe);
        if (memory.Held <= machine.Available)
            return;
        var remedies = Remedy.Find(recipe, largest, machine.Available, changed => forecasts.Of(changed).Peak);
        var fits = remedies.Any(r => r.Peak <= machine.Available)
            ? "It would with any one of these:"
            : "Nothing makes it fit; a smaller model or a larger machine does. The least that it can take:";
        throw new RunException(
            $"recipe '{recipe.Name}': this run {Needs(memory, machine)}: it cannot fit. {fits}\n  {string.Join("\n  ", remedies.Select(r => $"{string.Join(" ", r.Settings.Select(s => $"--set {s}"))} ({Gigabytes(r.Peak)}: {r.Cost})"))}"
        );
    }

    /// <summary>Says that a run may not fit, now that it is known what its data fills.</summary>
    private void WarnOfWhatMayNotFit(ModelConfig config, Device device, long inUse, BatchReport batches)
    {
        var (machine, memory) = (
            MachineMemory.Of(device),
            MemoryForecast.Of(recipe, config, LargestBatch.Of(batches), inUse, 0, Evaluates)
        );
        if (memory.Peak > machine.Available)
            Report(
                new TrainingProgress
                {
                    Phase = RunPhase.Preparing,
                    Notice = $"this run probably {Needs(memory, machine)}. The verb plan says what would make it fit.",
                }
            );
    }

    private static string Needs(MemoryForecast memory, MachineMemory machine) =>
        $"needs {Gigabytes(memory.Peak)} of memory at its peak, and {Gigabytes(machine.Available)} are {machine.Source}";

    private static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");
}
