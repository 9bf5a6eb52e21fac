using System.Globalization;

namespace TaskDsl.Generators.Prompts;

/// <summary>
/// Scriban's built-in functions that templates may call, with their types. What they do at run time is in
/// <c>TaskDsl.Prompts.TemplateFunctions</c>; what is known while compiling is done here.
/// </summary>
public static class TemplateFunctions
{
    private const string Runtime = "global::TaskDsl.Prompts.TemplateFunctions.";

    /// <summary>Makes a call; null where the arguments do not fit.</summary>
    private delegate TemplateValue? Call(IReadOnlyList<TemplateValue> arguments);

    private static readonly SortedDictionary<string, (string Signature, Call Call)> Known = new(StringComparer.Ordinal)
    {
        ["array.first"] = ("array.first list", a => a is [{ Kind: ValueKind.List, Element: { } element } list] ? element($"{Runtime}First({list.Code})") with { IsOptional = true } : null),
        ["array.join"] = ("array.join list separator", Join),
        ["array.last"] = ("array.last list", a => a is [{ Kind: ValueKind.List, Element: { } element } list] ? element($"{Runtime}Last({list.Code})") with { IsOptional = true } : null),
        ["array.limit"] = ("array.limit list count", a => a is [{ Kind: ValueKind.List } list, { Kind: ValueKind.Integer } count]
            ? list with { Code = $"{Runtime}Limit({list.Code}, {count.Code})", Constant = null } : null),
        ["array.size"] = ("array.size list", a => a is [{ Kind: ValueKind.List } list] ? Size(list) : null),
        ["object.default"] = ("object.default value otherwise", Default),
        ["string.append"] = ("string.append text suffix", a => Strings(a, 2) ? new TemplateValue($"({a[0].Code} + {a[1].Code})", ValueKind.String) : null),
        ["string.capitalize"] = Text("Capitalize"),
        ["string.contains"] = Test("Contains"),
        ["string.downcase"] = Text("Downcase"),
        ["string.ends_with"] = Test("EndsWith"),
        ["string.lstrip"] = Text("StripLeft"),
        ["string.prepend"] = ("string.prepend text prefix", a => Strings(a, 2) ? new TemplateValue($"({a[1].Code} + {a[0].Code})", ValueKind.String) : null),
        ["string.replace"] = ("string.replace text match replacement", a => Strings(a, 3) ? new TemplateValue($"{Runtime}Replace({Codes(a)})", ValueKind.String) : null),
        ["string.rstrip"] = Text("StripRight"),
        ["string.size"] = ("string.size text", a => Strings(a, 1) ? new TemplateValue($"({a[0].Code}{(a[0].IsOptional ? "?" : "")}.Length{(a[0].IsOptional ? " ?? 0" : "")})", ValueKind.Integer) : null),
        ["string.starts_with"] = Test("StartsWith"),
        ["string.strip"] = Text("Strip"),
        ["string.truncate"] = ("string.truncate text length [ellipsis]", a => a is [{ Kind: ValueKind.String }, { Kind: ValueKind.Integer }] or [{ Kind: ValueKind.String }, { Kind: ValueKind.Integer }, { Kind: ValueKind.String }]
            ? new TemplateValue($"{Runtime}Truncate({Codes(a)})", ValueKind.String) : null),
        ["string.upcase"] = Text("Upcase"),
    };

    /// <summary>The names of the functions.</summary>
    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>How a function is called; null where there is none of that name.</summary>
    public static string? Signature(string name) => Known.TryGetValue(name, out var function) ? function.Signature : null;

    /// <summary>Calls a function; null where the arguments do not fit its signature.</summary>
    public static TemplateValue? Apply(string name, IReadOnlyList<TemplateValue> arguments) => Known[name].Call(arguments);

    /// <summary>How many items a list has.</summary>
    public static TemplateValue Size(TemplateValue list) => list.Constant is { } constant
        ? new TemplateValue(constant.Count.ToString(CultureInfo.InvariantCulture), ValueKind.Integer)
        : new TemplateValue(list.IsOptional ? $"({list.Code}?.Count ?? 0)" : $"{list.Code}.Count", ValueKind.Integer);

    private static TemplateValue? Join(IReadOnlyList<TemplateValue> a)
    {
        if (a is not [{ Kind: ValueKind.List, Element: { } element } list, { Kind: ValueKind.String } separator]) return null;
        if (list.Constant is { } texts && separator.Constant is [var between]) return TemplateScope.Text([string.Join(between, texts)]);
        var item = element("item");
        if (item.Kind is ValueKind.List or ValueKind.Record or ValueKind.Entity) return null;
        var text = item.Kind == ValueKind.String ? item.Code : $"{Runtime}Text({item.Code})";
        return new TemplateValue($"{Runtime}Join({list.Code}, {separator.Code}, static item => {text})", ValueKind.String);
    }

    private static TemplateValue? Default(IReadOnlyList<TemplateValue> a)
    {
        if (a.Count != 2 || a[0].Kind != a[1].Kind || a[0].Kind is ValueKind.List or ValueKind.Record or ValueKind.Entity or ValueKind.Loop) return null;
        // Scriban takes the default for an empty text, too.
        return a[0].Kind == ValueKind.String ? new TemplateValue($"{Runtime}Default({Codes(a)})", ValueKind.String)
            : a[0].IsOptional ? new TemplateValue($"({a[0].Code} ?? {a[1].Code})", a[0].Kind) { IsOptional = a[1].IsOptional }
            : a[0];
    }

    private static (string Signature, Call Call) Text(string method)
    {
        var name = $"string.{(method == "StripLeft" ? "lstrip" : method == "StripRight" ? "rstrip" : method.ToLowerInvariant())} text";
        return (name, a => Strings(a, 1) ? new TemplateValue($"{Runtime}{method}({a[0].Code})", ValueKind.String) : null);
    }

    private static (string Signature, Call Call) Test(string method) =>
        ($"string.{Emission.Names.Snake(method)} text part", a => Strings(a, 2) ? new TemplateValue($"{Runtime}{method}({Codes(a)})", ValueKind.Boolean) : null);

    private static bool Strings(IReadOnlyList<TemplateValue> arguments, int count) => arguments.Count == count && arguments.All(a => a.Kind == ValueKind.String);

    private static string Codes(IReadOnlyList<TemplateValue> arguments) => string.Join(", ", arguments.Select(a => a.Code));
}
