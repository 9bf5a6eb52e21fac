using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Data.Files;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Everything that shapes what a step makes, as JSON whose hash names the step's result.</summary>
public sealed class StepShape
{
    private readonly RunOptions options;
    private readonly FileHashes hashes;

    internal StepShape(PipelineStep step, RunOptions options, FileHashes hashes)
    {
        (this.options, this.hashes) = (options, hashes);
        Add("step", DefinitionJson.Write(step, p => p.GetCustomAttribute<DoesNotShapeAttribute>() is not { UnlessAnswersChoose: false }));
        Add("revision", step.Verb.Revision);
        AddWords(step);
        foreach (var source in step.Stages.SelectMany(stage => stage.Sources))
            AddSource(source);
        step.Verb.Shape(this);
    }

    internal JsonObject Json { get; } = [];

    internal string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Json.ToJsonString())))[..16];

    /// <summary>Adds something under a name of its own.</summary>
    public void Add(string what, JsonNode? value) => Json[what] = value;

    /// <summary>Adds what files are named, by what is in them.</summary>
    /// <param name="pattern">A file or a pattern, from the project's folder.</param>
    /// <param name="folder">The folder of the project that names it. Default: the pipeline's.</param>
    public void AddFiles(string pattern, string? folder = null)
    {
        foreach (var file in SourceFiles.Find(pattern, options.FolderOf(folder)))
            Add($"file {Path.GetRelativePath(options.ProjectDirectory, file)}", hashes.Of(file));
    }

    /// <summary>Adds a model by what is in its folder; a step's is known by the step.</summary>
    /// <param name="named">Its folder, or a step.</param>
    /// <param name="project">The folder of the project that names it. Default: the pipeline's.</param>
    /// <exception cref="RunException">There is no such folder.</exception>
    public void AddModel(string named, string? project = null)
    {
        ArgumentNullException.ThrowIfNull(named);
        if (named.StartsWith('$'))
            return;
        var folder = Path.GetFullPath(named, options.FolderOf(project));
        if (!Directory.Exists(folder))
            throw new RunException($"'{named}' is no model's folder: there is none in {folder}.");
        // A run's folder has its model in best, or one for each task; an adapter is nothing without what it stands on.
        var models = Directory.GetDirectories(folder).Prepend(folder).SelectMany(within => new[] { within, Path.Combine(within, "best") });
        foreach (var part in models.Where(Directory.Exists).SelectMany(AdapterFolder.Chain).Distinct())
        foreach (var file in Fingerprints.Files(part))
            Add($"model {named}, {Path.GetRelativePath(folder, file)}", hashes.Of(file));
    }

    /// <summary>Adds a task with its examples.</summary>
    public void AddTask(DslTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        Add(
            $"task {task.Name}",
            new JsonObject
            {
                ["fields"] = task.Fingerprint,
                ["examples"] = DefinitionJson.Write(task.Examples),
                ["split"] = DefinitionJson.Write(task.Split),
                ["stages"] = DefinitionJson.Write(task.Stages),
                ["bad_records"] = DefinitionJson.Write(task.BadRecords),
            }
        );
        AddWords(task.Stages);
        foreach (var source in task.Examples.Concat(task.Stages.SelectMany(stage => stage.Sources)))
            AddSource(source, task.ProjectDirectory);
    }

    /// <summary>Adds what is in a source's files, and what kind of source it is where that is a project's own.</summary>
    /// <param name="source">The source.</param>
    /// <param name="folder">The folder of the project that names it. Default: the pipeline's.</param>
    public void AddSource(DataSource source, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        AddWords(source);
        foreach (var path in source.Paths)
            AddFiles(path, folder);
    }

    /// <summary>Adds what scores a task's answers.</summary>
    public void AddMetrics(DslTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        Add($"metrics of {task.Name}", DefinitionJson.Write(task.Metrics));
        AddWords(task.Metrics);
    }

    /// <summary>Adds a prompt and its task.</summary>
    public void AddPrompt(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        Add($"prompt {prompt.Name}", $"{prompt.Fingerprint} {prompt.ChatFormat.Fingerprint()}");
        AddTask(prompt.Task);
    }

    // A word of a project's own that does not say its revision may be another one after any build.
    private void AddWords(object? value)
    {
        foreach (var word in Records(value).Distinct().Where(type => type.Assembly.GetName().Name?.Split('.')[0] != nameof(TaskDsl)))
            if (word.GetCustomAttribute<RevisionAttribute>() is { } revision)
                Add($"revision of {Words.WordOf(word)}", revision.Number);
            else
                Add($"words of {word.Assembly.GetName().Name}", word.Module.ModuleVersionId.ToString());
    }

    private static IEnumerable<Type> Records(object? value) =>
        value switch
        {
            null or string or INamed or IExpression => [],
            System.Collections.IDictionary map => map.Values.Cast<object?>().SelectMany(Records),
            System.Collections.IEnumerable items => items.Cast<object?>().SelectMany(Records),
            _ when value.GetType().GetMethod("<Clone>$") is not null => Words
                .Properties(value.GetType())
                .SelectMany(p => Records(p.GetValue(value)))
                .Prepend(value.GetType()),
            _ => [],
        };
}
