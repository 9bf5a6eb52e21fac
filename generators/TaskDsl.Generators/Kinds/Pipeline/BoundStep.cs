using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>A step of a pipeline, or a group of steps.</summary>
/// <param name="key">Its name.</param>
/// <param name="value">The step.</param>
/// <param name="group">The group that it stands in; null for none.</param>
internal sealed class BoundStep(YamlScalar key, BoundRecord value, BoundStep? group)
{
    private IReadOnlyList<BoundStep>? steps;

    public YamlScalar Key { get; } = key;

    public BoundRecord Value { get; } = value;

    public BoundStep? Group { get; } = group;

    public string Name => Key.Value;

    /// <summary>Its name behind those of the groups that it stands in.</summary>
    public string Path => Group is null ? Name : $"{Group.Path}.{Name}";

    /// <summary>What it does; null where that does not fit.</summary>
    public BoundRecord? Verb => Value.Properties.FirstOrDefault(p => p.Property.IsInline)?.Value as BoundRecord;

    /// <summary>What it makes; null where it does not say, and for a group.</summary>
    public ResultModel? Makes => Verb?.Type.Makes;

    /// <summary>Whether it is a group of steps.</summary>
    public bool IsGroup => Verb is { Type: { IsMap: true } type } && type.Properties[0].Type.Element?.Name == Value.Type.Name;

    /// <summary>The steps of a group; none for a step.</summary>
    public IReadOnlyList<BoundStep> Steps =>
        steps ??= IsGroup && Verb!.Properties is [{ Value: BoundMap all }] ? Of(all.Entries, this) : [];

    /// <summary>It, or the steps of a group and of the groups in it.</summary>
    public IEnumerable<BoundStep> Leaves => IsGroup ? Steps.SelectMany(step => step.Leaves) : [this];

    /// <summary>The texts that name results of others, or what may stand in their place, in its words' properties too.</summary>
    public IEnumerable<(PropertyModel Property, BoundScalar Named)> Named =>
        from record in IsGroup ? [] : Verb?.All.OfType<BoundRecord>() ?? []
        from given in record.Properties
        where given.Property.Result is not null
        from item in given.Value is BoundList list ? list.Items : [given.Value]
        from named in item is BoundEach each ? each.Items : [item]
        where named is BoundScalar
        select (given.Property, (BoundScalar)named);

    /// <summary>The task of the examples or the index that it makes; null where it makes none, or those of several.</summary>
    public string? Task => (Verb?["task"] as BoundReference)?.Name;

    /// <summary>The recipes that it may run.</summary>
    public IEnumerable<BoundReference> Recipes =>
        (Verb?.Properties.Select(p => p.Value) ?? [])
            .SelectMany(value => value is BoundEach each ? each.Items : [value])
            .OfType<BoundReference>()
            .Where(r => r.Kind == "recipe");

    /// <summary>How often it is done; null where it is done once.</summary>
    public BoundRecord? Repeat => Value["repeat"] as BoundRecord;

    /// <summary>How many rounds it has.</summary>
    public long Rounds =>
        (Repeat?["rounds"] as BoundScalar)?.Value is long rounds ? rounds
        : Repeat is null ? 1
        : long.MaxValue;

    /// <summary>What is read otherwise from the second round on.</summary>
    public IReadOnlyList<BoundEntry> Carry => Repeat?.Entries("carry") ?? [];

    /// <summary>What it is done with; null where that is what it says.</summary>
    public BoundRecord? Sweep => Value["sweep"] as BoundRecord;

    /// <summary>What chooses among the cells of the sweep; null where nothing does.</summary>
    public BoundScalar? Choose => (Sweep?["choose"] as BoundRecord)?["by"] as BoundScalar;

    /// <summary>The names of a sweep's cells, as values of each axis; where one setting is chosen, those of its seeds.</summary>
    public IEnumerable<IReadOnlyList<string>> Cells
    {
        get
        {
            IEnumerable<IReadOnlyList<string>> cells =
            [
                [],
            ];
            foreach (var axis in Choose is null ? Sweep?.Entries("over") ?? [] : [])
                if (axis.Value is BoundList values)
                    cells = cells.SelectMany(cell =>
                        values.Items.OfType<BoundAny>().Select(any => (IReadOnlyList<string>)[.. cell, $"{axis.Key.Value}={any.Text}"])
                    );
            if (Sweep?.Items("seeds") is { Count: > 0 } seeds)
                cells = cells.SelectMany(cell =>
                    seeds.OfType<BoundScalar>().Select(seed => (IReadOnlyList<string>)[.. cell, $"{EachScope.Seed}={seed.Value}"])
                );
            return cells;
        }
    }

    /// <summary>The steps of a map.</summary>
    public static IReadOnlyList<BoundStep> Of(IReadOnlyList<BoundEntry> entries, BoundStep? group) =>
        [.. entries.Select(e => e.Value is BoundRecord value ? new BoundStep(e.Key, value, group) : null).OfType<BoundStep>()];

    /// <summary>The name behind a $; null where there is none.</summary>
    public static string? StepOf(BoundScalar named) =>
        named.Scalar.Value.StartsWith("$", StringComparison.Ordinal) ? named.Scalar.Value.Substring(1) : null;
}
