namespace TaskDsl.App.Drafting;

/// <summary>A label of a draft.</summary>
/// <param name="Key">What the YAML calls it.</param>
/// <param name="Value">What stands in the data, which is its key or its surface form.</param>
/// <param name="Count">How many records have it.</param>
internal sealed record DraftLabel(string Key, string Value, long Count)
{
    // A line must hold key, surface form and count.
    private const int LongestTogether = 100;

    /// <summary>The labels of a field's values: keys in snake_case, with the value as the surface form where it differs.</summary>
    public static IReadOnlyList<DraftLabel> Of(IReadOnlyList<KeyValuePair<string, long>> values)
    {
        var keys = values.ToDictionary(value => value.Key, value => Naming.Snake(value.Key), StringComparer.Ordinal);
        var shared = keys.Values.CountBy(key => key).Where(key => key.Value > 1).Select(key => key.Key).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. values.Select(value =>
            {
                var key = keys[value.Key];
                // What is no word, is another's key, or would make the line too long stays as the data has it.
                var isPlain =
                    key.Length > 0
                    && !char.IsDigit(key[0])
                    && !shared.Contains(key)
                    && !(key != value.Key && keys.ContainsKey(key))
                    && key.Length + value.Key.Length <= LongestTogether;
                return new DraftLabel(isPlain ? key : value.Key, value.Key, value.Value);
            }),
        ];
    }
}
