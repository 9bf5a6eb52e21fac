using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Prompts;
using TaskDsl.Torch.Groupings;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tuning.Adapters;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Runs;

/// <summary>Models of which some are the best of a run, or of the runs within one that has several (<c>one_model_per</c>).</summary>
public static class RunModel
{
    /// <summary>
    /// The model's folder that a folder stands for: itself, the best of a run, that of the run's models which is for a prompt's task, or,
    /// where each value of a field has a model, the run's, whose models <see cref="Open"/> gives as one. Null where there is none.
    /// </summary>
    /// <param name="folder">The folder of a model or of a run.</param>
    /// <param name="prompt">What the model is asked by; null where it is not known.</param>
    /// <exception cref="Evaluation.RunException">The run's record is damaged.</exception>
    public static string? Find(string folder, Prompt? prompt)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var own = new[] { folder, new RunFolder(folder).Best }.FirstOrDefault(IsModel);
        if (own is not null || prompt is null)
            return own;
        if (Values(folder) is not null)
            return ModelsIn(folder).Any() ? folder : null;
        return new[] { GroupOf(folder, prompt), prompt.Name, prompt.Task.Name }
            .OfType<string>()
            .Select(name => new RunFolder(Path.Combine(folder, name)).Best)
            .FirstOrDefault(IsModel);
    }

    /// <summary>
    /// Opens one, a fusion of several, or all of a run that has one for each value of a field; a run's answers on a GPU as the run did: in
    /// the numbers that it was trained in, and with its TF32.
    /// </summary>
    /// <param name="folder">The model's folder; its run's is the one around it.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="ModelException">The folder is missing, broken or of a kind that is not supported.</exception>
    public static LoadedModel Open(string folder, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (FusionFolder.IsFusion(folder))
            return FusionFolder.Read(folder).Open(model => Open(model, device));
        if (Nearest.IsNearest(folder))
        {
            var nearest = Nearest.Read(folder);
            var answering = Open(nearest.Model, device);
            answering.AnswerBy(nearest);
            return answering;
        }

        if (RouteFolder.IsRoute(folder))
        {
            var route = RouteFolder.Read(folder);
            return Several(AnyOf(route.Models[0].Folder), (prompt, _, language) => ModelOf(route, prompt, language), device);
        }

        if (!IsModel(folder) && Values(folder) is { } values && ModelsIn(folder).FirstOrDefault() is { } first)
            return Several(first, (prompt, input, _) => ModelOf(folder, values, prompt, input), device);

        var run = new RunFolder(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? folder);
        var record = device.type == TorchSharp.DeviceType.CUDA && File.Exists(run.Record) ? RunRecord.Read(run) : null;
        var model = LoadedModel.Load(folder, device, answersIn: record?.TrainsIn);
        model.Tf32 = record?.Tf32;
        return model;
    }

    /// <summary>The names of a run's models where it has several; none where it has one, or the folder is no run's.</summary>
    public static IReadOnlyList<string> Parts(string folder) =>
        new RunFolder(folder) is var run && File.Exists(run.Record) ? RunRecord.Read(run).Parts ?? [] : [];

    /// <summary>The folders of the models that a run has for the values of a field; none where it has not.</summary>
    internal static IEnumerable<string> ModelsIn(string folder) =>
        Values(folder) is null ? [] : Parts(folder).Select(part => new RunFolder(Path.Combine(folder, part)).Best).Where(IsModel);

    /// <summary>A model or a run with what it is for: its recipe's tasks and languages; of other models any.</summary>
    /// <param name="folder">Its folder.</param>
    public static RoutedModel Routed(string folder)
    {
        if (Nearest.IsNearest(folder) && Nearest.Read(folder) is var nearest)
            return Of([.. nearest.Examples.Select(example => example.Task).Distinct()], nearest.Languages);
        // A model's folder lies in its run's.
        var run = new[] { folder, Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))! }.FirstOrDefault(f =>
            File.Exists(new RunFolder(f).Record)
        );
        return run is not null && RunRecord.Read(new RunFolder(run)).Recipe is var recipe
            ? Of(Texts(recipe["tasks"], task => task["task"]), Texts(recipe["languages"], language => language))
            : Of([], []);

        RoutedModel Of(IReadOnlyList<string> tasks, IReadOnlyList<string> languages) =>
            new(folder, Fingerprints.OfRun(folder), tasks, languages);

        static string[] Texts(JsonNode? list, Func<JsonNode, JsonNode?> text) =>
            [.. (list as JsonArray ?? []).Select(one => (string)text(one!)!).Distinct()];
    }

    /// <summary>The folders of all the models that a folder stands for: itself, a run's best, or those of a run that has several.</summary>
    internal static IEnumerable<string> AllIn(string folder) =>
        Find(folder, prompt: null) is { } one
            ? [one]
            : Parts(folder).Select(part => new RunFolder(Path.Combine(folder, part)).Best).Where(IsModel);

    /// <summary>One of them, whatever is asked.</summary>
    /// <exception cref="ModelException">It has none.</exception>
    private static string AnyOf(string folder) => AllIn(folder).FirstOrDefault() ?? throw new ModelException($"{folder} has no model.");

    /// <summary>Opens one of several models, which all answer in its place.</summary>
    private static LoadedModel Several(string first, Func<Prompt, object, string, ModelOfInput> of, Device device)
    {
        var several = Open(first, device);
        several.AnswerBy(new ModelsByInput(of, model => Open(model, device)));
        return several;
    }

    private static bool IsModel(string folder) =>
        File.Exists(Path.Combine(folder, "config.json"))
        || AdapterFolder.IsAdapter(folder)
        || FusionFolder.IsFusion(folder)
        || RouteFolder.IsRoute(folder)
        || Nearest.IsNearest(folder);

    private static ModelOfInput ModelOf(RouteFolder route, Prompt prompt, string language) =>
        route.Of(prompt.Task.Name, language)?.Folder is { } folder && Find(folder, prompt) is { } found
            ? new(found)
            : new(
                null,
                "no model for its task and language",
                $"none of the models is for the task '{prompt.Task.Name}' in '{language}'; name one that is in the step."
            );

    private static ModelOfInput ModelOf(string run, ValuesOf values, Prompt prompt, object input)
    {
        var (field, value) = (values.Field, values.ValueIn(prompt.Task, input));
        if (value is null)
            return new(null, $"its {field} is empty", $"'{field}' is empty, and says which model answers. Give it a value.");
        var model = new RunFolder(Path.Combine(run, values.NameOf(value))).Best;
        return IsModel(model)
            ? new(model)
            : new(
                null,
                $"no model was trained for its {field}",
                $"no model was trained for the {field} '{value}': the training part had no example of it. Train with some, or ask another "
                    + "model."
            );
    }

    /// <summary>The field that a run has a model for each value of; null where it has not, or the folder is no run's.</summary>
    private static ValuesOf? Values(string folder) =>
        Grouping(folder, "values_of") is { } field ? new ValuesOf { Field = (string)field["field"]! } : null;

    private static string? GroupOf(string folder, Prompt prompt) =>
        Grouping(folder, "groups")
            ?["tasks"]?.AsObject()
            .FirstOrDefault(group => group.Value!.AsArray().Any(task => (string?)task == prompt.Task.Name))
            .Key;

    private static JsonNode? Grouping(string folder, string word)
    {
        var run = new RunFolder(folder);
        return
            File.Exists(run.Record)
            && RunRecord.Read(run).Recipe["one_model_per"] is JsonObject grouping
            && grouping.TryGetPropertyValue(word, out var group)
            ? group
            : null;
    }
}
