using System.Globalization;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>What a name in a pipeline means: a step, and perhaps several cells of it; or why it means nothing.</summary>
/// <param name="Step">The step; null where there is none.</param>
/// <param name="IsMissing">Whether no step has the name.</param>
/// <param name="Fault">What is wrong, behind "there is no step" where it is missing; null where nothing is.</param>
internal sealed record NamedStep(BoundStep? Step, bool IsMissing, string? Fault)
{
    /// <summary>The values of the sweeps that the name goes into; one without values where nothing is swept.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Cells { get; init; } =
    [
        [],
    ];

    /// <summary>What chooses one of them is missing.</summary>
    public bool IsSeveral { get; init; }

    /// <summary>The step or group whose <c>carry</c> the name is of; null where it is none.</summary>
    public BoundStep? CarriedBy { get; init; }

    /// <summary>Looks a name up where a step reads it: in what is carried, among its siblings, then outward.</summary>
    /// <param name="reader">The step that reads.</param>
    /// <param name="named">The name, without its sign.</param>
    /// <param name="steps">The pipeline's steps.</param>
    public static NamedStep Of(BoundStep reader, string named, IReadOnlyList<BoundStep> steps)
    {
        var names = named.Split('.');
        var visible = new List<string>();
        for (BoundStep? at = reader; at is not null; at = at.Group)
        {
            if (names.Length == 1 && at.Carry.FirstOrDefault(c => c.Key.Value == named) is { } carried)
                return Within(at, carried.Value is Binding.BoundScalar { Value: string value } ? value : "") with { CarriedBy = at };
            visible.AddRange(at.Carry.Select(c => c.Key.Value));
            var siblings = at.Group?.Steps ?? steps;
            visible.AddRange(siblings.Select(s => s.Name));
            if (siblings.FirstOrDefault(s => s.Name == names[0]) is not { } found)
                continue;
            return found == at && names.Length > 1
                ? new NamedStep(null, false, $"'${named}' stands in '{names[0]}' itself; write ${string.Join(".", names.Skip(1))}")
                : Descend(found, names, 1, named);
        }

        return new NamedStep(null, true, NearestWord.Choice(named, visible.Distinct()));
    }

    /// <summary>Looks a name up from outside.</summary>
    public static NamedStep Of(string[] names, IReadOnlyList<BoundStep> steps) =>
        steps.FirstOrDefault(s => s.Name == names[0]) is { } found
            ? Descend(found, names, 1, string.Join(".", names))
            : new NamedStep(null, true, NearestWord.Choice(names[0], steps.Select(s => s.Name)));

    /// <summary>What a result of a step or group is called in it: the step's own name, or one of the group's.</summary>
    public static NamedStep Within(BoundStep at, string named) =>
        !at.IsGroup && named == at.Name ? new NamedStep(at, false, null)
        : at.Steps.FirstOrDefault(s => s.Name == named.Split('.')[0]) is { } found ? Descend(found, named.Split('.'), 1, named)
        : new NamedStep(null, true, NearestWord.Choice(named, at.IsGroup ? at.Steps.Select(s => s.Name) : [at.Name]));

    private static NamedStep Descend(BoundStep step, string[] names, int next, string whole)
    {
        if (
            next < names.Length
            && step.Repeat is not null
            && long.TryParse(names[next], NumberStyles.None, CultureInfo.InvariantCulture, out var round)
        )
        {
            if (round < 1 || round > step.Rounds)
                return new NamedStep(null, false, $"'${whole}': '{step.Name}' has the rounds 1 to {step.Rounds}");
            next++;
        }

        if (next == names.Length)
            return step.IsGroup ? new NamedStep(null, false, Results(step, whole)) : Swept(new NamedStep(step, false, null), step);
        if (!step.IsGroup)
            return new NamedStep(null, false, $"'${whole}': '{step.Name}' is no group, and has no '{names[next]}'");
        return step.Steps.FirstOrDefault(s => s.Name == names[next]) is { } inner
            ? Swept(Descend(inner, names, next + 1, whole), step)
            : new NamedStep(null, true, $" in '{step.Path}'{NearestWord.Choice(names[next], step.Steps.Select(s => s.Name))}");
    }

    private static NamedStep Swept(NamedStep named, BoundStep step) =>
        step.Sweep is null
            ? named
            : named with
            {
                Cells = [.. step.Cells.SelectMany(cell => named.Cells.Select(inner => (IReadOnlyList<string>)[.. cell, .. inner]))],
                IsSeveral = named.IsSeveral || step.Choose is null,
            };

    private static string Results(BoundStep group, string whole)
    {
        var results = group.Leaves.Select(leaf =>
            $"${whole}{leaf.Path.Substring(group.Path.Length)} ({(leaf.Makes is { } made ? StepGraph.Article(made.Kind) : "a result")})"
        );
        return $"'${whole}' is a group and no result; it has {string.Join(", ", results)}";
    }
}
