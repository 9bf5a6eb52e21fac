using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using TaskDsl.Clients.Asking;
using TaskDsl.Data;
using TaskDsl.Disk;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Runs what of a pipeline is not there yet. Everything happens on the thread that calls it.</summary>
internal sealed class PipelineProgram
{
    // What is being written, and what it replaces.
    private const string Part = ".part";
    private const string Old = ".old";

    private readonly IReadOnlyList<UnrolledStep> unrolled;
    private readonly PipelineOptions options;
    private readonly string folder;

    public PipelineProgram(Pipeline pipeline, PipelineOptions options)
    {
        Mistakes.RefuseIn(pipeline);
        (unrolled, this.options) = (Unrolling.Of(pipeline), options);
        foreach (var step in unrolled)
            Mistakes.RefuseIn(step.Step, step.Name);
        folder = Path.Combine(options.Runs.Runs, pipeline.Name);
        if (File.Exists(new RunFolder(folder).Record))
            throw new RunException(
                $"pipeline '{pipeline.Name}': {folder} is the run of a recipe of that name. Give one of the two another name, or name "
                    + "another folder of runs."
            );
        if (options.From is { } from && !unrolled.Any(IsAskedFor))
            throw new RunException(
                $"pipeline '{pipeline.Name}' has no step '{from}'{NearestWord.Choice(from, unrolled.SelectMany(Names).Distinct())}"
            );

        // Its own and those of the groups that it stands in.
        static IEnumerable<string> Names(UnrolledStep step)
        {
            var parts = step.Path.Split('.');
            return Enumerable.Range(1, parts.Length).Select(count => string.Join('.', parts[..count]));
        }
    }

    /// <summary>All steps in the order that they run in, each with why it runs.</summary>
    public IReadOnlyList<PlannedStep> Plan()
    {
        var hashes = new FileHashes(Path.Combine(options.Runs.Runs, ".cache", "files.json"));
        var planned = new Dictionary<string, PlannedStep>();
        foreach (var step in unrolled)
        {
            var shape = Shape(step, hashes);
            foreach (var (named, needed) in step.Needs)
                shape.Add($"${named}", string.Join(' ', needed.Names.Select(name => planned[name].Shape.Hash)));
            var result = Path.Combine(folder, step.Name, shape.Hash);
            // What another step, of this pipeline or of another one, has made of the same is the same.
            var same =
                IsAskedFor(step) || File.Exists(Path.Combine(result, PlannedStep.RecordFile))
                    ? null
                    : Alike(planned.Values, shape)
                        ?? (step.Needs.Values.All(n => n.Names.All(name => planned[name].Why is null)) ? Elsewhere(result) : null);
            var why =
                same is not null ? null
                : !File.Exists(Path.Combine(result, PlannedStep.RecordFile)) ? Changed(step, shape)
                : IsAskedFor(step) ? "it is asked for"
                : options.From is not null && step.Needs.FirstOrDefault(Again) is { Key: { } again } ? $"${again} runs again"
                : null;
            planned.Add(
                step.Name,
                new PlannedStep(step.Name, step.Step, same ?? result, shape, why)
                {
                    Path = step.Path,
                    Cell = step.Cell,
                    IsLast = step.IsLast,
                    Needs = step.Needs,
                }
            );
        }

        hashes.Save();
        return [.. planned.Values];

        bool Again(KeyValuePair<string, Needed> need) => need.Value.Names.Any(name => planned[name].Why is not null);
    }

    /// <summary>What shapes a step; a file that it names and that is not there is told with the step's name.</summary>
    private StepShape Shape(UnrolledStep step, FileHashes hashes)
    {
        try
        {
            return new StepShape(step.Step, options.Runs, hashes);
        }
        catch (Exception e) when (e is DataException or IOException or UnauthorizedAccessException)
        {
            throw new RunException($"step '{step.Name}': {e.Message}", e);
        }
    }

    /// <summary>Whether <c>--from</c> names a step: itself, its group, or all its rounds and cells.</summary>
    private bool IsAskedFor(UnrolledStep step) =>
        options.From is { } from
        && new[] { step.Name, step.Path }.Any(name => name == from || name.StartsWith($"{from}.", StringComparison.Ordinal));

    /// <summary>Runs what is not there.</summary>
    public IReadOnlyList<PlannedStep> Run(IProgress<TrainingProgress> progress, CancellationToken cancellationToken)
    {
        DiskFolder.Create(options.Runs.Runs);
        DiskFolder.Create(folder);
        using var mine = RunLock.Take(folder);
        Recover();
        var plan = Plan();
        var steps = plan.ToDictionary(step => step.Name);
        var open = plan.Where(step => step.Why is not null).ToList();
        foreach (var step in open)
            InWords(step, step.Step.Verb.Check);
        foreach (var (at, step) in open.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var times = open.Skip(at).Select(one => Last(one.Name)?.Seconds).ToList();
            double? left = times.Contains(null) ? null : times.Sum();
            var called = open.Count == 1 ? step.Name : $"{step.Name} ({at + 1} of {open.Count}{Words(left)})";
            Run(step, steps, new Named(called, progress), cancellationToken);
        }

        static string Words(double? seconds) =>
            seconds is { } left
                ? string.Create(CultureInfo.InvariantCulture, $", about {TimeSpan.FromSeconds(left):h\\:mm\\:ss} left")
                : "";

        return plan;
    }

    /// <summary>Runs one step beside its result's place; when all is written it takes the place.</summary>
    private void Run(
        PlannedStep step,
        IReadOnlyDictionary<string, PlannedStep> steps,
        IProgress<TrainingProgress> progress,
        CancellationToken cancellationToken
    )
    {
        var beside = step.Folder + Part;
        if (Directory.Exists(beside) && !(step.Step.Verb.Resumes && !Directory.Exists(step.Folder)))
            Directory.Delete(beside, recursive: true);
        DiskFolder.Create(Path.GetDirectoryName(beside)!);
        DiskFolder.Create(beside);
        var watch = Stopwatch.StartNew();
        var context = new StepContext(step.Name, beside, step.Needs.ToDictionary(n => n.Key, n => n.Value.In(steps)), step.Step)
        {
            Options = options.Runs with { RunsDirectory = beside, TokensDirectory = options.Runs.Tokens },
            Progress = progress,
            Cache = Path.Combine(options.Runs.Runs, ".cache"),
            All = steps,
            CancellationToken = cancellationToken,
        };
        InWords(step, () => step.Step.Verb.Run(context));
        RunFolder.Write(
            Path.Combine(beside, PlannedStep.RecordFile),
            new StepRecord
            {
                Step = step.Name,
                Hash = step.Shape.Hash,
                Shape = step.Shape.Json,
                Finished = DateTimeOffset.UtcNow,
                Seconds = Math.Round(watch.Elapsed.TotalSeconds, 1),
                Counts = context.Counts,
            }
        );
        DiskFolder.FlushFiles(beside);
        if (Directory.Exists(step.Folder))
            Directory.Move(step.Folder, step.Folder + Old);
        Directory.Move(beside, step.Folder);
        DiskFolder.Flush(Path.GetDirectoryName(step.Folder)!);
        if (Directory.Exists(step.Folder + Old))
            Directory.Delete(step.Folder + Old, recursive: true);
    }

    /// <summary>What a step said of itself when it was finished the last time, however it was then; null where it never was.</summary>
    private StepRecord? Last(string name)
    {
        var place = new DirectoryInfo(Path.Combine(folder, name));
        var record = place.Exists
            ? place
                .EnumerateDirectories()
                .Select(d => Path.Combine(d.FullName, PlannedStep.RecordFile))
                .Where(File.Exists)
                .MaxBy(File.GetLastWriteTimeUtc)
            : null;
        return record is null ? null : RunFolder.Read<StepRecord>(record);
    }

    private static void InWords(PlannedStep step, Action does)
    {
        try
        {
            does();
        }
        catch (Exception e) when (RunStorageException.IsFull(e))
        {
            throw RunStorageException.OfStep(step.Name, step.Folder, e);
        }
        catch (Exception e) when (e is RunException or DataException or ModelException or ClientException or MisfitException)
        {
            throw new RunException($"step '{step.Name}': {e.Message}", e);
        }
    }

    /// <summary>Tidies up behind a kill: what was all written takes its place, and what it was to replace goes.</summary>
    private void Recover()
    {
        // Its own alone: a run within a step has folders of such names too, and looks after them itself.
        foreach (var step in Directory.GetDirectories(folder))
        {
            foreach (var beside in Directory.GetDirectories(step, $"*{Part}"))
                if (File.Exists(Path.Combine(beside, PlannedStep.RecordFile)) && !Directory.Exists(beside[..^Part.Length]))
                    Directory.Move(beside, beside[..^Part.Length]);
            foreach (var old in Directory.GetDirectories(step, $"*{Old}"))
                Directory.Delete(old, recursive: true);
        }
    }

    /// <summary>The place of a step of this pipeline that makes the same; null where there is none.</summary>
    private static string? Alike(IEnumerable<PlannedStep> planned, StepShape shape) =>
        planned.FirstOrDefault(step => step.Shape.Hash == shape.Hash)?.Folder;

    /// <summary>Where a finished result of the same hash lies that is not at its own place; null where there is none.</summary>
    private string? Elsewhere(string result) =>
        File.Exists(Path.Combine(result, PlannedStep.RecordFile)) || !Directory.Exists(options.Runs.Runs)
            ? null
            : Directory
                .EnumerateDirectories(options.Runs.Runs)
                .SelectMany(Directory.EnumerateDirectories)
                .Select(step => Path.Combine(step, Path.GetFileName(result)))
                .FirstOrDefault(same => File.Exists(Path.Combine(same, PlannedStep.RecordFile)));

    /// <summary>What is not as it was when the step was finished the last time.</summary>
    private string Changed(UnrolledStep step, StepShape shape)
    {
        if (Directory.Exists(Path.Combine(folder, step.Name, shape.Hash) + Part) && step.Step.Verb.Resumes)
            return "it was interrupted, and goes on";
        if (Last(step.Name)?.Shape is not { } before)
            return "it has not run yet";
        var changed = shape
            .Json.Select(p => p.Key)
            .Union(before.Select(p => p.Key))
            .Where(key => !JsonNode.DeepEquals(shape.Json[key], before[key]))
            .Select(key => key == "step" ? "its definition" : key);
        return $"changed: {string.Join(", ", changed)}";
    }

    /// <summary>Progress under a step's name.</summary>
    private sealed class Named(string step, IProgress<TrainingProgress> progress) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) =>
            progress.Report(value with { Part = value.Part.Length == 0 ? step : $"{step}, {value.Part}" });
    }
}
