using Microsoft.CodeAnalysis;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;
using static TaskDsl.Generators.Binding.Wording;
using TypeKind = TaskDsl.Generators.Vocabulary.TypeKind;

namespace TaskDsl.Generators.Binding;

/// <summary>
/// Fits YAML nodes to the types of the vocabulary. Each mistake is one problem, and all of a document are found; what does not fit is
/// left out of the result.
/// </summary>
public sealed partial class Binder(VocabularyModel vocabulary, ProjectFiles files, string path, List<Problem> problems)
{
    private MeantProperty meant = null!;

    /// <summary>The definitions that the document names, as they stand in it.</summary>
    public List<BoundReference> References { get; } = [];

    /// <summary>The files and folders of the project that the document names.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>Binds the root of a document; null where there is nothing to bind.</summary>
    /// <param name="root">The root.</param>
    /// <param name="kind">The kind in the file's name.</param>
    /// <param name="package">The package of ours that brings the kind; null where none does.</param>
    public BoundRecord? BindDocument(YamlNode root, string kind, string? package)
    {
        var type = vocabulary.Document(kind);
        if (type is null)
        {
            Report(
                Rules.UnknownKind,
                root is YamlMapping { Entries.Count: > 0 } first ? first.Entries[0].Key : root,
                kind,
                vocabulary.SuggestKind(kind, package)
            );
            return null;
        }

        if (root is not YamlMapping { Entries.Count: > 0 } mapping || mapping.Entries[0].Key.Value != kind)
        {
            Report(Rules.WrongHead, root is YamlMapping { Entries.Count: > 0 } wrong ? wrong.Entries[0].Key : root, kind);
            return null;
        }

        meant = new MeantProperty(vocabulary, type, mapping);
        // The kind's own key gives the name.
        return BindMapping(mapping, type, kind);
    }

    private BoundValue? Bind(YamlNode node, TypeRef type, PropertyModel? property)
    {
        if (node is YamlScalar { IsNull: true } && type.IsNullable)
            return new BoundNull(node);
        if (BindEach(node, type, property, out var each))
            return each;
        return type.Kind switch
        {
            TypeKind.Record => BindRecord(node, vocabulary.Type<RecordModel>(type.Name)),
            TypeKind.Choice => BindChoice(node, vocabulary.Type<ChoiceModel>(type.Name)),
            TypeKind.List => BindList(node, type.Element!, property),
            TypeKind.Map => BindMap(node, type.Element!),
            TypeKind.Any => new BoundAny(node, open.LastOrDefault()?.Label(node) ?? ValueLabel.Whole(node)),
            TypeKind.Unsupported => Report(Rules.WrongType, node, node.Description, $"a value that YAML cannot give ({type.Name})"),
            _ => node is YamlScalar scalar
                ? BindScalar(scalar, type, property)
                : Report(Rules.WrongType, node, node.Description, Expected(type)),
        };
    }

    private BoundRecord? BindRecord(YamlNode node, RecordModel type)
    {
        if (node is YamlMapping mapping && !type.IsMap)
            return BindMapping(mapping, type);
        if (node is YamlScalar { IsNull: true } && type.Properties.All(p => !p.IsRequired))
            return new BoundRecord(node, type, []);
        if (type.Shorthand is { } shorthand && (node is YamlScalar) == shorthand.Type.Kind is not (TypeKind.List or TypeKind.Map))
        {
            if (Bind(node, shorthand.Type, shorthand) is not { } value)
                return null;
            Check(shorthand, value);
            return Complete(node, type, [new BoundProperty(shorthand, node, value)]);
        }

        Report(Rules.WrongType, node, node.Description, type.IsMap ? "a mapping" : $"a mapping with {Article(type.Label)}'s properties");
        return null;
    }

    private BoundRecord? BindProperties(YamlMapping mapping, RecordModel type, string? nameKey)
    {
        var bound = new List<BoundProperty>();
        var tried = new HashSet<string>(StringComparer.Ordinal);
        var inline = new InlineEntries(type, vocabulary);
        var known = inline.Keys.Where(k => nameKey is null || k != "name").ToList();
        var layout = new Layout(mapping, type, known);
        var wordless = new Wordless(mapping, type, vocabulary);
        foreach (var (key, node) in mapping.Entries)
        {
            var name = key.Value == nameKey ? "name" : key.Value;
            var property = key.Value == "name" && nameKey is not null ? null : inline.Own.FirstOrDefault(p => p.Key == name);
            if (property is null && (wordless.Keys.Contains(key.Value) || BindInline(inline, key, node, bound, tried)))
                continue;
            if (property is null)
            {
                inline.Miss(tried);
                if (layout.Fault(key, node, tried) is not { } fault)
                {
                    Report(Rules.UnknownProperty, key, key.Value, type.Label, meant.Suggest(type, key.Value, known));
                    BindMeant(MeantProperty.In(type, key.Value, known), key, node);
                }
                else if (fault.Length > 0)
                {
                    Report(Rules.UnknownProperty, key, key.Value, type.Label, fault);
                }

                continue;
            }

            tried.Add(property.Key);
            if (layout.IsOwner(key))
                continue;
            var isElsewhere = property.Elsewhere is { } beside && mapping[beside] is not null;
            if (Bind(node, property.Type, isElsewhere ? property with { IsPath = false } : property) is { } value)
            {
                Check(property, value);
                bound.Add(new BoundProperty(property, key, value));
            }
        }

        inline.Change(bound);
        return Complete(mapping, type, bound, tried);

        // The property that was meant is not missing on top of that, and what its value says is known.
        void BindMeant(string? near, YamlScalar key, YamlNode node)
        {
            if (near is null || !tried.Add(near) || mapping[near] is not null)
                return;
            var (property, before) = (type.Properties.FirstOrDefault(p => p.Key == near), problems.Count);
            if (property is not null && Bind(node, property.Type, property) is { } value)
                bound.Add(new BoundProperty(property, key, value));
            problems.RemoveRange(before, problems.Count - before);
        }
    }

    private BoundRecord? Complete(YamlNode node, RecordModel type, List<BoundProperty> bound, HashSet<string>? tried = null)
    {
        var complete = true;
        foreach (var property in type.Properties)
        {
            SoleReference.Tie(property, bound, tried, References);
            if (!property.IsRequired || bound.Exists(b => b.Property == property))
                continue;
            complete = false;
            // A value that is there and wrong has its own problem, and so has what a sole one would be of.
            if (tried?.Contains(property.Key) != true && property.SoleOf is null)
                Lacks(node, type, property.Key);
        }

        return complete ? new BoundRecord(node, type, bound) : null;
    }

    private void Lacks(YamlNode node, RecordModel type, string property)
    {
        if (type.Inline is { Type.Kind: TypeKind.Choice } inline && inline.Key == property)
        {
            var words = Words(vocabulary.Type<ChoiceModel>(inline.Type.Name));
            var hint = node is YamlMapping mapping ? new Wordless(mapping, type, vocabulary).Hint : "";
            var found = $"{Article(type.Label.Replace('_', ' '))} without {Article(inline.InlineNoun!)}{hint}";
            problems.Add(new Problem(Rules.WrongType, path, Head(node), found, $"one of {string.Join(", ", words)}"));
            return;
        }

        if (Misplaced.In(node, type, property, vocabulary) is not { } misplaced)
        {
            problems.Add(new Problem(Rules.Missing, path, Head(node), type.Label, property, ""));
            return;
        }

        problems.RemoveAll(misplaced.Explains);
        var owner = misplaced.Owner.Key.Value;
        problems.Add(
            new Problem(Rules.Missing, path, misplaced.Key.Span, type.Label, property, $"; this one belongs to '{owner}': indent it less")
        );
    }

    private BoundValue? BindChoice(YamlNode node, ChoiceModel choice)
    {
        if (node is YamlScalar { IsNull: false } scalar)
        {
            if (choice.Keywords.FirstOrDefault(k => k.Word == scalar.Value) is { } word)
                return Complete(node, Record(word), []);
            if (Matching(choice, scalar.Value) is { } match)
                return BindRecord(node, Record(match));
            return Report(Rules.UnknownWord, node, scalar.Value, Article(choice.Label), NearestWord.Choice(scalar.Value, Words(choice)));
        }

        if (
            node is YamlMapping { Entries.Count: 1 } single
            && choice.Keywords.FirstOrDefault(k => k.Word == single.Entries[0].Key.Value) is { } keyword
        )
        {
            var value = single.Entries[0].Value;
            return value is YamlScalar { IsNull: true } ? Complete(value, Record(keyword), []) : BindRecord(value, Record(keyword));
        }

        if (node is YamlMapping mapping)
        {
            // A mapping without a word: the value of the shorthand property says which word is meant.
            var bare = choice
                .Keywords.Where(k => k.Matches.Length > 0)
                .Select(k =>
                    Record(k).Shorthand is { } shorthand && mapping[shorthand.Key] is YamlScalar bare ? Matching(choice, bare.Value) : null
                )
                .FirstOrDefault(k => k is not null);
            bare ??= Default(choice, mapping);
            if (bare is not null)
                return Record(bare) is { IsMap: true } map ? BindRecord(mapping, map) : BindMapping(mapping, Record(bare));
            if (mapping.Entries.Count > 0)
            {
                var key = mapping.Entries[0].Key;
                return mapping.Entries.Count == 1 || choice.Keywords.All(k => k.Word != key.Value)
                    ? Report(Rules.UnknownWord, key, key.Value, Article(choice.Label), meant.Suggest(choice, key.Value, Words(choice)))
                    : Report(
                        Rules.WrongType,
                        mapping.Entries[1].Key,
                        $"a second key '{mapping.Entries[1].Key.Value}'",
                        $"one {choice.Label} alone (indent the key if it belongs to '{key.Value}')"
                    );
            }
        }

        return Report(Rules.WrongType, node, node.Description, $"{Article(choice.Label)} ({string.Join(", ", Words(choice))})");
    }

    private BoundList? BindList(YamlNode node, TypeRef element, PropertyModel? property)
    {
        if (node is YamlScalar { IsNull: true })
            return new BoundList(node, element, []);
        if (node is not YamlSequence sequence)
        {
            Report(Rules.WrongType, node, node.Description, "a sequence (as [a, b])");
            return null;
        }

        return new BoundList(node, element, [.. sequence.Items.Select(item => Bind(item, element, property)).OfType<BoundValue>()]);
    }

    private BoundMap? BindMap(YamlNode node, TypeRef element)
    {
        switch (node)
        {
            case YamlMapping mapping:
                return BindEntries(mapping, element);

            // A sequence of words gives each of them a value made of defaults.
            case YamlSequence sequence when element.Kind == TypeKind.Record:
                var entries = new List<BoundEntry>();
                foreach (var item in sequence.Items)
                {
                    if (item is not YamlScalar key)
                        Report(Rules.WrongType, item, item.Description, "a word");
                    else if (entries.Exists(e => e.Key.Value == key.Value))
                        Report(Rules.DuplicateKey, item, key.Value);
                    else if (Complete(key, vocabulary.Type<RecordModel>(element.Name), []) is { } value)
                        entries.Add(new BoundEntry(key, value));
                }

                return new BoundMap(node, element, entries);

            case YamlScalar { IsNull: true }:
                return new BoundMap(node, element, []);

            default:
                Report(Rules.WrongType, node, node.Description, "a mapping");
                return null;
        }
    }

    private BoundMap? BindEntries(YamlMapping mapping, TypeRef element)
    {
        var (bound, starts, isWhole) = (new List<BoundEntry>(), new List<int>(), true);
        var record = element.Kind == TypeKind.Record ? vocabulary.Type<RecordModel>(element.Name) : null;
        foreach (var entry in mapping.Entries)
        {
            var isOfAName = record is not null && Layout.IsOfAName(entry, record);
            if (isOfAName && !isWhole)
                continue; // It stands beside one that was told.
            starts.Add(problems.Count);
            if (Bind(entry.Value, element, null) is { } value)
                bound.Add(new BoundEntry(entry.Key, value));
            if (problems.Count == starts[starts.Count - 1] || !isOfAName)
                continue;
            // What is wrong with the name above it, which has no value of its own then, comes of it.
            var first = starts.Count - 1;
            while (first > 0 && Layout.IsOfAName(mapping.Entries[first], record!))
                first--;
            if (mapping.Entries[first].Value is not YamlScalar { IsNull: true })
                first = starts.Count - 1;
            problems.RemoveRange(starts[first], problems.Count - starts[first]);
            var name = entry.Key.Value;
            Report(Rules.WrongType, entry.Key, $"'{name}', a property of {Article(record!.Label)} (indent it below its name),", "a name");
            isWhole = false;
        }

        return isWhole ? new BoundMap(mapping, element, bound) : null;
    }

    // A key that is more like a word than like a property of the default is a word that is misspelt.
    private KeywordModel? Default(ChoiceModel choice, YamlMapping mapping)
    {
        if (choice.Keywords.FirstOrDefault(k => k.IsDefault) is not { } word)
            return null;
        if (mapping.Entries.Count == 0)
            return word;
        var key = mapping.Entries[0].Key.Value;
        // A map has keys of its own: of a name in the place of what it holds, the word is misspelt.
        if (Record(word).IsMap)
            return Words(choice).Contains(key) || (mapping.Entries[0].Value is YamlScalar && NearestWord.To(key, Words(choice)) is not null)
                ? null
                : word;
        var properties = Record(word).Properties.Select(p => p.Key);
        return
            Words(choice).Contains(key)
            || (mapping.Entries[0].Value is not YamlScalar && !properties.Contains(key))
            || (NearestWord.To(key, Words(choice)) is not null && NearestWord.To(key, properties) is null)
            ? null
            : word;
    }

    private RecordModel Record(KeywordModel keyword) => vocabulary.Type<RecordModel>(keyword.Type);

    private static IEnumerable<string> Words(ChoiceModel choice) => choice.Keywords.Select(k => k.Word);

    private static KeywordModel? Matching(ChoiceModel choice, string value) =>
        choice.Keywords.FirstOrDefault(k => Glob.MatchesAny(k.Matches, value));

    // A missing property is reported at the head of what lacks it, not over its whole length.
    private static SourceSpan Head(YamlNode node) =>
        node is YamlMapping { Entries.Count: > 0 } mapping ? mapping.Entries[0].Key.Span : node.Span;

    private BoundValue? Report(DiagnosticDescriptor rule, YamlNode node, params string[] arguments)
    {
        problems.Add(new Problem(rule, path, node.Span, arguments));
        return null;
    }
}
