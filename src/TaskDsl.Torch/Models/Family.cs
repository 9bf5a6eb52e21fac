using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;

namespace TaskDsl.Torch.Models;

/// <summary>
/// What the <c>config.json</c> of one <c>model_type</c> means. Each family is one file; a new one is found by being there.
/// </summary>
internal abstract class Family
{
    /// <summary>The <c>model_type</c>s that it reads, each with the beginning of its classes' names: <c>Bert</c>.</summary>
    public abstract IReadOnlyList<(string Type, string Stem)> ModelTypes { get; }

    /// <summary>All families, by model type.</summary>
    public static IReadOnlyDictionary<string, Family> All { get; } =
        typeof(Family)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Family)) && !type.IsAbstract)
            .Select(type => (Family)Activator.CreateInstance(type)!)
            .SelectMany(family => family.ModelTypes.Select(model => (model.Type, Family: family)))
            .OrderBy(f => f.Type, StringComparer.Ordinal)
            .ToDictionary(f => f.Type, f => f.Family, StringComparer.Ordinal);

    /// <summary>What a configuration describes.</summary>
    public static Architecture Describe(ConfigJson json)
    {
        var (family, stem) = Of(json);
        var head = family.HeadOf(json, stem);
        return (family.Read(json, head.Head) with { Head = head }).Check(json.Path);
    }

    /// <summary>The name of the class that is the same model with another head.</summary>
    /// <exception cref="ModelException">The family cannot have it.</exception>
    public static string ClassWith(Head head, ConfigJson json)
    {
        var (family, stem) = Of(json);
        var all = family.AllHeads(json).ToList();
        return all.Find(own => own.Head == head) is { } found
            ? stem + found.ClassSuffix
            : throw json.Bad(
                $"a {json.Text("model_type")} can have no head {head.Name}; "
                    + $"expected one of {string.Join(", ", all.Select(h => h.Head.Name).Distinct())}."
            );
    }

    /// <summary>
    /// The heads whose maps or classes have names of their own here; the first is that of a file which names no class. All others are as
    /// the heads themselves say. Default: the family writes, with <c>lm_head</c>.
    /// </summary>
    public virtual IReadOnlyList<FamilyHead> Heads(ConfigJson json) => [Lm(json)];

    /// <summary>
    /// What the family's classes take where a configuration says nothing, as JSON, so far as it is not what the reading code takes: null in
    /// a file is another thing than nothing. Default: nothing.
    /// </summary>
    /// <param name="modelType">Which of its model types.</param>
    public virtual string Defaults(string modelType) => "{}";

    /// <summary>Reads a configuration of this family.</summary>
    /// <param name="json">The configuration.</param>
    /// <param name="head">The model's head: a bare model's weights have other names in some families.</param>
    public abstract Architecture Read(ConfigJson json, Head head);

    /// <summary>The head of a family that writes.</summary>
    /// <param name="json">The configuration.</param>
    /// <param name="tied">Whether its map is the embedding where the configuration does not say.</param>
    protected static FamilyHead Lm(ConfigJson json, bool tied = false) => new(new LmHead(), LmShape(json, tied));

    /// <inheritdoc cref="Lm"/>
    protected static HeadShape LmShape(ConfigJson json, bool tied = false) =>
        new()
        {
            Out = "lm_head",
            OutBias = false,
            Tied = json.Flag("tie_word_embeddings", tied),
        };

    private static (Family Family, string Stem) Of(ConfigJson json)
    {
        var type = json.Text("model_type");
        if (!All.TryGetValue(type, out var family))
            throw json.Bad($"model_type '{type}' is not known; expected one of {string.Join(", ", All.Keys)}.");
        json.Defaults = JsonNode.Parse(family.Defaults(type))!.AsObject();
        return (family, family.ModelTypes.Single(model => model.Type == type).Stem);
    }

    private IEnumerable<FamilyHead> AllHeads(ConfigJson json)
    {
        var own = Heads(json);
        return own.Concat(Head.All.Where(head => own.All(o => o.Head != head)).Select(head => new FamilyHead(head, head.Shape)))
            .Where(head => head.Shape is not null);
    }

    private FamilyHead HeadOf(ConfigJson json, string stem)
    {
        var all = AllHeads(json).ToList();
        if (json.Texts("architectures") is not [var name, ..])
            return all[0];
        return all.Find(head => stem + head.ClassSuffix == name)
            // Whatever a model that writes is called, as BartModel, its file has what it writes with.
            ?? (all[0].Head is LmHead ? all[0] : null)
            ?? throw json.Bad(
                $"the architecture '{name}' is not supported; expected one of {string.Join(", ", all.Select(h => stem + h.ClassSuffix))}."
            );
    }
}
