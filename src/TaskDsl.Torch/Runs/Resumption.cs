using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

/// <summary>Goes on with the record of a run, where recipe, model and data still shape it as they did.</summary>
internal sealed class Resumption
{
    private readonly bool answersChoose;
    private readonly List<string> changes = [];

    private Resumption(bool answersChoose) => this.answersChoose = answersChoose;

    /// <summary>
    /// Goes on with the record that is there. What was measured in another way than the recipe now says is measured again.
    /// </summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="now">What the record would say of a new run.</param>
    /// <param name="answersChoose">
    /// Whether answers to validation examples choose the best model, so that the way they are produced shapes the run.
    /// </param>
    /// <exception cref="RunException">Something that shapes the training is not what it was.</exception>
    public static RunRecord Of(RunFolder folder, RunRecord now, bool answersChoose)
    {
        var was = RunRecord.Read(folder);
        var resumption = new Resumption(answersChoose);
        resumption.Compare("recipe", was.Recipe, now.Recipe, typeof(Recipe));
        resumption.Compare("model", Json(was.Model), Json(now.Model));
        resumption.Compare("data", Json(was.Data), Json(now.Data));
        resumption.Compare("corpus", was.Corpus, now.Corpus);
        resumption.Refuse(folder);
        if (!JsonNode.DeepEquals(was.Recipe["evaluation"], now.Recipe["evaluation"]))
            File.Delete(folder.Evaluation); // Before and after must be comparable.
        // The recipe is as executed from here on.
        return Elsewhere(was, now)
            .Aggregate(was with { Recipe = now.Recipe, Resumed = (was.Resumed ?? 0) + 1 }, (record, warning) => record.Warn(warning));
    }

    /// <summary>Refuses a run that was to make other models than a recipe says now.</summary>
    /// <exception cref="RunException">It was.</exception>
    public static void RefuseOtherModels(RunFolder folder, Recipe now)
    {
        var resumption = new Resumption(answersChoose: false);
        resumption.Compare("recipe.one_model_per", RunRecord.Read(folder).Recipe["one_model_per"], DefinitionJson.Write(now.OneModelPer));
        resumption.Refuse(folder);
    }

    /// <summary>Refuses a run of an earlier version, whose recipes listed prompts and whose data were named by them.</summary>
    /// <exception cref="RunException">It is one.</exception>
    public static void RefuseOlder(RunFolder folder)
    {
        if (RunRecord.Read(folder).Recipe["tasks"] is JsonArray tasks && tasks.Any(task => task?["task"] is null))
            throw new RunException(
                $"The run in {folder.Path} cannot go on: an earlier version of TaskDsl began it, whose recipes listed prompts "
                    + "instead of tasks. Start a new run without --resume."
            );
    }

    /// <summary>
    /// Computes with as many threads as the run did before: sums are taken part by part, one part per thread, and another number of
    /// parts rounds differently.
    /// </summary>
    /// <returns>Sets the number back that was in use; null where it is the same.</returns>
    public static IDisposable? SameThreads(RunFolder folder)
    {
        var (recorded, used) = (RunRecord.Read(folder).Machine?.Threads, TorchRuntime.Threads);
        if (recorded is not > 0 || recorded == used)
            return null;
        TorchRuntime.Threads = recorded.Value;
        return new Threads(used);
    }

    private static IEnumerable<string> Elsewhere(RunRecord was, RunRecord now)
    {
        (string Part, string? Was, string? Now)[] parts =
        [
            ("machine.device", was.Machine?.Device, now.Machine?.Device),
            ("machine.tf32", Said(was.Machine), Said(now.Machine)),
            ("machine.processor", was.Machine?.Processor, now.Machine?.Processor),
            ("versions.taskdsl", was.Versions?.TaskDsl, now.Versions?.TaskDsl),
            ("versions.torchsharp", was.Versions?.TorchSharp, now.Versions?.TorchSharp),
        ];
        return parts
            .Where(p => p.Was != p.Now)
            .Select(p =>
                $"{p.Part} was {p.Was ?? "not known"} and is {p.Now ?? "not known"} now: the run goes on, but its numbers may differ in "
                + "their last digits from those of a run that never stopped."
            );

        static string Said(RecordedMachine? machine) => machine?.Tf32 == true ? "on" : "off";
    }

    private void Refuse(RunFolder folder)
    {
        if (changes.Count > 0)
            throw new RunException(
                $"The run in {folder.Path} cannot go on, because what it trains with has changed:\n  {string.Join("\n  ", changes)}\n"
                    + "Undo the change, or start a new run without --resume."
            );
    }

    private void Compare(string path, JsonNode? was, JsonNode? now, Type? type = null)
    {
        if (was is JsonObject a && now is JsonObject b)
        {
            var properties = type is null ? [] : Words.Properties(type).ToDictionary(Words.KeyOf);
            foreach (var key in a.Select(p => p.Key).Union(b.Select(p => p.Key)))
            {
                var property = properties.GetValueOrDefault(key);
                if (Shapes(property))
                    Compare($"{path}.{key}", a[key], b[key], property?.PropertyType);
            }

            return;
        }

        if (!JsonNode.DeepEquals(was, now))
            changes.Add($"{path}: was {was?.ToJsonString() ?? "absent"}, is {now?.ToJsonString() ?? "absent"}");
    }

    private bool Shapes(PropertyInfo? property) =>
        property?.GetCustomAttribute<DoesNotShapeAttribute>() is not { } free || (free.UnlessAnswersChoose && answersChoose);

    private static JsonNode? Json<T>(T value) => JsonSerializer.SerializeToNode(value, DefinitionJson.Options);

    private sealed class Threads(int before) : IDisposable
    {
        public void Dispose() => TorchRuntime.Threads = before;
    }
}
