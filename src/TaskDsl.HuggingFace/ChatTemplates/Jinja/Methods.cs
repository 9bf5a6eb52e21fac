namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>
/// The methods of texts, lists and dictionaries; those that would change a value are refused, as transformers refuses them.
/// </summary>
internal static class Methods
{
    private static readonly HashSet<string> Changing =
    [
        "append",
        "clear",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    ];

    /// <summary>A method of a value; null where it has none of this name.</summary>
    public static Function? Find(object? value, string name) =>
        value switch
        {
            Text text => Find(text, name),
            Dict dict => name switch
            {
                "items" => Make(name, a => Filters.Pairs(dict)),
                "keys" => Make(name, a => dict.Keys.ToList()),
                "values" => Make(name, a => dict.Values.ToList()),
                "get" => Make(name, a =>
                    a.Bind("key", "default?") is var b && Dict.IsKey(b[0]) && dict.TryGet(b[0], out var found) ? found : b.Or(1, null)
                ),
                "copy" => Make(name, a => dict),
                "clear" or "pop" or "popitem" or "setdefault" or "update" => Refuse(name),
                _ => null,
            },
            _ => name switch
            {
                "index" => Make(name, a =>
                    (long)Operators.Sequence(value)!.ToList().FindIndex(i => Operators.AreEqual(i, a.Bind("value")[0], a.Budget)) is var at
                    && at >= 0
                        ? at
                        : throw a.Bad("finds no such item")
                ),
                "count" => Make(name, a =>
                    (long)Operators.Sequence(value)!.Count(i => Operators.AreEqual(i, a.Bind("value")[0], a.Budget))
                ),
                "copy" when value is List<object?> => Make(name, a => value),
                _ when value is List<object?> && Changing.Contains(name) => Refuse(name),
                _ => null,
            },
        };

    private static Function? Find(Text text, string name) =>
        name switch
        {
            "strip" => Make(name, a => text.Trim(a.Bind("chars?").TextOrNull(0))),
            "lstrip" => Make(name, a => text.Trim(a.Bind("chars?").TextOrNull(0), end: false)),
            "rstrip" => Make(name, a => text.Trim(a.Bind("chars?").TextOrNull(0), start: false)),
            "split" => Make(name, a => Split(text, a, fromEnd: false)),
            "rsplit" => Make(name, a => Split(text, a, fromEnd: true)),
            "splitlines" => Make(name, a => SplitLines(text, a)),
            "partition" => Make(name, a =>
                Partition(
                    text,
                    a.Bind("sep").Text(0),
                    text.Value.IndexOf(a.Bind("sep").Text(0).Value, StringComparison.Ordinal),
                    first: true
                )
            ),
            "rpartition" => Make(name, a =>
                Partition(
                    text,
                    a.Bind("sep").Text(0),
                    text.Value.LastIndexOf(a.Bind("sep").Text(0).Value, StringComparison.Ordinal),
                    first: false
                )
            ),
            "startswith" => Make(name, a => Affixes(a).Any(p => text.Value.StartsWith(p, StringComparison.Ordinal))),
            "endswith" => Make(name, a => Affixes(a).Any(p => text.Value.EndsWith(p, StringComparison.Ordinal))),
            "removeprefix" => Make(name, a =>
                a.Bind("prefix").Text(0).Value is var p && text.Value.StartsWith(p, StringComparison.Ordinal)
                    ? text.Part(p.Length, text.Value.Length - p.Length)
                    : text
            ),
            "removesuffix" => Make(name, a =>
                a.Bind("suffix").Text(0).Value is var p && text.Value.EndsWith(p, StringComparison.Ordinal)
                    ? text.Part(0, text.Value.Length - p.Length)
                    : text
            ),
            "upper" => Make(name, a => text.Upper()),
            "lower" => Make(name, a => text.Lower()),
            "capitalize" => Make(name, a => text.Capitalize()),
            "title" => Make(name, a => text.Title(c => !char.IsLetter(c))),
            "replace" => Make(name, a =>
                a.Bind("old", "new", "count?") is var b
                    ? text.Replace(b.Text(0), b.Text(1), (int)Math.Clamp(b.Whole(2, -1), -1, int.MaxValue))
                    : null
            ),
            "find" => Make(name, a => CodePoints(text, text.Value.IndexOf(a.Bind("sub").Text(0).Value, StringComparison.Ordinal))),
            "rfind" => Make(name, a => CodePoints(text, text.Value.LastIndexOf(a.Bind("sub").Text(0).Value, StringComparison.Ordinal))),
            "index" => Make(name, a =>
                CodePoints(text, text.Value.IndexOf(a.Bind("sub").Text(0).Value, StringComparison.Ordinal)) is >= 0 and var at
                    ? at
                    : throw a.Bad("finds no such text")
            ),
            "count" => Make(name, a =>
                a.Bind("sub").Text(0) is { Value.Length: > 0 } part ? text.Split(part.Value, -1).Count - 1L : text.Count + 1L
            ),
            "join" => Make(name, a => Join(text, a)),
            "isdigit" => Make(name, a => text.Value.Length > 0 && text.Value.All(char.IsDigit)),
            "isalpha" => Make(name, a => text.Value.Length > 0 && text.Value.All(char.IsLetter)),
            "isalnum" => Make(name, a => text.Value.Length > 0 && text.Value.All(char.IsLetterOrDigit)),
            "isspace" => Make(name, a => text.Value.Length > 0 && text.Value.All(Text.IsSpace)),
            "isupper" => Make(name, a => text.Value.Any(char.IsLetter) && text.Upper().Equals(text)),
            "islower" => Make(name, a => text.Value.Any(char.IsLetter) && text.Lower().Equals(text)),
            "format"
            or "encode"
            or "casefold"
            or "center"
            or "expandtabs"
            or "format_map"
            or "isascii"
            or "isdecimal"
            or "isidentifier"
            or "isnumeric"
            or "isprintable"
            or "istitle"
            or "ljust"
            or "maketrans"
            or "rindex"
            or "rjust"
            or "swapcase"
            or "translate"
            or "zfill" => new Function(name, a => throw new JinjaException(a.At, $"the method '{name}' of texts is not supported.")),
            _ => null,
        };

    private static Function Make(string name, Func<Arguments, object?> invoke) => new(name, invoke);

    private static Function Refuse(string name) =>
        new(name, a => throw new JinjaException(a.At, $"the method '{name}' would change a value, which chat templates may not."));

    private static List<object?> Split(Text text, Arguments arguments, bool fromEnd)
    {
        var bound = arguments.Bind("sep?", "maxsplit?");
        var (separator, most) = (bound.TextOrNull(0), (int)Math.Clamp(bound.Whole(1, -1), -1, int.MaxValue));
        if (separator is { Length: 0 })
            throw arguments.Bad("needs a separator that is not empty");
        if (!fromEnd || most < 0)
            return text.Split(separator, most);
        return separator is not null ? text.SplitEnd(separator, most) : throw arguments.Bad("needs a separator");
    }

    private static List<object?> SplitLines(Text text, Arguments arguments)
    {
        arguments.Bind();
        var lines = text.Replace("\r\n", "\n", -1).Replace("\r", "\n", -1).Split("\n", -1);
        if (lines[^1] is Text { Value.Length: 0 })
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    private static TupleValue Partition(Text text, Text separator, int at, bool first)
    {
        if (at < 0)
            return first ? new TupleValue([text, Text.Empty, Text.Empty]) : new TupleValue([Text.Empty, Text.Empty, text]);
        var behind = at + separator.Value.Length;
        return new TupleValue([text.Part(0, at), text.Part(at, separator.Value.Length), text.Part(behind, text.Value.Length - behind)]);
    }

    private static IEnumerable<string> Affixes(Arguments arguments)
    {
        var bound = arguments.Bind("prefix");
        return bound[0] is TupleValue several
            ? several.Items.Select(i => (i as Text ?? throw arguments.Bad("needs texts")).Value)
            : [bound.Text(0).Value];
    }

    private static Text Join(Text separator, Arguments arguments)
    {
        var builder = new TextBuilder();
        var items = Operators.Items(arguments.Bind("iterable")[0]) ?? throw arguments.Bad("needs a list");
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                builder.Append(separator);
            arguments.Budget.Spend(separator.Value.Length);
            builder.Append(items[i] as Text ?? throw arguments.Bad($"joins texts, got {Operators.Kind(items[i])}"));
        }

        return builder.ToText();
    }

    private static long CodePoints(Text text, int at) => at < 0 ? -1 : text.Part(0, at).Count;
}
