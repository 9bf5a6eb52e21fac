using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Disk;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// Few new weights beside a frozen model, in PEFT's layout: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>. The weights of
/// a task's head are trained and stored with them.
/// </summary>
public abstract class Adapter : TunedModel
{
    private readonly Dictionary<string, Parameter> added = new(StringComparer.Ordinal);

    /// <summary>Freezes the model, but for the weights of its task.</summary>
    protected Adapter(LanguageModel model)
        : base(model)
    {
        foreach (var (name, parameter) in model.Parameters)
            parameter.requires_grad = model.TaskWeights.Contains(name);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Parameter> Trained =>
        added
            .Concat(Model.TaskWeights.Select(name => KeyValuePair.Create(TaskPrefix + name, Model.Parameters[name])))
            .ToDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override bool SavesWholeModel => false;

    /// <summary>What PEFT writes before the names of a task's weights.</summary>
    protected virtual string TaskPrefix => "base_model.model.";

    /// <inheritdoc/>
    public override void Save(string folder, string baseModel)
    {
        var config = new JsonObject
        {
            ["base_model_name_or_path"] = baseModel,
            ["task_type"] = Model.Head.TaskType(Model),
            ["inference_mode"] = true,
            ["modules_to_save"] =
                Model.TaskWeights.Count == 0
                    ? null
                    : new JsonArray([.. Model.TaskWeights.Select(name => name.Split('.')[0]).Distinct().Select(name => (JsonNode)name)]),
        };
        // PEFT leaves the head to the program that reads the adapter; ours is told.
        if (Model.Head is TaskHead head)
            config["head"] = new JsonObject
            {
                ["kind"] = head.Name,
                ["labels"] = new JsonArray([.. Model.Config.Labels.Select(label => (JsonNode)label)]),
                ["problem_type"] = Model.Config.Problem,
            };
        foreach (var (name, value) in Describe())
            config[name] = value?.DeepClone();
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        SafetensorsFile.Write(
            Path.Combine(folder, "adapter_model.safetensors"),
            Stored().Concat(Trained.Where(t => !added.ContainsKey(t.Key)).Select(t => KeyValuePair.Create(t.Key, (Tensor)t.Value)))
        );
        AtomicFile.WriteText(
            Path.Combine(folder, "adapter_config.json"),
            config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"
        );
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var parameter in added.Values)
            parameter.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What <c>adapter_config.json</c> says of the method, <c>peft_type</c> included.</summary>
    internal abstract JsonObject Describe();

    /// <summary>What is written to the file. Default: what was added and is trained.</summary>
    internal virtual IEnumerable<KeyValuePair<string, Tensor>> Stored() => added.Select(t => KeyValuePair.Create(t.Key, (Tensor)t.Value));

    /// <summary>Adds a trained tensor; this object owns it.</summary>
    /// <param name="name">Its name, in PEFT's layout.</param>
    /// <param name="value">What it begins with.</param>
    protected Parameter Train(string name, Tensor value)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        var parameter = new Parameter(value.detach().to(ScalarType.Float32).to(Model.Device, copy: true), requires_grad: true);
        parameter.DetachFromDisposeScope();
        added.Add(name, parameter);
        return parameter;
    }

    /// <summary>Trains what another adapter of the same model added.</summary>
    private protected void Adopt(Adapter other)
    {
        foreach (var (name, parameter) in other.added)
            added.Add(name, parameter);
    }

    /// <summary>The modules that were tuned, as short as PEFT reads them back as the same.</summary>
    internal static JsonArray Targets(LanguageModel model, IEnumerable<string> modules)
    {
        var wanted = modules.ToHashSet(StringComparer.Ordinal);
        var last = wanted.Select(name => name[(name.LastIndexOf('.') + 1)..]).Distinct().ToArray();
        var matched = model
            .Parameters.Keys.Where(name => name.EndsWith(".weight", StringComparison.Ordinal))
            .Select(name => name[..^".weight".Length])
            .Where(module => last.Any(l => module == l || module.EndsWith("." + l, StringComparison.Ordinal)));
        return new JsonArray([
            .. (wanted.SetEquals(matched) ? last : [.. wanted]).Order(StringComparer.Ordinal).Select(name => (JsonNode)name),
        ]);
    }
}
