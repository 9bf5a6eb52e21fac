using System.Diagnostics;
using System.Text.Json.Nodes;
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

    private readonly Pipeline pipeline;
    private readonly PipelineOptions options;
    private readonly string folder;

    public PipelineProgram(Pipeline pipeline, PipelineOptions options)
    {
        Mistakes.RefuseIn(pipeline);
        (this.pipeline, this.options) = (pipeline, options);
        folder = Path.Combine(options.Runs.Runs, pipeline.Name);
        if (File.Exists(new RunFolder(folder).Record))
            throw new RunException(
                $"pipeline '{pipeline.Name}': {folder} is the run of a recipe of that name. Give one of the two another name, or name "
                    + "another folder of runs."
            );
        if (options.From is { } from && !pipeline.Steps.ContainsKey(from))
            throw new RunException($"pipeline '{pipeline.Name}' has no step '{from}'{NearestWord.Choice(from, pipeline.Steps.Keys)}");
    }

    /// <summary>All steps in the order that they run in, each with why it runs.</summary>
    public IReadOnlyList<PlannedStep> Plan()
    {
        var hashes = new FileHashes(Path.Combine(options.Runs.Runs, ".cache", "files.json"));
        var planned = new Dictionary<string, PlannedStep>();
        foreach (var name in PipelineGraph.Order(pipeline))
        {
            var shape = new StepShape(pipeline.Steps[name], options.Runs.ProjectDirectory, hashes);
            var needs = PipelineGraph.Needs(pipeline, name).Distinct().ToList();
            foreach (var needed in needs)
                shape.Add($"${needed}", planned[needed].Shape.Hash);
            var result = Path.Combine(folder, name, shape.Hash);
            // What another step, of this pipeline or of another one, has made of the same is the same.
            var same =
                name == options.From
                    ? null
                    : Alike(planned.Values, shape) ?? (needs.TrueForAll(n => planned[n].Why is null) ? Elsewhere(result) : null);
            var why =
                same is not null ? null
                : !File.Exists(Path.Combine(result, PlannedStep.RecordFile)) ? Changed(name, shape)
                : name == options.From ? "it is asked for"
                : options.From is not null && needs.Find(n => planned[n].Why is not null) is { } again ? $"${again} runs again"
                : null;
            planned.Add(name, new PlannedStep(name, pipeline.Steps[name], same ?? result, shape, why));
        }

        hashes.Save();
        return [.. planned.Values];
    }

    /// <summary>Runs what is not there.</summary>
    public IReadOnlyList<PlannedStep> Run(IProgress<TrainingProgress> progress, CancellationToken cancellationToken)
    {
        DiskFolder.Create(options.Runs.Runs);
        DiskFolder.Create(folder);
        using var mine = RunLock.Take(folder);
        Recover();
        var plan = Plan();
        var steps = plan.ToDictionary(step => step.Name);
        foreach (var step in plan.Where(step => step.Why is not null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Run(step, steps, progress, cancellationToken);
        }

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
        var context = new StepContext(step.Name, beside, steps, step.Step)
        {
            Options = options.Runs with { RunsDirectory = beside, TokensDirectory = options.Runs.Tokens },
            Progress = new Named(step.Name, progress),
            CancellationToken = cancellationToken,
        };
        try
        {
            step.Step.Verb.Run(context);
        }
        catch (Exception e) when (e is RunException or DataException or ModelException && e is not RunStorageException)
        {
            throw new RunException($"step '{step.Name}': {e.Message}", e);
        }

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

    /// <summary>Tidies up behind a kill: what was all written takes its place, and what it was to replace goes.</summary>
    private void Recover()
    {
        foreach (var beside in Directory.GetDirectories(folder, $"*{Part}", SearchOption.AllDirectories))
            if (File.Exists(Path.Combine(beside, PlannedStep.RecordFile)) && !Directory.Exists(beside[..^Part.Length]))
                Directory.Move(beside, beside[..^Part.Length]);
        foreach (var old in Directory.GetDirectories(folder, $"*{Old}", SearchOption.AllDirectories))
            Directory.Delete(old, recursive: true);
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
    private string Changed(string name, StepShape shape)
    {
        var place = new DirectoryInfo(Path.Combine(folder, name));
        if (Directory.Exists(Path.Combine(place.FullName, shape.Hash) + Part) && pipeline.Steps[name].Verb.Resumes)
            return "it was interrupted, and goes on";
        var was = place.Exists
            ? place
                .EnumerateDirectories()
                .Select(d => Path.Combine(d.FullName, PlannedStep.RecordFile))
                .Where(File.Exists)
                .MaxBy(File.GetLastWriteTimeUtc)
            : null;
        if (was is null)
            return "it has not run yet";
        var before = RunFolder.Read<StepRecord>(was).Shape;
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
