using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>
/// A mapping that lacks the word that it needs, and has that word's properties in its place: <c>scores: {models: […], tasks: […]}</c>. That
/// is one mistake, however many properties there are.
/// </summary>
internal sealed class Wordless
{
    /// <summary>Looks at a mapping.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="type">What it is bound to.</param>
    /// <param name="vocabulary">The words.</param>
    public Wordless(YamlMapping mapping, RecordModel type, VocabularyModel vocabulary)
    {
        var inline = new InlineEntries(type, vocabulary);
        if (inline.Choice is not { } choice)
            return;
        var (known, words) = (inline.Keys.ToList(), choice.Keywords.Select(k => k.Word).ToList());
        var strange = mapping.Entries.Select(entry => entry.Key.Value).Where(key => !known.Contains(key)).ToList();
        var keysOf = choice.Keywords.ToDictionary(
            k => k.Word,
            k => new HashSet<string>(new InlineEntries(vocabulary.Type<RecordModel>(k.Type), vocabulary).Keys)
        );
        List<string> strays = [.. strange.Where(key => keysOf.Values.Any(keys => keys.Contains(key)))];
        // One that is misspelt is no missing one.
        if (
            mapping.Entries.Any(entry => words.Contains(entry.Key.Value))
            || strange.Except(strays).Any(key => words.Contains(MeantProperty.In(type, key, known) ?? ""))
        )
            return;
        Keys = strays;
        List<string> fitting = [.. words.Where(word => strays.TrueForAll(keysOf[word].Contains))];
        if (strays.Count > 0 && fitting is [var only])
            Hint = $" ('{only}' has {string.Join(", ", strays.Select(key => $"'{key}'"))})";
    }

    /// <summary>The keys that are a missing word's properties.</summary>
    public IReadOnlyList<string> Keys { get; } = [];

    /// <summary>Which word is meant, where only one has them all.</summary>
    public string Hint { get; } = "";
}
