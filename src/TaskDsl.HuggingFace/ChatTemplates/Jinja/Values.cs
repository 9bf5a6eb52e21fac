using System.Diagnostics.CodeAnalysis;

namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

// A value is null (none), bool, long, double, Text, List<object?>, TupleValue, Dict, Namespace, Function, Loop or Undefined.

/// <summary>What a name has that nothing was assigned to.</summary>
/// <param name="Name">What was looked for.</param>
internal sealed record Undefined(string Name);

/// <summary>A tuple.</summary>
internal sealed class TupleValue(object?[] items)
{
    public object?[] Items { get; } = items;
}

/// <summary>A dictionary in the order of its keys' arrival.</summary>
internal sealed class Dict
{
    private readonly OrderedDictionary<Key, object?> items = [];

    public int Count => items.Count;

    public IEnumerable<object?> Keys => items.Keys.Select(k => k.Value);

    public IEnumerable<object?> Values => items.Values;

    public IEnumerable<(object? Key, object? Value)> Items => items.Select(i => (i.Key.Value, i.Value));

    public object? this[object? key]
    {
        set => items[new Key(key)] = value;
    }

    public bool TryGet(object? key, out object? value) => items.TryGetValue(new Key(key), out value);

    public bool Has(object? key) => items.ContainsKey(new Key(key));

    /// <summary>Whether a value can be a key here; tuples can be in Python, and no template needs it.</summary>
    public static bool IsKey(object? value) => value is null or bool or long or double or Text;

    private readonly record struct Key(object? Value)
    {
        public bool Equals(Key other) => Operators.AreEqualScalars(Value, other.Value);

        public override int GetHashCode() =>
            Value switch
            {
                Text text => text.GetHashCode(),
                _ => Operators.Number(Value)?.GetHashCode() ?? 0,
            };
    }
}

/// <summary>What <c>namespace()</c> makes: attributes that can be assigned from inside of loops.</summary>
internal sealed class Namespace
{
    public Dict Attributes { get; } = new();
}

/// <summary>What can be called.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Invoke">What it does.</param>
internal sealed record Function(string Name, Func<Arguments, object?> Invoke);

/// <summary><c>loop</c>, inside of a loop.</summary>
internal sealed class Loop(List<object?> items, Budget budget)
{
    private object? last;
    private bool changed;

    public int Index { get; set; }

    /// <summary>An attribute; false where there is none of this name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out object? value)
    {
        value = name switch
        {
            "index" => Index + 1L,
            "index0" => (long)Index,
            "revindex" => (long)items.Count - Index,
            "revindex0" => (long)items.Count - Index - 1,
            "first" => Index == 0,
            "last" => Index == items.Count - 1,
            "length" => (long)items.Count,
            "depth" => 1L,
            "depth0" => 0L,
            "previtem" => Index > 0 ? items[Index - 1] ?? Constants.None : new Undefined("there is no previous item"),
            "nextitem" => Index + 1 < items.Count ? items[Index + 1] ?? Constants.None : new Undefined("there is no next item"),
            "cycle" => new Function("loop.cycle", arguments =>
                arguments.All.Count > 0 ? arguments.All[Index % arguments.All.Count] : throw arguments.Bad("needs at least one item")
            ),
            "changed" => new Function("loop.changed", arguments => Changed(arguments)),
            _ => null,
        };
        return value is not null;
    }

    private bool Changed(Arguments arguments)
    {
        var now = new TupleValue([.. arguments.All]);
        if (changed && Operators.AreEqual(last, now, budget))
            return false;
        (changed, last) = (true, now);
        return true;
    }
}

/// <summary>Values that C# has no object for.</summary>
internal static class Constants
{
    /// <summary>None where null would mean "not there".</summary>
    public static object None { get; } = new();
}

/// <summary>What a function, a filter or a test was given.</summary>
/// <param name="At">Where.</param>
/// <param name="Callee">To what, for errors.</param>
/// <param name="All">By position.</param>
/// <param name="Named">By name.</param>
/// <param name="Budget">What the rendering may still cost.</param>
internal sealed record Arguments(
    Position At,
    string Callee,
    IReadOnlyList<object?> All,
    IReadOnlyList<(string Id, object? Value)> Named,
    Budget Budget
)
{
    /// <summary>The arguments in the order of their parameters.</summary>
    /// <param name="names">The parameters' names; those that end with <c>?</c> may be missing.</param>
    public Bound Bind(params ReadOnlySpan<string> names)
    {
        if (All.Count > names.Length)
            throw Bad($"takes at most {names.Length} argument(s), got {All.Count}");
        var (values, given) = (new object?[names.Length], new bool[names.Length]);
        for (var i = 0; i < All.Count; i++)
            (values[i], given[i]) = (All[i], true);
        foreach (var (id, value) in Named)
        {
            var at = -1;
            for (var i = 0; i < names.Length && at < 0; i++)
                if (names[i].TrimEnd('?') == id)
                    at = i;
            if (at < 0)
                throw Bad($"has no argument '{id}'");
            if (given[at])
                throw Bad($"got '{id}' twice");
            (values[at], given[at]) = (value, true);
        }

        for (var i = 0; i < names.Length; i++)
            if (!given[i] && !names[i].EndsWith('?'))
                throw Bad($"needs '{names[i]}'");
        return new Bound(this, values, given);
    }

    public JinjaException Bad(string problem) => new(At, $"{Callee} {problem}.");
}

/// <summary>Arguments in the order of their parameters.</summary>
internal sealed record Bound(Arguments Of, object?[] Values, bool[] Given)
{
    public object? this[int index] => Values[index];

    public object? Or(int index, object? otherwise) => Given[index] ? Values[index] : otherwise;

    public Text Text(int index, string otherwise = "") =>
        !Given[index] ? otherwise : Values[index] as Text ?? throw Of.Bad($"needs a text, got {Operators.Kind(Values[index])}");

    /// <summary>A text; null where it is none or not given.</summary>
    public string? TextOrNull(int index) => Given[index] && Values[index] is not null ? Text(index).Value : null;

    public long Whole(int index, long otherwise) =>
        !Given[index]
            ? otherwise
            : Values[index] switch
            {
                long whole => whole,
                bool truth => truth ? 1 : 0,
                var other => throw Of.Bad($"needs a whole number, got {Operators.Kind(other)}"),
            };

    public bool Truth(int index) => Given[index] && Operators.IsTrue(Values[index]);
}

/// <summary>What a rendering may cost, so that no template runs for ever or fills the memory.</summary>
internal sealed class Budget
{
    private long left = 20_000_000;

    /// <summary>Where the rendering is.</summary>
    public Position At { get; set; } = new(1, 1);

    /// <summary>Takes a step, and one more per character or item that it makes.</summary>
    public void Spend(long made = 0)
    {
        left -= 1 + made;
        if (left < 0)
            throw new JinjaException(At, "the template takes too long or makes too much text; it was stopped.");
    }
}
