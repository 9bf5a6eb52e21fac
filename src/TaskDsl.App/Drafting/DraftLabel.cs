using TaskDsl.Unicode;

namespace TaskDsl.App.Drafting;

/// <summary>A label of a draft. In data it stands as its key or as its surface form.</summary>
/// <param name="Key">What the YAML calls it.</param>
/// <param name="Surface">How it is written.</param>
/// <param name="Count">How many records have it.</param>
internal sealed record DraftLabel(string Key, string Surface, long Count)
{
    // A line must hold key, surface form and count.
    private const int LongestTogether = 100;

    private static readonly NormalText Plain = new(UnicodeForm.C);

    /// <summary>Other ways that it is written in the file, which are read as this one once texts are normalized.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];

    /// <summary>The labels of a field's values: keys in snake_case, with the value as the surface form where it differs.</summary>
    /// <param name="values">The values, each with its count.</param>
    /// <param name="type">The field's type.</param>
    public static IReadOnlyList<DraftLabel> Of(IReadOnlyList<KeyValuePair<string, long>> values, string type)
    {
        var labels = values
            .GroupBy(value => IsWritable(value.Key) ? value.Key : Plain.Of(value.Key), StringComparer.Ordinal)
            .Select(same =>
                (Value: same.Key, Count: same.Sum(v => v.Value), Others: same.Select(v => v.Key).Where(v => v != same.Key).ToList())
            )
            .OrderByDescending(label => label.Count)
            .ThenBy(label => label.Value, StringComparer.Ordinal)
            .ToList();
        var keys = labels.ToDictionary(label => label.Value, label => Naming.Snake(label.Value), StringComparer.Ordinal);
        var shared = keys.Values.CountBy(key => key).Where(key => key.Value > 1).Select(key => key.Key).ToHashSet(StringComparer.Ordinal);
        return [.. labels.Select(label => Named(label.Value, keys[label.Value], label.Count) with { Variants = label.Others })];

        DraftLabel Named(string value, string key, long count)
        {
            // What has a meaning of its own in answers of the type is written otherwise, and read by its key.
            if ((type == "labels" && value == "-") || (type == "entities" && value.Contains(':', StringComparison.Ordinal)))
                return new(value, value == "-" ? "(-)" : value.Replace(':', '/'), count);
            // What is no word, is another's key, or would make the line too long stays as the data has it.
            var isPlain =
                key.Length > 0
                && !char.IsDigit(key[0])
                && !shared.Contains(key)
                && !(key != value && keys.ContainsKey(key))
                && key.Length + value.Length <= LongestTogether;
            return new(isPlain ? key : value, value, count);
        }
    }

    // A surface form has no blanks around it, and nothing that cannot be seen to end a line.
    private static bool IsWritable(string value) =>
        value.Trim() == value && !value.Any(sign => char.IsControl(sign) || sign is '\u2028' or '\u2029');
}
