using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>A method's record as the settings of <c>adapter_config.json</c>, both ways.</summary>
internal static class StoredSettings
{
    /// <summary>The values of a setting that is not used.</summary>
    private static readonly string[] Nothing = ["false", "null", "{}", "[]", "0", "0.0", "\"none\""];

    /// <summary>
    /// What every adapter's file may say beside its method's settings: who made it of what, which is asked elsewhere or changes nothing,
    /// and the weights that were saved whole, which the file of tensors has under their own names.
    /// </summary>
    private static readonly string[] OfAll =
    [
        "auto_mapping",
        "base_model_name_or_path",
        "head",
        "inference_mode",
        "modules_to_save",
        "peft_type",
        "peft_version",
        "revision",
        "task_type",
    ];

    /// <summary>What PEFT calls a method.</summary>
    public static PeftAttribute Peft(Type method) =>
        method.GetCustomAttribute<PeftAttribute>()
        ?? throw new InvalidOperationException($"{method.Name} is stored as an adapter: it needs [Peft(\"…\")], the type of its files.");

    /// <summary>The stored properties of a method, with what PEFT calls them.</summary>
    public static IEnumerable<(PropertyInfo Property, string Name)> Of(Type method) =>
        from property in Words.Properties(method)
        let stored = property.GetCustomAttribute<StoredAttribute>()
        where stored is not null
        select (property, stored.Name);

    public static JsonObject Write(AdapterMethod method, AdapterWeights weights)
    {
        var stored = method.AsStored(weights.Model);
        var config = new JsonObject { ["peft_type"] = Peft(stored.GetType()).Type };
        foreach (var (property, name) in Of(stored.GetType()))
            config[name] =
                property.PropertyType == typeof(IReadOnlyList<TuningMethod>)
                    ? new JsonArray([.. weights.Parts.Select(part => (JsonNode)Write(part.Method, part.Weights))])
                    : DefinitionJson.Write(property.GetValue(stored));
        stored.Describe(config, weights);
        return config;
    }

    /// <exception cref="ModelException">A setting is missing or of a wrong type.</exception>
    /// <exception cref="MisfitException">
    /// The type is not known, or a setting would change the numbers and is not supported.
    /// </exception>
    public static AdapterMethod Read(ConfigJson config)
    {
        var types = Types();
        var type = config.Text("peft_type");
        if (!types.TryGetValue(type, out var record))
            throw new MisfitException(
                $"{config.Path}: adapters of type '{type}' are not supported; expected one of {string.Join(", ", types.Keys)}."
            );
        foreach (var refused in record.GetCustomAttributes<RefusesAttribute>())
            if (config.Json[refused.Name] is { } value && !Nothing.Contains(value.ToJsonString()))
                throw new MisfitException(
                    $"{config.Path}: '{refused.Name}' ({refused.Meaning}) is not supported"
                        + (value.GetValueKind() == JsonValueKind.String ? "; only 'none' is." : ".")
                );
        var method = (AdapterMethod)Words.Default(record);
        RefuseUnknown(config, method);
        foreach (var (property, name) in Of(record))
            property.SetValue(method, Value(config, name, property.PropertyType));
        try
        {
            return method.ReadMore(config.Json);
        }
        catch (MisfitException e)
        {
            throw new MisfitException($"{config.Path}: {e.Message}", e);
        }
    }

    /// <summary>The records by their <c>peft_type</c>, a project's own before ours.</summary>
    public static SortedDictionary<string, Type> Types()
    {
        var types = new SortedDictionary<string, Type>(StringComparer.Ordinal);
        var methods = Words.Loaded.Choices(typeof(AdapterMethod)).Select(choice => choice.Type);
        foreach (var method in methods.OrderBy(type => type.Assembly == typeof(StoredSettings).Assembly))
            if (method.GetCustomAttribute<PeftAttribute>() is { } peft)
                types.TryAdd(peft.Type, method);
        return types;
    }

    /// <summary>A setting of a PEFT that is newer than this program may change the numbers; unset, it does not.</summary>
    private static void RefuseUnknown(ConfigJson config, AdapterMethod method)
    {
        var record = method.GetType();
        string[] known =
        [
            .. OfAll,
            .. method.MoreSettings,
            .. Of(record).Select(stored => stored.Name),
            .. record.GetCustomAttributes<HarmlessAttribute>().Select(harmless => harmless.Name),
        ];
        foreach (var (name, value) in config.Json)
            if (value is not null && !known.Contains(name) && !Nothing.Contains(value.ToJsonString()))
                throw new MisfitException(
                    $"{config.Path}: '{name}' is not known for an adapter of type {Peft(record).Type}, and may change what it computes. "
                        + "Take the setting out of the file if you know that it does not."
                );
    }

    private static object? Value(ConfigJson config, string name, Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return config.Has(name) ? Value(config, name, inner) : null;
        if (type == typeof(int))
            return config.Int(name);
        if (type == typeof(double))
            return config.Number(name);
        if (type == typeof(bool))
            return config.Flag(name);
        if (type == typeof(string))
            return config.Text(name);
        if (type.IsEnum)
            return Words.Members(type).FirstOrDefault(member => Words.WordOf(member) == config.Text(name))?.GetValue(null)
                ?? throw config.Bad(
                    $"{name} is '{config.Text(name)}'; expected one of {string.Join(", ", Words.Members(type).Select(Words.WordOf))}."
                );
        if (type == typeof(IReadOnlyList<TuningMethod>))
            return config.Json[name] is JsonArray parts && parts.All(part => part is JsonObject)
                ? parts.Select((part, i) => (TuningMethod)Read(new ConfigJson($"{config.Path}: {name}[{i}]", part!.AsObject()))).ToList()
                : throw config.Bad($"{name} is no list of adapters.");
        throw new InvalidOperationException(
            $"a stored property is a number, a switch, a text, one of several words or a list of methods, not a {type.Name}."
        );
    }
}
