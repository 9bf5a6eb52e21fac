namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>What stands behind <c>is</c>.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Func<object?, Arguments, bool>> All = new(StringComparer.Ordinal)
    {
        ["boolean"] = Of(v => v is bool),
        ["callable"] = Of(v => v is Function or Undefined),
        ["defined"] = Of(v => v is not Undefined),
        ["divisibleby"] = (v, a) =>
            a.Bind("num").Whole(0, 1) is var by && v is long whole && by != 0
                ? by == -1 || whole % by == 0
                : throw a.Bad("needs whole numbers, and not 0"),
        ["eq"] = Equal,
        ["equalto"] = Equal,
        ["even"] = (v, a) => Whole(v, a) % 2 == 0,
        ["false"] = Of(v => v is false),
        ["filter"] = (v, a) => v is Text name && Filters.Has(name.Value),
        ["float"] = Of(v => v is double),
        ["ge"] = Compared(c => c >= 0),
        ["gt"] = Compared(c => c > 0),
        ["greaterthan"] = Compared(c => c > 0),
        ["in"] = (v, a) =>
            Operators.Contains(a.Bind("seq")[0], v, a.Budget)
            ?? throw a.Bad($"cannot look for {Operators.Kind(v)} in {Operators.Kind(a.All[0])}"),
        ["integer"] = Of(v => v is long),
        ["iterable"] = Of(v => Operators.Items(v) is not null),
        ["le"] = Compared(c => c <= 0),
        ["lower"] = Of(v => v is Text text && text.Value.Any(char.IsLetter) && text.Lower().Equals(text)),
        ["lt"] = Compared(c => c < 0),
        ["lessthan"] = Compared(c => c < 0),
        ["mapping"] = Of(v => v is Dict),
        ["ne"] = (v, a) => !Equal(v, a),
        ["none"] = Of(v => v is null),
        ["number"] = Of(v => v is bool or long or double),
        ["odd"] = (v, a) => Whole(v, a) % 2 != 0,
        ["sameas"] = (v, a) =>
            a.Bind("other")[0] is var other
            && (
                v is bool or null || other is bool or null ? Equals(v, other)
                : v is Text or long or double ? Operators.AreEqualScalars(v, other)
                : ReferenceEquals(v, other)
            ),
        ["sequence"] = Of(v => v is Text or List<object?> or TupleValue or Dict or Undefined),
        ["string"] = Of(v => v is Text),
        ["test"] = (v, a) => v is Text name && Has(name.Value),
        ["true"] = Of(v => v is true),
        ["undefined"] = Of(v => v is Undefined),
        ["upper"] = Of(v => v is Text text && text.Value.Any(char.IsLetter) && text.Upper().Equals(text)),
    };

    public static IEnumerable<string> Names => All.Keys.Order(StringComparer.Ordinal);

    public static bool Has(string name) => All.ContainsKey(name);

    /// <summary>Whether a value passes a test.</summary>
    public static bool Apply(string name, object? value, Arguments arguments) =>
        All.TryGetValue(name, out var test) ? test(value, arguments) : throw arguments.Bad("is no test that is supported");

    private static Func<object?, Arguments, bool> Of(Func<object?, bool> test) =>
        (value, arguments) =>
        {
            arguments.Bind();
            return test(value);
        };

    private static bool Equal(object? value, Arguments arguments) =>
        Operators.AreEqual(value, arguments.Bind("other")[0], arguments.Budget);

    private static Func<object?, Arguments, bool> Compared(Func<int, bool> holds) =>
        (value, arguments) =>
            holds(
                Operators.Compare(value, arguments.Bind("other")[0], arguments.Budget)
                    ?? throw arguments.Bad($"cannot compare {Operators.Kind(value)} and {Operators.Kind(arguments.All[0])}")
            );

    private static long Whole(object? value, Arguments arguments) =>
        value is long whole ? whole : throw arguments.Bad($"needs a whole number, got {Operators.Kind(value)}");
}
