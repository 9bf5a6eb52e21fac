using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Data.Rejecting;
using TaskDsl.Prompts;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

/// <summary>
/// What <c>run.json</c> says: the recipe as executed, with every default; the model and the data by their fingerprints; versions
/// and machine; and, at the end, the outcome. A run is resumed only where recipe, model and data are still the same.
/// </summary>
internal sealed class RunRecord
{
    private readonly RunFolder folder;

    private RunRecord(RunFolder folder, JsonObject json) => (this.folder, Json) = (folder, json);

    public JsonObject Json { get; }

    /// <summary>Begins the record of a run, or goes on with the one that is there, and saves it.</summary>
    /// <exception cref="RunException">Something that shapes the training is not what it was.</exception>
    public static RunRecord Begin(RunFolder folder, RunData data)
    {
        var record = Of(folder, data);
        if (data.Run.Options.Resume)
            record = record.Resume(answersChoose: data.Recipe.Best.Answers != 0);
        foreach (var warning in record.Warnings)
            data.Run.Tell(warning);
        record.Save("running");
        return record;
    }

    private static RunRecord Of(RunFolder folder, RunData data)
    {
        var (recipe, model, project) = (data.Recipe, data.Model, data.Run.Options.ProjectDirectory);
        var device = model.Model.Device;
        var json = new JsonObject
        {
            ["name"] = recipe.Name,
            ["status"] = "running",
            ["started"] = DateTimeOffset.UtcNow,
            ["recipe"] = DefinitionJson.Write(recipe),
            ["model"] = new JsonObject
            {
                ["fingerprint"] = Fingerprints.Of(recipe.Model, project),
                ["parameters"] = model.Model.Parameters.Values.Sum(p => p.numel()),
                ["tokenizer"] = model.Tokenizer.Fingerprint,
                ["others"] = new JsonObject(
                    recipe.Objective.Models.Select(path =>
                        KeyValuePair.Create<string, JsonNode?>(path, Fingerprints.OfFolder(path, project))
                    )
                ),
            },
            ["data"] = new JsonObject(
                data.Tasks.Select(t =>
                    KeyValuePair.Create<string, JsonNode?>(t.Prompt.Name, Describe(t.Prompt, model.LayoutOf(t.Prompt), t.Data))
                )
            ),
            ["corpus"] = data.Documents.Fingerprint(),
            ["batches"] = JsonSerializer.SerializeToNode(data.Batches, DefinitionJson.Options),
            ["versions"] = new JsonObject
            {
                ["taskdsl"] = Version(typeof(Recipe)),
                ["torchsharp"] = Version(typeof(TorchSharp.torch)),
                ["dotnet"] = RuntimeInformation.FrameworkDescription,
                ["libtorch"] = TorchRuntime.Folder,
            },
            ["machine"] = new JsonObject
            {
                ["device"] = device.ToString(),
                ["system"] = RuntimeInformation.OSDescription,
                ["processor"] = Processor(),
                ["cores"] = Environment.ProcessorCount,
                ["threads"] = TorchRuntime.Threads,
            },
        };
        return new RunRecord(folder, json);
    }

    /// <summary>Goes on with a record that is there, if it is about the same run. What was measured in another way than the recipe now says is measured again.</summary>
    /// <param name="answersChoose">Whether answers to validation examples choose the best model, so that the way they are produced shapes the run.</param>
    /// <exception cref="RunException">Something that shapes the training is not what it was.</exception>
    private RunRecord Resume(bool answersChoose)
    {
        var old = RunFolder.ReadObject(folder.Record);
        var changes = new List<string>();
        foreach (var part in (ReadOnlySpan<string>)["recipe", "model", "data", "corpus"])
            Compare(part, old[part], Json[part], answersChoose, changes);
        if (changes.Count > 0)
            throw new RunException(
                $"The run in {folder.Path} cannot go on, because what it trains with has changed:\n  {string.Join("\n  ", changes)}\nUndo the change, or start a new run without --resume."
            );
        if (!JsonNode.DeepEquals(old["recipe"]?["evaluation"], Json["recipe"]?["evaluation"]))
            File.Delete(folder.Evaluation); // Before and after must be comparable.
        old["recipe"] = Json["recipe"]?.DeepClone(); // As executed from here on.
        old["resumed"] = ((int?)old["resumed"] ?? 0) + 1;
        var record = new RunRecord(folder, old);
        foreach (var part in (ReadOnlySpan<string>)["machine.device", "machine.processor", "versions.taskdsl", "versions.torchsharp"])
        {
            var (was, now) = (At(old, part), At(Json, part));
            if (was != now)
                record.Warn(
                    $"{part} was {was ?? "not known"} and is {now ?? "not known"} now: the run goes on, but its numbers may differ in their last digits from those of a run that never stopped."
                );
        }

        return record;

        static string? At(JsonObject json, string path) =>
            path.Split('.').Aggregate((JsonNode?)json, (node, key) => node?[key])?.ToString();
    }

    /// <summary>What the user should know, the newest last.</summary>
    private IEnumerable<string> Warnings => (Json["warnings"] as JsonArray ?? []).Select(w => (string)w!);

    /// <summary>Writes down what the user should know.</summary>
    public void Warn(string warning)
    {
        if (Json["warnings"] is not JsonArray warnings)
            Json["warnings"] = warnings = [];
        if (!warnings.Any(w => (string?)w == warning))
            warnings.Add(warning);
    }

    /// <summary>
    /// Computes with as many threads as the run did before: sums are taken part by part, one part per thread, and another number of
    /// parts rounds differently.
    /// </summary>
    /// <returns>Sets the number back that was in use.</returns>
    public static IDisposable? SameThreads(RunFolder folder)
    {
        var (recorded, used) = ((int?)RunFolder.ReadObject(folder.Record)["machine"]?["threads"], TorchRuntime.Threads);
        if (recorded is not > 0 || recorded == used)
            return null;
        TorchRuntime.Threads = recorded.Value;
        return new Threads(used);
    }

    public void Save(string status, params ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        Json["status"] = status;
        Json.Remove("message"); // What it says of an earlier end is over.
        foreach (var (name, value) in more)
            Json[name] = value;
        RunFolder.Write(folder.Record, Json);
    }

    private static JsonObject Describe(Prompt prompt, ChatFormat layout, Dataset data) =>
        new()
        {
            ["task"] = data.Task.Name,
            ["prompt_fingerprint"] = Convert.ToHexStringLower(
                SHA256.HashData(Encoding.UTF8.GetBytes($"{prompt.Fingerprint}\n{layout.Fingerprint()}"))
            )[..16],
            ["fingerprint"] = data.Fingerprint,
            ["train"] = data[SplitName.Train].Count,
            ["validation"] = data[SplitName.Validation].Count,
            ["test"] = data[SplitName.Test].Count,
            ["read"] = data.Report.Read,
            ["dropped"] = JsonSerializer.SerializeToNode(data.Report.Dropped, DefinitionJson.Options),
            ["dropped_samples"] = JsonSerializer.SerializeToNode(data.Report.DroppedSamples, DefinitionJson.Options),
            ["quarantine"] = (data.Task.BadRecords as Quarantine)?.PathOf(data.Task),
        };

    private static string? Version(Type type) => type.Assembly.GetName().Version?.ToString(3);

    /// <summary>The processor's name: libtorch has other code for each kind.</summary>
    private static string? Processor() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':', 2)[^1]
                .Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();

    private sealed class Threads(int before) : IDisposable
    {
        public void Dispose() => TorchRuntime.Threads = before;
    }

    /// <summary>How answers are produced, how often is saved and where it runs may change; what shapes or chooses the model may not.</summary>
    private static void Compare(string path, JsonNode? was, JsonNode? now, bool answersChoose, List<string> changes)
    {
        if (path is "recipe.evaluation.limit" or "recipe.checkpoints" or "recipe.device" or "recipe.summary")
            return;
        if (
            !answersChoose
            && path
                is "recipe.evaluation.decoding"
                    or "recipe.evaluation.rows"
                    or "recipe.evaluation.max_new_tokens"
                    or "recipe.evaluation.constrained"
        )
            return;
        if (was is JsonObject a && now is JsonObject b)
        {
            foreach (var key in a.Select(p => p.Key).Union(b.Select(p => p.Key)))
                Compare($"{path}.{key}", a[key], b[key], answersChoose, changes);
            return;
        }

        if (!JsonNode.DeepEquals(was, now))
            changes.Add($"{path}: was {was?.ToJsonString() ?? "absent"}, is {now?.ToJsonString() ?? "absent"}");
    }
}
