using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Binding;

/// <summary>
/// Puts values that <c>${each.name}</c> is written for nowhere to the properties that their names are paths of: by <c>over</c>
/// <c>{tuning: […]}</c> stands for <c>tuning: ${each.tuning}</c> in the step. What is wrong there is found like anything else that
/// stands there, at the place of the name.
/// </summary>
/// <param name="vocabulary">The words.</param>
/// <param name="step">The record that is said once for each, with a word inline.</param>
/// <param name="report">Tells what is wrong.</param>
internal sealed class EachPlaces(VocabularyModel vocabulary, RecordModel step, Action<YamlNode, string> report)
{
    /// <summary>The mapping with all of them.</summary>
    public YamlMapping Fill(YamlMapping mapping, EachScope scope)
    {
        foreach (var axis in scope.Axes.Where(axis => !axis.IsUsed))
        {
            var value = EachScope.Word(axis.Key, $"${{each.{axis.Name}}}");
            if (axis.Key.Value != EachScope.Seeds)
                mapping = Put(mapping, axis.Key.Value.Split('.'), axis.Key, value);
            else if (Verb(mapping) is not { } verb)
                continue; // It has its own problem.
            else if (!IsGroup(verb.Record) && HasSeed(verb.Record))
                mapping = Put(mapping, [EachScope.Seed], axis.Key, value);
            else if (!IsGroup(verb.Record))
                report(axis.Key, $"'{verb.Entry.Key.Value}' has no seed; write ${{each.seed}} where it stands");
            else if (Seeded(mapping, axis.Key, value) is { } seeded && seeded != mapping)
                mapping = seeded;
            else
                report(axis.Key, "no step of the group takes a seed; write ${each.seed} where it stands");
        }

        return mapping;
    }

    /// <summary>A mapping with another value of a key.</summary>
    public static YamlMapping With(YamlMapping mapping, string key, YamlNode value) =>
        new(mapping.Span, [.. mapping.Entries.Select(e => e.Key.Value == key ? new YamlEntry(e.Key, value) : e)]);

    /// <summary>A step with a value at the path of one of its verb's properties; of a group, behind the name of a step.</summary>
    private YamlMapping Put(YamlMapping mapping, string[] path, YamlScalar key, YamlScalar value)
    {
        if (Verb(mapping) is not { } verb)
            return mapping; // It has its own problem.
        var word = verb.Entry.Key.Value;
        if (!IsGroup(verb.Record))
            return With(mapping, word, Within(Properties(verb.Entry.Value, verb.Record, key), path, 0, key, value));
        if (verb.Entry.Value is not YamlMapping steps)
            return mapping;
        if (steps[path[0]] is not YamlMapping inner || path.Length == 1)
        {
            report(
                key,
                steps[path[0]] is null
                    ? $"'{key.Value}' begins with no step of the group{NearestWord.Choice(path[0], steps.Entries.Select(e => e.Key.Value))}"
                    : $"'{key.Value}' is a step; write one of its properties behind it, as {path[0]}.seed"
            );
            return mapping;
        }

        return With(mapping, word, With(steps, path[0], Put(inner, [.. path.Skip(1)], key, value)));
    }

    private YamlMapping Within(YamlMapping at, string[] path, int index, YamlScalar key, YamlScalar value)
    {
        var there = at[path[index]];
        if (index == path.Length - 1)
        {
            if (there is not null)
                report(key, $"'{path[index]}' stands in the step already; write ${{each.…}} there, or leave it out");
            return there is null ? Append(at, EachScope.Word(key, path[index]), value) : at;
        }

        var inner = there switch
        {
            YamlMapping mapping => mapping,
            // A word alone has properties too.
            YamlScalar { IsNull: false } word => new YamlMapping(word.Span, [new YamlEntry(word, EachScope.Word(word, ""))]),
            _ => new YamlMapping(key.Span, []),
        };
        inner = Within(inner, path, index + 1, key, value);
        return there is null ? Append(at, EachScope.Word(key, path[index]), inner) : With(at, path[index], inner);
    }

    /// <summary>A group whose steps have the seed, where they have one that is not said, and make what is drawn.</summary>
    private YamlMapping Seeded(YamlMapping mapping, YamlScalar key, YamlScalar value)
    {
        if (Verb(mapping) is not { } verb)
            return mapping;
        if (IsGroup(verb.Record))
        {
            if (verb.Entry.Value is not YamlMapping steps)
                return mapping;
            var changed = steps;
            foreach (var entry in steps.Entries)
                if (entry.Value is YamlMapping inner && Seeded(inner, key, value) is var seeded && seeded != inner)
                    changed = With(changed, entry.Key.Value, seeded);
            return changed == steps ? mapping : With(mapping, verb.Entry.Key.Value, changed);
        }

        var properties = Properties(verb.Entry.Value, verb.Record, key);
        var isOwn = properties[EachScope.Seed] is not null || (mapping[step.Each!.Key] as YamlMapping)?[EachScope.Seeds] is not null;
        return isOwn || !HasSeed(verb.Record) || verb.Record.Makes?.Kind == "table"
            ? mapping
            : With(mapping, verb.Entry.Key.Value, Append(properties, EachScope.Word(key, EachScope.Seed), value));
    }

    private (YamlEntry Entry, RecordModel Record)? Verb(YamlMapping mapping)
    {
        var words = vocabulary.Type<ChoiceModel>(step.Inline!.Type.Name).Keywords;
        foreach (var entry in mapping.Entries)
            if (words.FirstOrDefault(k => k.Word == entry.Key.Value) is { } word)
                return (entry, vocabulary.Type<RecordModel>(word.Type));
        return null;
    }

    /// <summary>Whether a word is a group of such records.</summary>
    private bool IsGroup(RecordModel record) => record.IsMap && record.Properties[0].Type.Element?.Name == step.Name;

    private bool HasSeed(RecordModel record) => new InlineEntries(record, vocabulary).Keys.Contains(EachScope.Seed);

    /// <summary>A word's properties as a mapping, also where a bare value stands for one of them.</summary>
    private static YamlMapping Properties(YamlNode value, RecordModel record, YamlScalar key) =>
        value switch
        {
            YamlMapping mapping => mapping,
            _ when value is not YamlScalar { IsNull: true } && record.Shorthand is { } shorthand => new YamlMapping(
                value.Span,
                [new YamlEntry(EachScope.Word(key, shorthand.Key), value)]
            ),
            _ => new YamlMapping(value.Span, []),
        };

    private static YamlMapping Append(YamlMapping mapping, YamlScalar key, YamlNode value) =>
        new(mapping.Span, [.. mapping.Entries, new YamlEntry(key, value)]);
}
