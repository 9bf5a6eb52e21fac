using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace TaskDsl.Vocabulary;

/// <summary>
/// A Markdown table of properties, written from the types: all that a kind of YAML file can say, a property of a property by its path
/// (<c>batch.rows</c>), or all that the words of a kind have (<c>lora.rank</c>).
/// </summary>
internal sealed class PropertyTable
{
    private readonly Words words;
    private readonly XmlDocs docs = new();
    private readonly StringBuilder rows = new("| property | takes | default | what it means |\n|---|---|---|---|\n");

    // Records are described once, where they stand first; one may hold itself: the fields of a field.
    private readonly Dictionary<Type, string> described = [];

    private PropertyTable(Words words) => this.words = words;

    /// <summary>The properties of a kind of files, the name's first.</summary>
    public static string OfDocument(Words words, string kind, Type type)
    {
        var table = new PropertyTable(words);
        foreach (var property in Words.Properties(type).Where(p => p.Name == nameof(Definition.Name)))
            table.Row(kind, property, Words.Default(type));
        table.Rows("", type, Words.Properties(type).Where(p => p.Name != nameof(Definition.Name)));
        return $"{table.rows}";
    }

    /// <summary>The properties of each word of a kind, and behind them those that each has.</summary>
    public static string OfWords(Words words, Type choice)
    {
        var table = new PropertyTable(words);
        foreach (var (word, type) in words.Choices(choice))
            table.Rows($"{word}.", type, Words.Properties(type).Where(p => !p.DeclaringType!.IsAssignableFrom(choice)));
        if (words.Choices(choice).Select(c => c.Type).FirstOrDefault() is { } any)
            table.Rows("", any, Words.Properties(any).Where(p => p.DeclaringType!.IsAssignableFrom(choice)));
        return $"{table.rows}";
    }

    private void Rows(string path, Type type, IEnumerable<PropertyInfo> properties)
    {
        var defaults = Words.Default(type);
        foreach (var property in properties)
        {
            // A word that stands beside the other properties has no key before it.
            var isBare = property.GetCustomAttribute<InlineAttribute>() is not null && Words.IsChoice(property.PropertyType);
            var at = path + (isBare ? $"<{SnakeCase.Of(property.PropertyType.Name)}>" : Words.KeyOf(property));
            Row(at, property, defaults);
            if (Inner(property.PropertyType, at) is var (record, below) && described.TryAdd(record, below))
                Rows($"{below}.", record, Words.Properties(record));
        }
    }

    private void Row(string path, PropertyInfo property, object defaults)
    {
        var isRequired = Words.IsRequired(property);
        var given = isRequired ? "required" : Default(property.GetValue(defaults));
        var takes = Takes(property.PropertyType, property);
        if (Inner(property.PropertyType, path) is var (record, _) && described.TryGetValue(record, out var first))
            takes += $"; see `{first}`";
        rows.Append(CultureInfo.InvariantCulture, $"| `{path}` | {WordTable.Cell(takes)} | {given} |");
        rows.Append(CultureInfo.InvariantCulture, $" {WordTable.Cell(Meaning(property))} |\n");
    }

    /// <summary>The record whose properties a property has, itself or in its items or values, and the path that leads to it.</summary>
    private static (Type Record, string Path)? Inner(Type type, string path) =>
        Words.ItemOf(type) is { } item ? Inner(item, $"{path}[]")
        : Words.ValueOf(type) is { } value ? Inner(value, $"{path}.<name>")
        : IsRecord(Nullable.GetUnderlyingType(type) ?? type) ? (type, path)
        : null;

    private static bool IsRecord(Type type) =>
        type.IsClass
        && type != typeof(string)
        && type != typeof(AnyValue)
        && !Words.IsChoice(type)
        && !Words.IsReference(type)
        && !Words.IsExpression(type);

    private string Takes(Type type, PropertyInfo? property)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Words.ItemOf(type) is { } item)
            return $"list: {Takes(item, property)}";
        if (Words.ValueOf(type) is { } value)
        {
            var orNames = IsRecord(value) && !Words.Properties(value).Any(Words.IsRequired) ? " or list of names" : "";
            return $"map{orNames}: {Takes(value, property)}";
        }

        if (property?.GetCustomAttribute<WordOfAttribute>() is { } named)
            return Names(words.Choices(named.Kind).Select(choice => choice.Word));
        if (type.IsEnum)
            return Names(Words.Members(type).Select(Words.WordOf));
        if (Words.IsReference(type))
            return $"a {SnakeCase.Of(type.Name).Split('_')[^1]}'s name";
        if (Words.IsExpression(type))
            return SnakeCase.Of(type.Name).Replace('_', ' ');
        if (Words.IsChoice(type))
            return Names(words.Choices(type).Select(choice => choice.Word));
        if (IsRecord(type))
            return Words.Properties(type).FirstOrDefault(p => p.GetCustomAttribute<ShorthandAttribute>() is not null) is { } alone
                ? $"properties, or `{Words.KeyOf(alone)}` alone"
                : "properties";
        return type == typeof(bool) ? "`true`, `false`"
            : type == typeof(int) || type == typeof(long) ? $"whole number{Limits(property)}"
            : type == typeof(double) ? $"number{Limits(property)}"
            : type == typeof(TimeSpan) ? "time, as `01:30:00`"
            : type == typeof(AnyValue) ? "anything"
            : property?.GetCustomAttribute<FilePathAttribute>() is not null ? "path"
            : property?.GetCustomAttribute<FieldNameAttribute>() is not null ? "a field's name"
            : "text";
    }

    private static string Limits(PropertyInfo? property) =>
        property?.GetCustomAttribute<RangeAttribute>() is { } range
            ? $", {NumberRange.Describe(Bound(range.Minimum), Bound(range.Maximum))}"
            : "";

    private static double Bound(object limit) => Convert.ToDouble(limit, CultureInfo.InvariantCulture);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));

    private static string Default(object? value) =>
        Words.Scalar(value) is { } scalar ? $"`{scalar}`"
        : value is IEnumerable items and not (string or IDictionary) && Scalars(items) is { Length: > 0 } list ? $"`[{list}]`"
        : "";

    private static string Scalars(IEnumerable items) => string.Join(", ", items.Cast<object?>().Select(Words.Scalar).OfType<object>());

    /// <summary>What a property means, with the words of its own that its summary does not explain, and with what others call it.</summary>
    private string Meaning(PropertyInfo property)
    {
        var text = docs.Of(property);
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        foreach (var member in type.IsEnum ? Words.Members(type) : [])
            if (docs.Of(member) is { Length: > 0 } meaning && !text.Contains($"`{Words.WordOf(member)}`", StringComparison.Ordinal))
                text += $" `{Words.WordOf(member)}`: {meaning}";
        var others = property.GetCustomAttributes<AlsoCalledAttribute>().SelectMany(also => also.Names).Distinct().ToList();
        return (others.Count == 0 ? text : $"{text} Elsewhere called {Names(others)}.").Trim();
    }
}
