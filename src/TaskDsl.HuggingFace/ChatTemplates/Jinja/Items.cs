namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>What <c>.</c> and <c>[]</c> find.</summary>
internal static class Items
{
    /// <summary><c>value.name</c>: Jinja looks among the methods first, then among the items.</summary>
    public static object? Dot(object? value, string name) =>
        TryAttribute(value, name, out var found) ? found : Item(value, new Text(name), methods: false);

    /// <summary><c>value[index]</c>: items first, then methods.</summary>
    public static object? Item(object? value, object? index, bool methods = true)
    {
        switch (value, index)
        {
            case (Dict dict, _) when Dict.IsKey(index) && dict.TryGet(index, out var item):
                return item;
            case (Text text, long or bool):
                var characters = text.Count == text.Value.Length ? null : text.Characters();
                return At(index, text.Count) is not { } at ? new Undefined("there is no such character")
                    : characters is null ? text.Part(at, 1)
                    : characters[at];
            case (_, long or bool) when Operators.Sequence(value) is { } items:
                return At(index, items.Count) is { } i ? items[i] : new Undefined("there is no such item");
            case (_, Text name) when methods:
                return Attribute(value, name.Value);
            default:
                return new Undefined(
                    index is Text id ? $"{Operators.Kind(value)} has no '{id}'" : $"{Operators.Kind(value)} has no such item"
                );
        }
    }

    /// <summary>A method or a property.</summary>
    public static object? Attribute(object? value, string name) =>
        TryAttribute(value, name, out var found) ? found : new Undefined($"{Operators.Kind(value)} has no '{name}'");

    private static bool TryAttribute(object? value, string name, out object? found)
    {
        found = value switch
        {
            Namespace space => space.Attributes.TryGet(new Text(name), out var item) ? item ?? Constants.None : null,
            Loop loop => loop.TryGet(name, out var item) ? item : null,
            Text or Dict or List<object?> or TupleValue => Methods.Find(value, name),
            _ => null,
        };
        if (found is null)
            return false;
        if (ReferenceEquals(found, Constants.None))
            found = null;
        return true;
    }

    /// <summary>An item by a path: <c>function.name</c>, <c>0.role</c>.</summary>
    public static object? Path(object? value, string path)
    {
        foreach (var part in path.Split('.'))
            value = Item(
                value,
                long.TryParse(
                    part,
                    System.Globalization.NumberStyles.None,
                    System.Globalization.CultureInfo.InvariantCulture,
                    out var index
                )
                    ? index
                    : new Text(part)
            );
        return value;
    }

    /// <summary><c>value[from:to:step]</c>, by Python's rules.</summary>
    public static object? Cut(object? value, long? from, long? to, long step, Position at, Budget budget)
    {
        if (step == 0)
            throw new JinjaException(at, "the step of a slice cannot be 0.");
        if (step == 1 && value is Text whole && whole.Count == whole.Value.Length)
        {
            var (begin, end) = (Clamp(from, 0, whole.Count, 0, whole.Count), Clamp(to, whole.Count, whole.Count, 0, whole.Count));
            return whole.Part((int)begin, (int)Math.Max(0, end - begin));
        }

        var items = value is Text text
            ? text.Characters()
            : Operators.Sequence(value) ?? throw new JinjaException(at, $"{Operators.Kind(value)} cannot be sliced.");
        budget.Spend(items.Count);
        var (low, high) = step > 0 ? (0L, (long)items.Count) : (-1L, items.Count - 1L);
        var (first, last) = (
            Clamp(from, step > 0 ? low : high, items.Count, low, high),
            Clamp(to, step > 0 ? high : low, items.Count, low, high)
        );
        var cut = new List<object?>();
        for (var i = first; step > 0 ? i < last : i > last; i += Math.Clamp(step, -items.Count - 1L, items.Count + 1L))
            cut.Add(items[(int)i]);
        return value switch
        {
            Text => Text.Concat([.. cut.Select(c => (Text)c!)]),
            TupleValue => new TupleValue([.. cut]),
            _ => cut,
        };
    }

    private static long Clamp(long? index, long otherwise, int count, long low, long high) =>
        index is not { } given ? otherwise : Math.Clamp(given < 0 ? given + count : given, low, high);

    private static int? At(object? index, int count)
    {
        var at = index is bool truth
            ? truth
                ? 1
                : 0
            : (long)index!;
        if (at < 0)
            at += count;
        return at >= 0 && at < count ? (int)at : null;
    }
}
