using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Binding;

// What is said once for each of several values. Each value is fitted to the type of the place where it stands.
public sealed partial class Binder
{
    private readonly List<EachScope> open = [];
    private int depth;

    private BoundRecord? BindMapping(YamlMapping mapping, RecordModel type, string? nameKey = null)
    {
        if (type.Each is not { } property)
            return BindProperties(mapping, type, nameKey);
        depth++;
        try
        {
            if (mapping[property.Key] is not YamlMapping sweep)
                return BindProperties(mapping, type, nameKey);
            var scope = new EachScope(sweep, open.Count == 0 ? "each" : $"each{open.Count + 1}", mapping);
            CheckEach(sweep, scope);
            mapping = new EachPlaces(vocabulary, type, (key, fault) => Report(Rules.BadSweep, key, fault)).Fill(mapping, scope);
            mapping = EachPlaces.With(mapping, property.Key, EachScope.Renamed(sweep, scope.Axes));
            open.Add(scope);
            try
            {
                return BindProperties(mapping, type, nameKey) is { } bound ? bound with { Each = scope.Parameter } : null;
            }
            finally
            {
                open.RemoveAt(open.Count - 1);
            }
        }
        finally
        {
            depth--;
        }
    }

    private void CheckEach(YamlMapping sweep, EachScope scope)
    {
        foreach (var axis in scope.Axes)
        {
            if (axis.Values.Items.Count == 0)
                Report(Rules.BadSweep, axis.Values, $"'{axis.Key.Value}' has no values, so that nothing would run");
            foreach (var value in axis.Values.Items.GroupBy(ValueLabel.Whole).SelectMany(same => same.Skip(1)))
                Report(Rules.BadSweep, value, $"'{ValueLabel.Whole(value)}' stands in '{axis.Key.Value}' already");
        }

        foreach (var twice in scope.Twice)
            Report(Rules.BadSweep, twice.Key, $"there are values of '{twice.Name}' already");
        if (sweep.Entries.All(entry => entry.Key.Value == "choose"))
            Report(Rules.BadSweep, sweep, "a sweep needs values: write over: {rank: [4, 8]} or seeds: [1, 2, 3]");
    }

    /// <summary>Binds one of several values; false where the node is none.</summary>
    private bool BindEach(YamlNode node, TypeRef type, PropertyModel? property, out BoundValue? bound)
    {
        bound = null;
        if (depth == 0 || type.Kind == TypeKind.Any || node is not YamlScalar scalar)
            return false;
        if (EachScope.NameIn(scalar) is not { } name)
        {
            if (!EachScope.IsPart(scalar))
                return false;
            Report(Rules.BadSweep, scalar, $"{scalar.Description} has ${{each.…}} as a part; it must be the whole value");
            return true;
        }

        var scope = open.LastOrDefault(o => o.Axes.Any(axis => Named(axis, name)));
        if (scope is null)
        {
            var known = open.SelectMany(o => o.Axes).Where(axis => axis.IsUsed || axis.Name == EachScope.Seed).Select(axis => axis.Name);
            Report(Rules.BadSweep, scalar, $"no sweep around this has values of '{name}'{NearestWord.Choice(name, known.Distinct())}");
            return true;
        }

        var (axis, items) = (scope.Axes.First(a => Named(a, name)), new List<BoundValue>());
        foreach (var value in axis.Values.Items)
        {
            var before = problems.Count;
            if (Bind(value, type, property) is { } item)
                items.Add(item);
            // What fits nowhere is told once, wherever it is used.
            for (var i = problems.Count - 1; i >= before; i--)
                if (problems.IndexOf(problems[i]) < before)
                    problems.RemoveAt(i);
        }

        bound = items.Count == axis.Values.Items.Count ? new BoundEach(node, scope.Parameter, axis.Name, type, items) : null;
        return true;

        static bool Named(EachAxis axis, string name) => axis.Key.Value == name || axis.Name == name;
    }
}
