using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Fields;

/// <summary>Reads the fields of a task.</summary>
public sealed class FieldReader(
    FieldNames names,
    IReadOnlyList<string> languages,
    Func<string, bool> lacks,
    string path,
    List<Problem> problems
)
{
    // One bit each, while a record is read.
    private const int MostFields = 64;

    /// <summary>Whether all that the YAML declares was read: what is wrong, here or in the binding, has its problem.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Reads fields; those that are wrong are left out, with problems.</summary>
    /// <param name="map">The fields in YAML.</param>
    /// <param name="owner">The C# record that holds them.</param>
    /// <param name="prefix">What the names of their types begin with.</param>
    /// <param name="mayBeNone">Whether there may be none, where that is said: <c>{}</c>.</param>
    public List<FieldModel> Read(BoundMap map, string owner, string prefix, bool mayBeNone = false)
    {
        mayBeNone &= map.Node is YamlMapping { Entries.Count: 0 };
        if (!mayBeNone && map.Entries.Count == 0 && map.Node is not YamlMapping { Entries.Count: > 0 })
            Report(map.Span, "at least one field is needed");
        if (map.Entries.Count > MostFields)
            Report(map.Span, $"there are {map.Entries.Count} fields, more than the {MostFields} that a record may have");
        var fields = new List<FieldModel>();
        foreach (var entry in map.Entries)
        {
            if (!IsName(entry.Key.Value))
            {
                problems.Add(
                    new Problem(
                        Rules.BadName,
                        path,
                        entry.Key.Span,
                        entry.Key.Value,
                        "a field is named in snake_case, by letters, digits and '_', and begins with a letter"
                    )
                );
                continue;
            }

            if (Read(entry, owner, prefix) is not { } field)
                continue;
            if (fields.Find(f => f.Property == field.Property) is { } same)
                Report(entry.Key.Span, $"the fields '{same.Name}' and '{field.Name}' would both be '{field.Property}' in C#");
            else
                fields.Add(field);
        }

        IsWhole &= (fields.Count > 0 || mayBeNone) && fields.Count == Declared(map);
        return fields;
    }

    private FieldModel? Read(BoundEntry entry, string owner, string prefix)
    {
        if (
            entry.Value is not BoundRecord field
            || field["type"] is not BoundScalar written
            || FieldTypeParser.Parse(written, path, problems) is not { } type
        )
            return null;
        var property = FieldNames.Property(entry.Key.Value, owner);
        var innermost = type.Innermost;
        var typeName = type.TypeName(names, prefix + Names.Pascal(entry.Key.Value)!, isItem: false);

        List<LabelModel> labels = [];
        if (innermost.LabelWord is { } what)
            labels = Labels(field, innermost, what, written.Span);
        else if (Key(field, "labels") is { } unwanted)
            Report(unwanted.Span, $"type {innermost.Written} has no labels; {Having(t => t.LabelWord is not null)}");

        List<FieldModel> fields = [];
        if (innermost.HasFields)
        {
            if (field["fields"] is BoundMap nested)
                fields = Read(nested, typeName, typeName);
            else
                Report(written.Span, "a record needs its 'fields'");
        }
        else if (Key(field, "fields") is { } unwanted)
        {
            Report(unwanted.Span, $"type {innermost.Written} has no fields; {Having(t => t.HasFields)}");
        }

        if (innermost.IsChosen && (prefix.Length > 0 || owner != "Output" || !type.IsChosen))
            Report(written.Span, $"a {innermost.Word} is a field of the output itself, and in no list or record");
        else if (type.IsChosen && Key(field, "of") is null)
            Report(written.Span, $"a {type.Word} needs the list of the input that has its options, as {{type: {type.Word}, of: options}}");
        else if (Key(field, "of") is { } of && ((!type.IsCopied && !type.IsChosen) || prefix.Length > 0))
            Report(of.Span, "'of' belongs to entities or a choice that are a field of the input or output itself");
        if (Key(field, "any_of") is { } anyOf && !innermost.IsChosen)
            Report(anyOf.Span, $"type {innermost.Written} has no 'any_of'; {Having(t => t.IsChosen)}");
        var least = (int)(field["at_least"] is BoundScalar { Value: long number } ? number : 0);
        if (Key(field, "at_least") is { } atLeast && innermost is not LabelsField)
            Report(atLeast.Span, $"type {innermost.Written} has no 'at_least'; {Having(t => t is LabelsField)}");
        else if (labels.Count > 0 && least > labels.Count)
            Report(field["at_least"]!.Span, $"no answer can have {least} labels: there are {labels.Count}");
        return new FieldModel(
            entry.Key.Value,
            property,
            type,
            field.Text("summary") ?? "",
            typeName,
            new(labels),
            new(fields),
            field.Text("of")
        )
        {
            AnyOf = field["any_of"] is BoundScalar { Value: true },
            AtLeast = least,
        };
    }

    private List<LabelModel> Labels(BoundRecord field, FieldType type, string what, SourceSpan written)
    {
        var entries = field.Entries("labels");
        IsWhole &= entries.Count > 0 && entries.Count == Declared((BoundMap)field["labels"]!);
        if (entries.Count == 0)
        {
            if (field["labels"]?.Node is not YamlMapping { Entries.Count: > 0 })
                Report(Key(field, "labels")?.Span ?? written, $"the field needs at least one {what}, as labels: [first, second]");
            return [];
        }

        var members = FieldNames.Members([.. entries.Select(e => e.Key.Value)]);
        var taken = languages.Select(_ => new Dictionary<string, string>(StringComparer.Ordinal)).ToArray();
        var lacking = languages.Select(language => entries.Count(e => Lacks((BoundRecord)e.Value, language))).ToList();
        var labels = new List<LabelModel>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            var (key, label) = (entries[i].Key, (BoundRecord)entries[i].Value);
            var given = label.Entries("surfaces");
            foreach (var surface in given)
                if (lacks(surface.Key.Value))
                    Report(surface.Key.Span, $"the task has no language '{surface.Key.Value}', only {string.Join(", ", languages)}");

            var everywhere = label["surface"] as BoundScalar;
            var surfaces = new string[languages.Count];
            YamlNode? wrong = null;
            for (var l = 0; l < surfaces.Length; l++)
            {
                var own = given.FirstOrDefault(s => s.Key.Value == languages[l])?.Value as BoundScalar;
                var surface = (own ?? everywhere)?.Value as string ?? key.Value;
                surfaces[l] = surface;
                var node = (own ?? everywhere)?.Node ?? key;
                var why =
                    type.Refuse(surface) is { } reason
                        ? $"the {what} '{key.Value}' cannot be written as '{surface.Replace("\n", "\\n")}': {reason}"
                    : taken[l].TryGetValue(surface, out var other)
                        ? $"the {what}s '{other}' and '{key.Value}' are both written '{surface}' in {languages[l]}, "
                            + "so that an answer could mean either"
                    : null;
                if (why is null)
                    taken[l].Add(surface, key.Value);
                else if (node != wrong)
                    Report(node.Span, why);
                // One form for several languages is one mistake.
                if (why is not null)
                    wrong = node;
            }

            // Where most labels, or in the first language as many, are written as their keys, the keys are meant.
            var odd = languages
                .Where((language, l) => lacking[l] * 2 < entries.Count + (l > 0 && given.Count > 0 ? 1 : 0) && Lacks(label, language))
                .ToList();
            // One that is wrong may be it.
            if (odd.Count > 0 && given.All(s => languages.Contains(s.Key.Value)) && IsRead(label["surfaces"]))
                problems.Add(
                    new Problem(
                        Rules.MissingSurface,
                        path,
                        key.Span,
                        what,
                        key.Value,
                        string.Join(", ", odd),
                        string.Join(", ", odd.Select(o => $"{o}: …"))
                    )
                );

            labels.Add(new LabelModel(key.Value, members[i], new(surfaces), label.Text("summary") ?? ""));
        }

        return labels;
    }

    private static string Having(Func<FieldType, bool> what) =>
        $"type {string.Join(" or ", FieldType.All.Where(what).Select(t => t.Word))} has";

    private static bool Lacks(BoundRecord label, string language) =>
        label["surface"] is null && label.Entries("surfaces").All(s => s.Key.Value != language);

    private static bool IsRead(BoundValue? map) => map is not BoundMap entries || entries.Entries.Count == Declared(entries);

    private static int Declared(BoundMap map) =>
        map.Node switch
        {
            YamlMapping mapping => mapping.Entries.Count,
            YamlSequence sequence => sequence.Items.Count,
            _ => 0,
        };

    private static YamlNode? Key(BoundRecord record, string key) => record.Properties.FirstOrDefault(p => p.Property.Key == key)?.Key;

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 100 && char.IsLetter(name[0]) && name.All(c => c == '_' || char.IsLetterOrDigit(c));

    private void Report(SourceSpan span, string message) => problems.Add(new Problem(Rules.BadTask, path, span, message));
}
