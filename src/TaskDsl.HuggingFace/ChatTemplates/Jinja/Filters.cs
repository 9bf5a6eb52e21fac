namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>What stands behind <c>|</c>.</summary>
internal static partial class Filters
{
    private static readonly Dictionary<string, Func<object?, Arguments, object?>> All = new(StringComparer.Ordinal)
    {
        ["abs"] = Plain(
            (v, a) =>
                v switch
                {
                    long and > long.MinValue and var whole => (object)Math.Abs(whole),
                    double real => Math.Abs(real),
                    _ => throw Needs("a number", v, a),
                }
        ),
        ["attr"] = (v, a) => Items.Attribute(v, a.Bind("name").Text(0).Value),
        ["capitalize"] = Plain((v, a) => Print(v, a).Capitalize()),
        ["count"] = Plain((v, a) => Length(v, a)),
        ["d"] = Default,
        ["default"] = Default,
        ["dictsort"] = DictSort,
        ["first"] = Plain((v, a) => List(v, a) is [var first, ..] ? first : new Undefined("there is no first item")),
        ["float"] = (v, a) => ToFloat(v, a),
        ["indent"] = Indent,
        ["int"] = (v, a) => ToInt(v, a),
        ["items"] = Plain(
            (v, a) =>
                v switch
                {
                    Undefined => new List<object?>(),
                    Dict dict => Pairs(dict),
                    _ => throw Needs("a dictionary", v, a),
                }
        ),
        ["join"] = Join,
        ["last"] = Plain((v, a) => List(v, a) is [.., var last] ? last : new Undefined("there is no last item")),
        ["length"] = Plain((v, a) => Length(v, a)),
        ["list"] = Plain((v, a) => (List<object?>)[.. List(v, a)]),
        ["lower"] = Plain((v, a) => Print(v, a).Lower()),
        ["map"] = (v, a) => List(v, a).ConvertAll(Mapping(a)),
        ["max"] = (v, a) => Extreme(v, a, 1),
        ["min"] = (v, a) => Extreme(v, a, -1),
        ["reject"] = (v, a) => List(v, a).FindAll(i => !Passes(i, a, 0)),
        ["rejectattr"] = (v, a) => List(v, a).FindAll(i => !Passes(AttributeOf(i, a), a, 1)),
        ["replace"] = (v, a) =>
            a.Bind("old", "new", "count?") is var b
                ? Print(v, a)
                    .Replace(Print(b[0], a), Print(b[1], a), b.Or(2, null) is null ? -1 : (int)Math.Clamp(b.Whole(2, -1), -1, int.MaxValue))
                : null,
        ["reverse"] = Plain((v, a) => v is Text text ? Reverse(text) : Enumerable.Reverse(List(v, a)).ToList()),
        ["round"] = Round,
        ["safe"] = Plain((v, a) => Print(v, a)),
        ["select"] = (v, a) => List(v, a).FindAll(i => Passes(i, a, 0)),
        ["selectattr"] = (v, a) => List(v, a).FindAll(i => Passes(AttributeOf(i, a), a, 1)),
        ["sort"] = (v, a) =>
            a.Bind("reverse?", "case_sensitive?", "attribute?") is var b
                ? Sorted(List(v, a), a, i => b.TextOrNull(2) is { } name ? Items.Path(i, name) : i, !b.Truth(1), b.Truth(0))
                : null,
        ["string"] = Plain((v, a) => Print(v, a)),
        ["sum"] = Sum,
        ["title"] = Plain((v, a) => Print(v, a).Title(c => Text.IsSpace(c) || c is '-' or '(' or '{' or '[' or '<')),
        ["tojson"] = ToJson,
        ["trim"] = (v, a) => Print(v, a).Trim(a.Bind("chars?").TextOrNull(0)),
        ["unique"] = Unique,
        ["upper"] = Plain((v, a) => Print(v, a).Upper()),
        ["wordcount"] = Plain((v, a) => (long)Print(v, a).Split(null, -1).Count),
    };

    public static IEnumerable<string> Names => All.Keys.Order(StringComparer.Ordinal);

    public static bool Has(string name) => All.ContainsKey(name);

    public static object? Apply(string name, object? value, Arguments arguments)
    {
        arguments.Budget.Spend(Cost(value));
        return All.TryGetValue(name, out var filter) ? filter(value, arguments) : throw arguments.Bad("is no filter that is supported");
    }

    /// <summary>A dictionary's keys and values as pairs.</summary>
    public static List<object?> Pairs(Dict dict) => [.. dict.Items.Select(i => new TupleValue([i.Key, i.Value]))];

    /// <summary>What going through a value costs.</summary>
    public static long Cost(object? value) =>
        value switch
        {
            Text text => text.Value.Length,
            Dict dict => dict.Count,
            _ => Operators.Sequence(value)?.Count ?? 0,
        };

    /// <summary>A filter without arguments.</summary>
    private static Func<object?, Arguments, object?> Plain(Func<object?, Arguments, object?> filter) =>
        (value, arguments) =>
        {
            arguments.Bind();
            return filter(value, arguments);
        };

    private static Text Print(object? value, Arguments arguments) => PythonText.Print(value, arguments.At, arguments.Budget);

    private static List<object?> List(object? value, Arguments arguments) =>
        Operators.Items(value) ?? throw Needs("a list", value, arguments);

    private static JinjaException Needs(string what, object? value, Arguments arguments) =>
        arguments.Bad($"needs {what}, got {Operators.Kind(value)}");

    private static long Length(object? value, Arguments arguments) =>
        value switch
        {
            Text text => text.Count,
            Dict dict => dict.Count,
            Undefined => 0,
            _ => Operators.Sequence(value)?.Count ?? throw Needs("a text, a list or a dictionary", value, arguments),
        };

    private static object? Default(object? value, Arguments arguments)
    {
        var bound = arguments.Bind("default_value?", "boolean?");
        return value is Undefined || (bound.Truth(1) && !Operators.IsTrue(value)) ? bound.Or(0, Text.Empty) : value;
    }

    private static Text Indent(object? value, Arguments arguments)
    {
        var bound = arguments.Bind("width?", "first?", "blank?");
        var width = bound.Or(0, 4L) is Text given ? given : new Text(new string(' ', (int)Math.Clamp(bound.Whole(0, 4), 0, 1000)));
        var lines = ((value as Text) ?? throw Needs("a text", value, arguments))
            .Replace("\r\n", "\n", -1)
            .Replace("\r", "\n", -1)
            .Split("\n", -1);
        var builder = new TextBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            var line = (Text)lines[i]!;
            if (i > 0)
                builder.Append("\n");
            if (i == 0 ? bound.Truth(1) : bound.Truth(2) || line.Value.Length > 0)
                builder.Append(width);
            arguments.Budget.Spend(width.Value.Length);
            builder.Append(line);
        }

        return builder.ToText();
    }

    private static Text Join(object? value, Arguments arguments)
    {
        var bound = arguments.Bind("d?", "attribute?");
        var separator = Print(bound.Or(0, Text.Empty), arguments);
        var builder = new TextBuilder();
        foreach (var (item, i) in List(value, arguments).Select((v, i) => (v, i)))
        {
            if (i > 0)
                builder.Append(separator);
            builder.Append(Print(bound.TextOrNull(1) is { } name ? Items.Path(item, name) : item, arguments));
            arguments.Budget.Spend(separator.Value.Length);
        }

        return builder.ToText();
    }

    private static Converter<object?, object?> Mapping(Arguments arguments)
    {
        var attribute = arguments.Named.FirstOrDefault(n => n.Id == "attribute");
        if (attribute.Id is not null)
        {
            var otherwise = arguments.Named.FirstOrDefault(n => n.Id == "default");
            return item =>
                Items.Path(item, Print(attribute.Value, arguments).Value) is var found && found is Undefined && otherwise.Id is not null
                    ? otherwise.Value
                    : found;
        }

        if (arguments.All is not [Text filter, ..])
            throw arguments.Bad("needs the name of a filter or an attribute");
        var rest = arguments with { Callee = $"the filter '{filter}'", All = [.. arguments.All.Skip(1)] };
        return item => Apply(filter.Value, item, rest);
    }

    private static object? AttributeOf(object? item, Arguments arguments) =>
        arguments.All is [var name, ..]
            ? Items.Path(item, Print(name, arguments).Value)
            : throw arguments.Bad("needs the name of an attribute");

    private static bool Passes(object? value, Arguments arguments, int at)
    {
        if (arguments.All.Count <= at)
            return Operators.IsTrue(value);
        var name = Print(arguments.All[at], arguments).Value;
        name = name switch
        {
            "==" => "eq",
            "!=" => "ne",
            "<" => "lt",
            "<=" => "le",
            ">" => "gt",
            ">=" => "ge",
            _ => name,
        };
        return Tests.Apply(name, value, arguments with { Callee = $"the test '{name}'", All = [.. arguments.All.Skip(at + 1)] });
    }

    private static object? Extreme(object? value, Arguments arguments, int sign)
    {
        var bound = arguments.Bind("case_sensitive?", "attribute?");
        var items = Sorted(
            List(value, arguments),
            arguments,
            i => bound.TextOrNull(1) is { } name ? Items.Path(i, name) : i,
            !bound.Truth(0),
            reverse: sign > 0
        );
        return items.Count > 0 ? items[0] : new Undefined("there is no item");
    }

    /// <summary>Items in order; those that are equal keep theirs.</summary>
    private static List<object?> Sorted(List<object?> items, Arguments arguments, Func<object?, object?> key, bool ignoreCase, bool reverse)
    {
        var compare = Comparer<object?>.Create(
            (x, y) =>
                Operators.AreEqual(x, y, arguments.Budget)
                    ? 0
                    : Operators.Compare(x, y, arguments.Budget)
                        ?? throw arguments.Bad($"cannot compare {Operators.Kind(x)} and {Operators.Kind(y)}")
        );
        Func<object?, object?> by = i => key(i) is Text text && ignoreCase ? text.Lower() : key(i);
        try
        {
            return reverse ? [.. items.OrderByDescending(by, compare)] : [.. items.OrderBy(by, compare)];
        }
        catch (InvalidOperationException e) when (e.InnerException is JinjaException or InsufficientExecutionStackException)
        {
            throw e.InnerException; // Sorting wraps what its comparer throws.
        }
    }

    private static List<object?> DictSort(object? value, Arguments arguments)
    {
        var bound = arguments.Bind("case_sensitive?", "by?", "reverse?");
        var by = bound.Text(1, "key").Value switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw arguments.Bad("sorts by key or value"),
        };
        return Sorted(
            Pairs(value as Dict ?? throw Needs("a dictionary", value, arguments)),
            arguments,
            i => ((TupleValue)i!).Items[by],
            !bound.Truth(0),
            bound.Truth(2)
        );
    }

    private static List<object?> Unique(object? value, Arguments arguments)
    {
        var bound = arguments.Bind("case_sensitive?", "attribute?");
        var seen = new List<object?>();
        return List(value, arguments)
            .FindAll(item =>
            {
                var by = bound.TextOrNull(1) is { } name ? Items.Path(item, name) : item;
                if (by is Text text && !bound.Truth(0))
                    by = text.Lower();
                if (seen.Exists(s => Operators.AreEqual(s, by, arguments.Budget)))
                    return false;
                seen.Add(by);
                return true;
            });
    }

    private static object? Sum(object? value, Arguments arguments)
    {
        var bound = arguments.Bind("attribute?", "start?");
        var sum = bound.Or(1, 0L);
        var plus = new Binary(arguments.At, "+", new Constant(arguments.At, null), new Constant(arguments.At, null));
        foreach (var item in List(value, arguments))
            sum = Operators.Calculate(plus, sum, bound.TextOrNull(0) is { } name ? Items.Path(item, name) : item, arguments.Budget);
        return sum;
    }

    private static Text Reverse(Text text)
    {
        var builder = new TextBuilder();
        foreach (var character in text.Characters().Reverse())
            builder.Append(character);
        return builder.ToText();
    }

    private static Text ToJson(object? value, Arguments arguments)
    {
        var bound = arguments.Bind("ensure_ascii?", "indent?", "separators?", "sort_keys?");
        var indent = bound.Or(1, null) switch
        {
            null => null,
            Text text => text.Value,
            _ => new string(' ', (int)Math.Clamp(bound.Whole(1, 0), 0, 100)),
        };
        var (comma, colon) = (indent is null ? ", " : ",", ": ");
        if (bound.Or(2, null) is { } separators)
            (comma, colon) = Operators.Sequence(separators) is [Text first, Text second]
                ? (first.Value, second.Value)
                : throw arguments.Bad("needs two texts as separators");
        return PythonText.Json(value, new JsonStyle(indent, comma, colon, bound.Truth(0), bound.Truth(3)), arguments.At, arguments.Budget);
    }
}
