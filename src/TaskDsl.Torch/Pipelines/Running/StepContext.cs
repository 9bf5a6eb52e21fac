using System.Buffers;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using TaskDsl.Torch.Tuning.Adapters;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What a step works with: the results of others, its folder, and the accounts of what entered and what was left out.</summary>
public sealed class StepContext
{
    private readonly IReadOnlyDictionary<string, PlannedStep> steps;
    private readonly PipelineStep step;
    private readonly DataReport report = new();
    private readonly Dictionary<string, long> counts = [];

    internal StepContext(string name, string folder, IReadOnlyDictionary<string, PlannedStep> steps, PipelineStep step) =>
        (Name, Folder, this.steps, this.step) = (name, folder, steps, step);

    /// <summary>A step by itself, in no pipeline: there is no other whose result it could ask for.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="folder">The folder that it writes to.</param>
    /// <param name="verb">What it does.</param>
    public StepContext(string name, string folder, Step verb)
        : this(name, folder, new Dictionary<string, PlannedStep>(), new PipelineStep { Verb = verb }) { }

    /// <summary>The step's name.</summary>
    public string Name { get; }

    /// <summary>The folder that it writes to. It becomes the step's result when the step has ended.</summary>
    public string Folder { get; }

    /// <summary>Where its paths start from, and where runs within it lie.</summary>
    public required RunOptions Options { get; init; }

    /// <summary>Is told how far it is.</summary>
    public required IProgress<TrainingProgress> Progress { get; init; }

    /// <summary>The folder that is kept from run to run, and may be deleted at any time.</summary>
    public required string Cache { get; init; }

    /// <summary>Ends it.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>All steps, for what another step's words name.</summary>
    internal IReadOnlyDictionary<string, PlannedStep> All { get; init; } = new Dictionary<string, PlannedStep>();

    /// <summary>How many of what there are, and what was left out.</summary>
    public IReadOnlyDictionary<string, long> Counts =>
        counts
            .Concat(report.Added > 0 ? [KeyValuePair.Create("more, by cutting", report.Added)] : [])
            .Concat(report.Added < 0 ? [KeyValuePair.Create("fewer, by joining", -report.Added)] : [])
            .Concat(report.Dropped.Select(d => KeyValuePair.Create($"left out: {d.Key}", d.Value)))
            .ToDictionary();

    /// <summary>Tells what should be known.</summary>
    public void Tell(string notice) => Progress.Report(new TrainingProgress { Phase = RunPhase.Preparing, Notice = $"{Name}: {notice}" });

    /// <summary>Notes how many of something there are.</summary>
    public void Count(string what, long count) => counts[what] = counts.GetValueOrDefault(what) + count;

    /// <summary>Counts a record that is left out.</summary>
    /// <param name="origin">Where it stands.</param>
    /// <param name="reason">What it is counted under: one of few.</param>
    /// <param name="detail">What is wrong with this one; the reason itself by default.</param>
    public void LeaveOut(RecordOrigin origin, string reason, string? detail = null) => report.Drop(origin, reason, detail ?? reason);

    /// <summary>The folder of a model: a step's (<c>$name</c>) or one from the project's folder.</summary>
    /// <param name="named">The name.</param>
    /// <param name="prompt">What it is asked by: a run may have several models (<c>one_model_per</c>).</param>
    /// <exception cref="RunException">There is none.</exception>
    public string Model(string named, Prompt? prompt = null)
    {
        var folders = FoldersOf(named);
        if (folders.Select(run => RunModel.Find(run, prompt)).FirstOrDefault(model => model is not null) is { } found)
            return found;
        throw new RunException(
            prompt is not null ? $"'{named}' has no model for the prompt '{prompt.Name}'."
            : folders.Any(run => RunModel.Parts(run).Count > 0)
                ? $"'{named}' has several models (one_model_per), and here one is meant, whatever is asked; name the folder of one of them."
            : $"'{named}' has no model."
        );
    }

    /// <summary>The folder of a model or of a run that has several: a step's, or one from the project's folder.</summary>
    /// <param name="named">The name.</param>
    /// <exception cref="RunException">There is none.</exception>
    public string ModelOrRun(string named) =>
        FoldersOf(named).FirstOrDefault(folder => RunModel.AllIn(folder).Any()) ?? throw new RunException($"'{named}' has no model.");

    /// <summary>Opens a model; one of a run answers on a GPU in the numbers that it was trained in. The caller frees it.</summary>
    /// <param name="named">The model's name.</param>
    /// <param name="prompt">The prompt that is put to it; null where none is.</param>
    /// <param name="device">Where it computes: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</param>
    public LoadedModel Open(string named, Prompt? prompt, string device = "auto")
    {
        var model = RunModel.Open(Model(named, prompt), TorchRuntime.Device(device));
        foreach (var notice in model.Notices)
            Tell(notice);
        return model;
    }

    /// <summary>The same for a model that is looked into: its states, or the probabilities of given tokens.</summary>
    /// <inheritdoc cref="Open"/>
    /// <exception cref="RunException">It is made of several, which only answer.</exception>
    public LoadedModel OpenAlone(string named, Prompt? prompt, string device = "auto") =>
        LoadedModel.MadeOf(Model(named, prompt)) is { } made
            ? throw new RunException($"'{named}' is {made}, which answers and is not looked into; name a model of its own weights.")
            : Open(named, prompt, device);

    /// <summary>Another step, which is finished.</summary>
    /// <param name="named">Its name, with its <c>$</c>.</param>
    public PlannedStep Made(string named)
    {
        ArgumentNullException.ThrowIfNull(named);
        return steps[named[1..]];
    }

    /// <summary>The same step where another one's words are at work again: names mean what they mean there.</summary>
    internal StepContext WithNamesOf(PlannedStep other) =>
        new(Name, Folder, other.Needs.ToDictionary(n => n.Key, n => n.Value.In(All)), step)
        {
            Options = Options,
            Progress = Progress,
            Cache = Cache,
            All = All,
            CancellationToken = CancellationToken,
        };

    /// <summary>The examples that another step has made.</summary>
    public StepExamples Examples(string named)
    {
        ArgumentNullException.ThrowIfNull(named);
        var other = steps[named[1..]];
        return new StepExamples(other.Folder, PipelineGraph.TaskOf(other.Step)!);
    }

    /// <summary>The table that another step has made.</summary>
    /// <exception cref="RunException">It has made none.</exception>
    public StepTable Table(string named)
    {
        ArgumentNullException.ThrowIfNull(named);
        return steps[named[1..]].Table ?? throw new RunException($"'{named}' has made no table.");
    }

    /// <summary>
    /// The inputs in files, or those of examples that another step has made, of another task too, read as they are asked for.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="named">A file or a pattern from the project's folder, or <c>$name</c>.</param>
    /// <param name="language">The language of files. Default: the task's first.</param>
    /// <exception cref="DataException">A record does not fit.</exception>
    public IEnumerable<StepInput> Inputs(DslTask task, string named, string? language = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(named);
        return named.StartsWith('$')
            ? this.ReadInputs(task, named).Select(input => input with { Origin = input.Origin with { Score = null } })
            : FileRecords.Read(this, named).Select(read => Input(task, read.Record, read.Origin, language ?? task.Languages[0]));
    }

    /// <summary>As many inputs without a field as are counted, each with its number as its place.</summary>
    /// <param name="task">A task without input fields.</param>
    /// <param name="count">How many.</param>
    /// <param name="language">Their language. Default: the task's first.</param>
    public static IEnumerable<StepInput> Inputs(DslTask task, int count, string? language = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        language ??= task.Languages[0];
        var reader = RecordReader.Data("{}"u8, textValues: false, language);
        var nothing = task.ReadInput(ref reader);
        return Enumerable.Range(1, count).Select(number => new StepInput(nothing, language, new RecordOrigin("nothing", number)));
    }

    /// <summary>A hash of an input: equal inputs have the same.</summary>
    public static UInt128 HashOf(DslTask task, object input)
    {
        ArgumentNullException.ThrowIfNull(task);
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteInput(utf8, input);
        return XxHash128.HashToUInt128(utf8.WrittenSpan);
    }

    private static StepInput Input(DslTask task, SourceRecord record, RecordOrigin origin, string language)
    {
        try
        {
            var reader = new RecordReader(record.Json.Span, null, record.TextValues, language);
            return new StepInput(task.ReadInput(ref reader), language, origin);
        }
        catch (RecordException e)
        {
            throw new DataException($"{origin}: error: {e.Message}", e);
        }
    }

    /// <summary>A task's own examples.</summary>
    public Dataset Data(DslTask task)
    {
        var options = new DataOptions { ProjectDirectory = Options.FolderOf(task.ProjectDirectory), RejectsDirectory = Folder };
        var data = DatasetBuilder.LoadAsync(task, options, CancellationToken).GetAwaiter().GetResult();
        foreach (var notice in data.Report.Notices)
            Tell(notice);
        return data;
    }

    /// <summary>An example of an answer, checked like a record of a file; null, and counted, where it does not fit.</summary>
    public Example? Answered(DslTask task, object input, object output, string language, RecordOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(task);
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteExample(utf8, input, output);
        return Fitting(task, utf8.WrittenSpan, language, origin);
    }

    /// <summary>An example of a record, which is checked like one of a file; null, and counted, where it does not fit.</summary>
    /// <param name="task">The task.</param>
    /// <param name="record">Its fields, as one flat JSON object in UTF-8.</param>
    /// <param name="language">Its language.</param>
    /// <param name="origin">Where it stands.</param>
    public Example? Fitting(DslTask task, ReadOnlySpan<byte> record, string language, RecordOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(task);
        try
        {
            var reader = RecordReader.Data(record, textValues: false, language);
            return task.ReadExample(ref reader, language) with { Language = language, Origin = origin };
        }
        catch (RecordException e)
        {
            report.Drop(origin, "does not fit the task", e.Message);
            return null;
        }
    }

    /// <summary>Passes examples through the step's stages and writes what is left: the step's result.</summary>
    /// <exception cref="RunException">Nothing is left.</exception>
    public void Write(DslTask task, IEnumerable<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(examples);
        // All of them first, on this thread: stages may go to others, and a model may not.
        using var made = new ExampleFile<Example>(task);
        foreach (var example in examples)
            made.Add(example);
        var context = new StageContext(task, report, rejects: null) { ProjectDirectory = Options.ProjectDirectory };
        var left = step.Stages.Aggregate(made.ToAsyncEnumerable(), (all, stage) => stage.ApplyAsync(all, context, CancellationToken));
        var files = new Dictionary<string, Stream>();
        var into = new StepExamples(Folder, task);
        try
        {
            foreach (var example in left.ToBlockingEnumerable(CancellationToken))
            {
                if (!files.TryGetValue(example.Language, out var file))
                    files.Add(example.Language, file = File.Create(into.FileOf(example.Language)));
                file.Write(Line(task, example));
                Count("examples", 1);
            }
        }
        finally
        {
            foreach (var file in files.Values)
                file.Dispose();
        }

        if (files.Count == 0)
            throw new RunException(
                $"it makes no example: {string.Join(", ", Counts.Select(c => $"{c.Key} {c.Value:N0}"))}."
                    + (report.DroppedSamples is [var first, ..] ? $" The first: {first}." : "")
            );
    }

    /// <summary>Writes of which models a fusion is: the step's result.</summary>
    /// <exception cref="HuggingFace.ModelException">They cannot be fused.</exception>
    public void Write(FusionFolder fusion)
    {
        ArgumentNullException.ThrowIfNull(fusion);
        // Without weights: whether they can be fused shows before anybody is asked.
        using (fusion.Open(folder => LoadedModel.LoadOnMeta(folder, chatFormat: null, head: null, weights: null)))
            (fusion with { Fingerprints = [.. fusion.Models.Select(Fingerprint)] }).Write(Folder);

        // An adapter is nothing without what it stands on.
        static string Fingerprint(string model) =>
            string.Join('+', AdapterFolder.Chain(model).Select(folder => Fingerprints.OfFolder(folder, folder)));
    }

    /// <summary>Writes which model answers what: the step's result.</summary>
    public void Write(RouteFolder route)
    {
        ArgumentNullException.ThrowIfNull(route);
        route.Write(Folder);
    }

    /// <summary>Writes by what a model answers: the step's result.</summary>
    public void Write(Nearest nearest)
    {
        ArgumentNullException.ThrowIfNull(nearest);
        nearest.Write(Folder);
    }

    /// <summary>Writes a table: the step's result.</summary>
    public void Write(StepTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var complete = table.Complete();
        RunFolder.Write(Path.Combine(Folder, PlannedStep.TableFile), complete);
        File.WriteAllText(Path.Combine(Folder, "table.csv"), TableCsv.Of(complete));
        File.WriteAllText(Path.Combine(Folder, "table.md"), TableSheet.Markdown(Name, TableSheet.Of(complete)));
    }

    // A run lies in its step's folder, under its recipe's name.
    private string[] FoldersOf(string named)
    {
        ArgumentNullException.ThrowIfNull(named);
        return named.StartsWith('$') && steps[named[1..]].Folder is var folder
            ? [folder, .. Directory.GetDirectories(folder)]
            : [Path.GetFullPath(named, Options.ProjectDirectory)];
    }

    private static byte[] Line(DslTask task, Example example)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteExample(utf8, example.InputValue, example.OutputValue);
        var more = $",\"{StepExamples.Origin}\":{JsonSerializer.Serialize($"{example.Origin}", Vocabulary.DefinitionJson.Options)}";
        if (example.Origin.Confidence is { } confidence)
            more += FormattableString.Invariant($",\"{StepExamples.Confidence}\":{Math.Round(confidence, 5)}");
        if (example.Origin.Score is { } score)
            more += FormattableString.Invariant($",\"{StepExamples.Score}\":{score:R}");
        if (example.Origin.Kept is { } kept)
            more += $",{kept[1..^1]}";
        return [.. utf8.WrittenSpan[..^1], .. Encoding.UTF8.GetBytes(more + "}\n")];
    }
}
