using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>Several adapters at once, each at places of its own.</summary>
[Keyword("combined")]
public sealed record Combined : TuningMethod
{
    /// <summary>The adapters.</summary>
    [Length(2, 16)]
    public required IReadOnlyList<TuningMethod> Parts { get; init; }

    /// <inheritdoc/>
    public override TunedModel Apply(LanguageModel model, int seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        var sites = new HashSet<object>();
        return new CombinedAdapter(
            model,
            [
                .. Parts.Select(part =>
                {
                    var tuned = part.Apply(model, seed);
                    var taken = model
                        .Sites.Where(s => s.Update is not null)
                        .Select(s => (object)s.Update!)
                        .Concat(model.Sublayers.Where(s => s.Update is not null).Select(s => s.Update!))
                        .ToHashSet();
                    if (!sites.IsSubsetOf(taken))
                        throw new NotSupportedException("tuning.combined: two parts act on the same site; give each its own sites.");
                    sites = taken;
                    return tuned as Adapter
                        ?? throw new NotSupportedException(
                            "tuning.combined: a part trains the model's own weights; only adapters can be combined."
                        );
                }),
            ]
        );
    }
}

/// <summary>Several adapters of one model. PEFT has no such layout; this one is ours, in the same two files.</summary>
internal sealed class CombinedAdapter : Adapter
{
    public const string Type = "COMBINED";
    private readonly IReadOnlyList<Adapter> parts;

    public CombinedAdapter(LanguageModel model, IReadOnlyList<Adapter> parts)
        : base(model)
    {
        this.parts = parts;
        foreach (var part in parts)
            Adopt(part);
    }

    public override double LearningRateFactor(string name) =>
        parts.Where(part => part.Trained.ContainsKey(name)).Select(part => part.LearningRateFactor(name)).FirstOrDefault(1);

    public override string? MergeObstacle => parts.Select(part => part.MergeObstacle).FirstOrDefault(obstacle => obstacle is not null);

    public override void Merge()
    {
        base.Merge();
        foreach (var part in parts)
            part.Merge(); // Each forgets what it would take back.
    }

    public override void Dispose()
    {
        foreach (var part in parts)
            part.Dispose();
        base.Dispose();
    }

    internal override JsonObject Describe() =>
        new() { ["peft_type"] = Type, ["parts"] = new JsonArray([.. parts.Select(part => (JsonNode)part.Describe())]) };

    internal override IEnumerable<KeyValuePair<string, Tensor>> Stored() => parts.SelectMany(part => part.Stored());
}

/// <summary>Reads several adapters.</summary>
internal sealed class CombinedFormat : AdapterFormat
{
    public override string PeftType => CombinedAdapter.Type;

    public override Adapter Load(LanguageModel model, AdapterFile file)
    {
        if (file.Config.Json["parts"] is not JsonArray parts || parts.Any(part => part is not JsonObject))
            throw file.Config.Bad("parts is no list of adapters.");
        return new CombinedAdapter(
            model,
            [
                .. parts.Select(
                    (part, i) =>
                    {
                        var inner = file.With(new ConfigJson($"{file.Config.Path}: parts[{i}]", part!.AsObject()));
                        var adapter = Read(model, inner);
                        file.Done(inner);
                        return adapter;
                    }
                ),
            ]
        );
    }
}
