using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Models;

/// <summary>
/// What the <c>config.json</c> of one <c>model_type</c> means. Each family is one file; a new one is found by being there.
/// </summary>
internal abstract class Family
{
    /// <summary>The <c>model_type</c>s that it reads.</summary>
    public abstract IReadOnlyList<string> ModelTypes { get; }

    /// <summary>All families, by model type.</summary>
    public static IReadOnlyDictionary<string, Family> All { get; } =
        typeof(Family)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Family)) && !type.IsAbstract)
            .Select(type => (Family)Activator.CreateInstance(type)!)
            .SelectMany(family => family.ModelTypes.Select(type => (Type: type, Family: family)))
            .OrderBy(f => f.Type, StringComparer.Ordinal)
            .ToDictionary(f => f.Type, f => f.Family, StringComparer.Ordinal);

    /// <summary>What a configuration describes.</summary>
    public static Architecture Describe(ConfigJson json)
    {
        var type = json.Text("model_type");
        return All.TryGetValue(type, out var family)
            ? family.Read(json).Check(json.Path)
            : throw json.Bad($"model_type '{type}' is not known; expected one of {string.Join(", ", All.Keys)}.");
    }

    /// <summary>Reads a configuration of this family.</summary>
    public abstract Architecture Read(ConfigJson json);
}
