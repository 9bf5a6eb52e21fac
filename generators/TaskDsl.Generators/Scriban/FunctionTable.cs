using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Scriban;

/// <summary>The functions that compiled templates may call, under Scriban's names.</summary>
internal static class FunctionTable
{
    private static readonly Dictionary<string, TemplateFunction> Table = [];

    // What Jinja, Liquid and Python call them.
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["upper"] = "upcase",
        ["lower"] = "downcase",
        ["trim"] = "strip",
        ["ltrim"] = "lstrip",
        ["rtrim"] = "rstrip",
        ["title"] = "capitalizewords",
        ["length"] = "size",
        ["len"] = "size",
        ["count"] = "size",
        ["startswith"] = "starts_with",
        ["endswith"] = "ends_with",
        ["includes"] = "contains",
        ["add"] = "plus",
    };

    static FunctionTable()
    {
        foreach (var (name, function) in TextCalls.All.Concat(ListCalls.All).Concat(NumberCalls.All))
            Table.Add(name, function);
    }

    // The one function of Scriban's that is not here and does what others do that are: its value says which of them.
    private const string Size = "object.size";

    /// <summary><c>; did you mean 'string.upcase'?</c> where a function is meant, else what there is.</summary>
    public static string Choice(string name) => Suggest(name) is { Length: > 0 } meant ? meant : NearestWord.Choice(name, Table.Keys);

    /// <summary>
    /// What there is in place of a function of Scriban's that is not here: one that does the same, else those of its group. One that is
    /// called alike does something else: <c>html.strip</c> takes tags away, and <c>string.strip</c> blanks.
    /// </summary>
    public static string Instead(string builtin)
    {
        if (builtin == Size)
            return Suggest(Size);
        var groups = Table.Keys.ToLookup(key => key.Substring(0, key.IndexOf('.')), key => key.Substring(key.IndexOf('.') + 1));
        var group = builtin.Substring(0, builtin.IndexOf('.'));
        return groups.Contains(group)
            ? $"; of '{group}' there are {string.Join(", ", groups[group].OrderBy(name => name, StringComparer.Ordinal))}"
            : $"; there are functions of {string.Join(", ", groups.Select(g => g.Key).OrderBy(name => name, StringComparer.Ordinal))}";
    }

    // By what stands behind the dot; or nothing.
    private static string Suggest(string name)
    {
        var bare = name.Substring(name.LastIndexOf('.') + 1);
        var meant = Elsewhere.TryGetValue(bare, out var here) ? here : bare;
        var called = Named(meant) is { Count: > 0 } same ? same : Named(NearestWord.To(bare.AsSpan(), Table.Keys.Select(Bare)));
        return called.Count > 0 ? $"; did you mean '{string.Join("' or '", called)}'?" : "";

        static List<string> Named(string? bare) => [.. Table.Keys.Where(key => Bare(key) == bare)];

        static string Bare(string key) => key.Substring(key.IndexOf('.') + 1);
    }

    public static TemplateFunction? Find(string name) => Table.TryGetValue(name, out var function) ? function : null;
}
