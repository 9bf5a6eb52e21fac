using System.Buffers;
using System.Globalization;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Groups, rounds and sweeps written out: a pipeline as one list of steps, each behind those that it needs. Everything behind it knows
/// steps only. The compiler has checked what the YAML says; what <c>--set</c> and C# say is checked here, before anything runs.
/// </summary>
internal sealed class Unrolling
{
    // Folders are called as steps, and brackets are a cell's own.
    private static readonly SearchValues<char> InNoFolder = SearchValues.Create("/\\[]\0");

    private readonly List<(UnrolledStep Step, UnrolledScope Scope)> leaves = [];

    private Unrolling() { }

    /// <summary>The steps in the order that they run in.</summary>
    /// <exception cref="RunException">A name is no step's, or one's that makes something else; or steps wait for each other.</exception>
    public static IReadOnlyList<UnrolledStep> Of(Pipeline pipeline)
    {
        var unrolling = new Unrolling();
        var root = new UnrolledScope(null, "", "");
        foreach (var (name, step) in pipeline.Steps)
            unrolling.Add(root, name, step, "", isLast: true);
        var made = unrolling.leaves.ToDictionary(leaf => leaf.Step.Name, leaf => leaf.Step.Step.Verb.Makes.Kind);
        return Order([.. unrolling.leaves.Select(leaf => Resolve(leaf.Step, leaf.Scope, made))], pipeline.Name);
    }

    /// <summary>Writes out what stands in a place of a scope.</summary>
    private void Add(UnrolledScope scope, string name, PipelineStep step, string cell, bool isLast)
    {
        var (place, path) = (new UnrolledPlace(scope.Prefix + name, step.Sweep?.Choose, step.Repeat is not null), scope.Path + name);
        if (name.Contains('.', StringComparison.Ordinal) || name.AsSpan().ContainsAny(InNoFolder))
            throw new RunException($"'{place.Name}' is no name of a step: it may not have dots, / or brackets.");
        scope.Places.Add(name, place);
        foreach (var (at, swept) in Cells(step, place.Name))
        {
            var rounds = new List<UnrolledScope>();
            var within = Join(cell, at?.Name ?? "");
            for (var round = 1; round <= (swept.Repeat?.Rounds ?? 1); round++)
            {
                var called = at is null ? place.Name : $"{place.Name}[{at.Name}]";
                if (swept.Repeat is not null)
                    called += $".{round.ToString(CultureInfo.InvariantCulture)}";
                var last = isLast && round == (swept.Repeat?.Rounds ?? 1);
                var inner = new UnrolledScope(scope, $"{called}.", $"{path}.");
                foreach (var (key, value) in swept.Repeat?.Carry ?? new Dictionary<string, string>())
                    inner.Carried.Add(key, rounds.Count == 0 ? null : Carried(rounds[^1], path, key, value, name));
                if (swept.Verb.Group is { } group)
                {
                    foreach (var (part, one) in group)
                        Add(inner, part, one, within, last);
                }
                else
                {
                    inner.Leaf = called;
                    leaves.Add((new UnrolledStep(called, swept with { Repeat = null, Sweep = null }, path, within, last), inner));
                }

                rounds.Add(inner);
            }

            place.Cells.Add((at, rounds));
        }

        if (place.Choose is { } choose)
            leaves.Add((Chooser(place, choose, path, cell, isLast), new UnrolledScope(scope, "", "")));
    }

    private static List<(Cell? At, PipelineStep Step)> Cells(PipelineStep step, string name)
    {
        if (step.Sweep is not { } sweep)
            return [(null, step)];
        if (sweep.Step is not { } of || sweep.Cells is not [_, ..] cells)
            throw new RunException($"{name}: a sweep is made by PipelineStep.Swept, with at least one value in each of its lists.");
        if (step with { Sweep = null } != sweep.First! with { Sweep = null })
            throw new RunException($"{name}: a swept step is changed by its method Change, which changes each of its cells.");
        if (
            cells.Select(cell => cell.Name).FirstOrDefault(called => called.Length > 200 || called.AsSpan().ContainsAny(InNoFolder)) is
            { } odd
        )
            throw new RunException($"{name}: '{odd}' would name a folder; call the values by short names without / and brackets.");
        if (cells.GroupBy(cell => cell.Name).FirstOrDefault(alike => alike.Count() > 1) is { Key: var twice })
            throw new RunException($"{name}: two cells are called [{twice}]; give each value a name of its own, and each seed once.");
        var steps = cells.Select(cell => (At: (Cell?)cell, Step: of(cell))).ToList();
        var same = steps
            .GroupBy(one => DefinitionJson.Write(one.Step with { Repeat = null, Sweep = null })!.ToJsonString())
            .FirstOrDefault(alike => alike.Count() > 1);
        return same is null
            ? steps
            : throw new RunException(
                $"{name}: the cells {string.Join(" and ", same.Select(one => $"[{one.At!.Name}]"))} are the same step."
            );
    }

    /// <summary>What a carried name means behind a round.</summary>
    private static Func<Needed> Carried(UnrolledScope round, string path, string key, string value, string name) =>
        () =>
            (
                round.Leaf is { } leaf && value == name ? new Needed(leaf)
                : round.Leaf is null && round.Within(value.Split('.'), isOne: true) is [(_, var only)] ? only
                : null
            ) ?? throw new RunException($"{path}.repeat.carry: '{key}: {value}' names no one result of a round{Choice(value, round)}");

    private static string Choice(string value, UnrolledScope round) => NearestWord.Choice(value, round.Places.Keys);

    /// <summary>The step that chooses a cell, once all are there.</summary>
    private UnrolledStep Chooser(UnrolledPlace place, Choose choose, string path, string cell, bool isLast)
    {
        var (measured, metric) = choose.Parts;
        var cells = place.Cells.ToDictionary(
            c => c.Cell!.Name,
            c =>
                c.Rounds[^1].Leaf is { } leaf && measured.Length == 0 ? new Needed(leaf)
                : c.Rounds[^1].Leaf is null && c.Rounds[^1].Within(measured.Split('.'), isOne: true) is [(_, { Cells: null } only)] ? only
                : throw new RunException($"{path}.sweep.choose: '{choose.By}' names no one model in it{Choice(measured, c.Rounds[^1])}")
        );
        var chooser = new Chooser
        {
            By = metric,
            Models = [.. cells.Keys.Select(name => $"${name}")],
            Cells = [.. place.Cells.Select(c => c.Cell!)],
            Makers = [.. cells.Values.Select(c => leaves.First(leaf => leaf.Step.Name == c.Step).Step.Step.Verb)],
        };
        return new UnrolledStep(place.Name, new PipelineStep { Verb = chooser }, path, cell, isLast) { Needs = cells };
    }

    /// <summary>Finds what the names in a step mean. A name of several results becomes several names where a list is read.</summary>
    private static UnrolledStep Resolve(UnrolledStep step, UnrolledScope scope, Dictionary<string, string> made)
    {
        var needs = step.Needs.ToDictionary();
        var verb = step.Step.Verb;
        foreach (var results in step.Step.Verb.Named())
        {
            var names = new List<string>();
            var isOne = results.IsOne;
            foreach (var named in results.Names)
            {
                if (!named.StartsWith('$'))
                {
                    names.Add(named);
                    continue;
                }

                var place = $"{step.Name}.{results.Place}";
                var found = step.Needs.GetValueOrDefault(named[1..]) is { } known ? [("", known)] : Found(scope, named[1..], isOne, place);
                if (isOne && found.Count != 1)
                    throw new RunException(
                        found.Count == 0
                            ? $"{place}: in the first round there is no '{named}'."
                            : $"{place}: '{named}' is {found.Count} results, one for each cell of its sweep, where one is expected; say "
                                + "which by 'choose'."
                    );
                foreach (var (cell, needed) in found)
                {
                    var kind = made[needed.Names.Last()];
                    if (kind != results.Wanted.Kind && kind != results.Wanted.Or)
                        throw new RunException($"{place}: '{named}' makes '{kind}' where '{results.Wanted.Kind}' is expected.");
                    var name = isOne || cell.Length == 0 ? named : $"{named}[{cell}]";
                    needs[name[1..]] = needed;
                    names.Add(name);
                }
            }

            if (!isOne && !names.SequenceEqual(results.Names))
                verb = names.Count > 0 ? results.With(verb, names) : throw Nothing(step, results.Place);
        }

        return step with
        {
            Step = step.Step with { Verb = verb },
            Needs = needs,
        };
    }

    private static RunException Nothing(UnrolledStep step, string property) =>
        new($"{step.Name}.{property}: in the first round none of its names has a result.");

    private static IReadOnlyList<(string Cell, Needed Needed)> Found(UnrolledScope scope, string named, bool isOne, string place)
    {
        try
        {
            return scope.Find(named, isOne)
                ?? throw new RunException($"there is no step '{named}'{NearestWord.Choice(named, scope.Visible.Distinct())}");
        }
        catch (RunException e)
        {
            throw new RunException($"{place}: {e.Message}", e);
        }
    }

    /// <summary>The steps, each behind those that it needs, and else as they stand.</summary>
    private static List<UnrolledStep> Order(IReadOnlyList<UnrolledStep> steps, string pipeline)
    {
        var byName = steps.ToDictionary(step => step.Name);
        var (done, order, open) = (new HashSet<string>(), new List<UnrolledStep>(), new List<string>());
        foreach (var step in steps)
            Visit(step);
        return order;

        void Visit(UnrolledStep step)
        {
            if (open.Contains(step.Name))
            {
                var circle = string.Join(" -> ", open.SkipWhile(n => n != step.Name).Append(step.Name));
                throw new RunException($"pipeline '{pipeline}': {circle} wait for each other.");
            }

            if (!done.Add(step.Name))
                return;
            open.Add(step.Name);
            foreach (var needed in step.Needs.Values.SelectMany(need => need.Names))
                Visit(byName[needed]);
            open.Remove(step.Name);
            order.Add(step);
        }
    }

    private static string Join(string outer, string inner) => outer.Length == 0 || inner.Length == 0 ? outer + inner : $"{outer},{inner}";
}
