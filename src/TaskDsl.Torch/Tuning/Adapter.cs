using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Families;
using TaskDsl.Torch.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

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
            ["task_type"] = Model switch
            {
                Decoder => "CAUSAL_LM",
                EncoderDecoder => "SEQ_2_SEQ_LM",
                Encoder { HeadKind: HeadKind.SequenceClassification } => "SEQ_CLS",
                Encoder { HeadKind: HeadKind.TokenClassification } => "TOKEN_CLS",
                _ => "FEATURE_EXTRACTION",
            },
            ["inference_mode"] = true,
            ["modules_to_save"] =
                Model.TaskWeights.Count == 0
                    ? null
                    : new JsonArray([.. Model.TaskWeights.Select(name => name.Split('.')[0]).Distinct().Select(name => (JsonNode)name)]),
        };
        // PEFT leaves the head to the program that reads the adapter; ours is told.
        if (Model is Encoder { HeadKind: HeadKind.SequenceClassification or HeadKind.TokenClassification } encoder)
            config["head"] = new JsonObject
            {
                ["kind"] = encoder.HeadKind.ToString(),
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

/// <summary>Reads adapters of one <c>peft_type</c>. Each is in its method's file; a new one is found by being there.</summary>
internal abstract class AdapterFormat
{
    private static readonly Lazy<IReadOnlyDictionary<string, AdapterFormat>> Known = new(() =>
        typeof(AdapterFormat)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(AdapterFormat)) && !type.IsAbstract)
            .Select(type => (AdapterFormat)Activator.CreateInstance(type)!)
            .OrderBy(format => format.PeftType, StringComparer.Ordinal)
            .ToDictionary(format => format.PeftType, StringComparer.Ordinal)
    );

    /// <summary>All formats, by type.</summary>
    public static IReadOnlyDictionary<string, AdapterFormat> All => Known.Value;

    public abstract string PeftType { get; }

    /// <summary>Puts an adapter onto the model that it was made for.</summary>
    public static Adapter Read(LanguageModel model, AdapterFile file)
    {
        var type = file.Config.Text("peft_type");
        return All.TryGetValue(type, out var format)
            ? format.Load(model, file)
            : throw new NotSupportedException(
                $"{file.Config.Path}: adapters of type '{type}' are not supported; expected one of {string.Join(", ", All.Keys)}."
            );
    }

    public abstract Adapter Load(LanguageModel model, AdapterFile file);
}

/// <summary>An adapter's two files. What is not read from them in the end is an error.</summary>
internal sealed class AdapterFile(ConfigJson config, SafetensorsFile tensors)
{
    private readonly HashSet<string> left = [.. tensors.Tensors.Keys];

    public ConfigJson Config { get; } = config;

    public bool Has(string name) => tensors.Tensors.ContainsKey(name);

    public IReadOnlyList<long> Shape(string name) =>
        tensors.Tensors.TryGetValue(name, out var entry) ? entry.Shape : throw new SafetensorsException(tensors.Path, name, "is missing.");

    public Tensor Read(string name, params ReadOnlySpan<long> shape)
    {
        left.Remove(name);
        return tensors.Read(name, shape);
    }

    /// <summary>The same tensors under another configuration: that of a part.</summary>
    public AdapterFile With(ConfigJson part) => new(part, tensors);

    /// <summary>What parts have read is read.</summary>
    public void Done(AdapterFile part) => left.IntersectWith(part.left);

    /// <summary>Refuses a setting that would change the numbers.</summary>
    public void Refuse(string setting, string what)
    {
        if (Config.Json[setting] is { } value && value.ToJsonString() is not ("false" or "null" or "{}" or "[]" or "0" or "0.0"))
            throw new NotSupportedException($"{Config.Path}: '{setting}' ({what}) is not supported.");
    }

    /// <summary>Reads a task's weights into the model, then throws if anything was not read.</summary>
    public void Finish(LanguageModel model)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        foreach (var name in model.TaskWeights)
        {
            var stored = new[] { "base_model.model." + name, "base_model." + name }.FirstOrDefault(Has);
            if (stored is not null)
                model.Parameters[name].copy_(Read(stored, model.Parameters[name].shape));
        }

        if (left.Order(StringComparer.Ordinal).FirstOrDefault() is { } other)
            throw new SafetensorsException(
                tensors.Path,
                other,
                "belongs to no part of this model: the adapter was made for another one, or tunes what is not supported."
            );
    }
}
