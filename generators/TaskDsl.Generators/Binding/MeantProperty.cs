using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;
using TypeKind = TaskDsl.Generators.Vocabulary.TypeKind;

namespace TaskDsl.Generators.Binding;

/// <summary>
/// Says which property is meant by a name that is none where it stands: one that is spelt alike, one that other programs call so
/// (<c>[AlsoCalled]</c>), or one at another place of the document. <c>--set</c> does the same.
/// </summary>
public sealed class MeantProperty(VocabularyModel vocabulary, RecordModel root, YamlNode document)
{
    /// <summary>The property of a record that is meant; null where none is.</summary>
    public static string? In(RecordModel record, string name, IEnumerable<string> known) =>
        record.Properties.FirstOrDefault(p => p.AlsoCalled.Contains(name))?.Key ?? NearestWord.To(name, known);

    /// <summary>The end of a sentence that says that a record has no such property.</summary>
    public string Suggest(RecordModel record, string name, IReadOnlyList<string> known) =>
        (In(record, name, known) ?? Find(name, record) ?? Find(name)) is { } meant
            ? $"; did you mean '{meant}'?"
            : NearestWord.Choice(name, known);

    /// <summary>The end of a sentence that says that there is no such word.</summary>
    public string Suggest(ChoiceModel choice, string name, IEnumerable<string> words) =>
        NearestWord.To(name, words) is null && (Find(name, choice) ?? Find(name)) is { } meant
            ? $"; did you mean '{meant}'?"
            : NearestWord.Choice(name, words);

    /// <summary>
    /// The nearest place of a property of this name, as YAML: through words that the document has, or that are usual, before others.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="within">What it must stand in. Default: the document.</param>
    private string? Find(string name, TypeModel? within = null)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<(TypeRef Type, YamlNode? Node, string? Usual, string[] Path, bool IsWithin)>();
        open.Enqueue((new(TypeKind.Record, root.Name), document, null, [], within is null));
        while (open.Count > 0)
        {
            var (at, there, usual, path, isWithin) = open.Dequeue();
            isWithin |= at.Name == within?.Name;
            switch (at.Kind)
            {
                case TypeKind.List:
                    open.Enqueue((at.Element!, null, null, [.. path, "[]"], isWithin));
                    break;

                case TypeKind.Choice:
                    var words = vocabulary.Type<ChoiceModel>(at.Name).Keywords;
                    var written = there is YamlMapping { Entries: [var entry, ..] } ? entry.Key.Value : (there as YamlScalar)?.Value;
                    foreach (
                        var word in words.OrderBy(k =>
                            k.Word == written ? 0
                            : k.Word == usual ? 1
                            : 2
                        )
                    )
                        open.Enqueue(
                            (
                                new(TypeKind.Record, word.Type),
                                word.Word == written ? (there as YamlMapping)?[word.Word] : null,
                                null,
                                [.. path, word.Word],
                                isWithin
                            )
                        );
                    break;

                case TypeKind.Record when seen.Add(at.Name):
                    // The name stands behind the kind.
                    foreach (
                        var property in vocabulary.Type<RecordModel>(at.Name).Properties.Where(p => path.Length > 0 || p.Key != "name")
                    )
                    {
                        if (isWithin && (property.Key == name || property.AlsoCalled.Contains(name)))
                            return Written([.. path, property.Key]);
                        open.Enqueue(
                            (
                                property.Type,
                                (there as YamlMapping)?[property.Key],
                                property.Default as string,
                                [.. path, property.Key],
                                isWithin
                            )
                        );
                    }

                    break;
            }
        }

        return null;
    }

    /// <summary><c>optimizer: {adamw: {learning_rate: …}}</c>.</summary>
    private static string Written(string[] path)
    {
        var text = path.Length == 1 ? path[0] : $"{path[path.Length - 1]}: …";
        for (var i = path.Length - 2; i >= 0; i--)
            text =
                path[i] == "[]" ? $"[{{{text}}}]"
                : path[i + 1] == "[]" ? $"{path[i]}: {text}"
                : $"{path[i]}: {{{text}}}";
        return text;
    }
}
