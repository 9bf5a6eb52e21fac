using System.Collections;
using System.Globalization;
using System.Reflection;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl;

/// <summary>
/// Changes a definition by the words of its YAML, as <c>tuning.lora.rank=16</c>: a copy with one value changed, checked as the compiler
/// checks the file. A choice is changed by its bare word (<c>tuning=lora</c>) or by naming a property of another one; the
/// word that is chosen may be left out (<c>optimizer.learning_rate=1e-4</c>).
/// </summary>
public sealed class Override(Words words, Catalog catalog)
{
    private object? root;

    /// <summary>Applies assignments one after the other.</summary>
    /// <exception cref="WordException">One does not fit.</exception>
    public T Apply<T>(T definition, IEnumerable<string> assignments)
        where T : class
    {
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw new WordException($"'{assignment}' is no setting; write path=value, as tuning.lora.rank=16.");
            var path = assignment[..equals].Split('.');
            root = definition;
            definition = (T)Set(definition, typeof(T), path, 0, assignment[(equals + 1)..])!;
        }

        return Mistakes.RefuseIn(definition);
    }

    private object? Set(object? current, Type type, string[] path, int at, string text)
    {
        if (at == path.Length)
            return Parse(type, text, null, string.Join('.', path));
        if (Words.IsChoice(type))
            return SetChoice(current, type, path, at, text);
        if (Words.ItemOf(type) is { } item)
            return SetItem((IEnumerable?)current, item, path, at, text);
        if (Words.ValueOf(type) is { } value && (value.IsValueType || value == typeof(string)))
            return SetEntry((IDictionary?)current, value, path, at, text);
        if (type.IsClass && type != typeof(string) && !(at > 0 && Words.IsReference(type)) && Words.ValueOf(type) is null)
            return SetProperty(current ?? Words.Default(type), path, at, text);
        throw new WordException($"{Place(path, at)} is a single value; '{path[at]}' leads nowhere.");
    }

    private object SetProperty(object record, string[] path, int at, string text)
    {
        var type = record.GetType();
        var inline = Words.Inline(type);
        var properties = Words
            .Properties(type)
            .Where(p => (at > 0 || p.Name != nameof(Definition.Name)) && (p != inline || !Words.IsChoice(p.PropertyType)))
            .ToList();
        var property = properties.FirstOrDefault(p => Words.KeyOf(p) == path[at]) ?? inline;
        if (property is not null && property == inline && (Words.IsChoice(inline.PropertyType) || Words.KeyOf(inline) != path[at]))
            return SetInline(record, inline, path, at, text);
        if (property is null)
            throw new WordException(
                $"{Place(path, at + 1)}: '{path[at]}' is not a property of "
                    + $"{Words.WordOf(record.GetType())}{Meant(record.GetType(), record, path, at, properties.Select(Words.KeyOf))}"
            );
        return Copy(
            record,
            property,
            at + 1 == path.Length
                ? Parse(property.PropertyType, text, property, string.Join('.', path))
                : Set(property.GetValue(record), property.PropertyType, path, at + 1, text),
            Place(path, at)
        );
    }

    /// <summary>Sets what stands beside a record's own properties: a word of a choice, or a property of what is named.</summary>
    private object SetInline(object record, PropertyInfo inline, string[] path, int at, string text)
    {
        var current = inline.GetValue(record)!;
        var isWord = Words.IsChoice(inline.PropertyType) && words.Choices(inline.PropertyType).Any(choice => choice.Word == path[at]);
        var value = isWord ? SetChoice(current, inline.PropertyType, path, at, text) : SetProperty(current, path, at, text);
        return Copy(record, inline, value, Place(path, at));
    }

    // What 'with' does: records copy themselves, and init properties are open to reflection.
    private object Copy(object record, PropertyInfo property, object? value, string place)
    {
        var copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        property.SetValue(copy, value);
        Tie(copy, property, value, place);
        return copy;
    }

    // A task's only prompt goes with it, and a prompt's task.
    private void Tie(object record, PropertyInfo property, object? value, string place)
    {
        if (value is Prompt prompt && property.GetCustomAttribute<SoleAttribute>() is { } sole)
            record.GetType().GetProperty(sole.Of)!.SetValue(record, prompt.Task);
        if (value is DslTask task)
            foreach (var beside in Words.Properties(record.GetType()))
                if (beside.GetCustomAttribute<SoleAttribute>()?.Of == property.Name)
                    beside.SetValue(record, PromptOf(task, place, Words.KeyOf(beside)));
    }

    private Prompt PromptOf(DslTask task, string place, string key)
    {
        var prompts = catalog.Prompts.Where(p => p.Task.Name == task.Name).ToList();
        return prompts switch
        {
            [var only] => only,
            [] => throw new WordException($"{place}: the task '{task.Name}' has no prompt."),
            _ => throw new WordException(
                $"{place}: the task '{task.Name}' has the prompts {string.Join(", ", prompts.Select(p => $"'{p.Name}'"))}; "
                    + $"say which in the recipe, or of an item that is there, as tasks.0.{key}={prompts[0].Name}."
            ),
        };
    }

    private object SetChoice(object? current, Type type, string[] path, int at, string text)
    {
        var choices = words.Choices(type).ToList();
        var choice = choices.Find(c => c.Word == path[at]);
        // The chosen word may be left out.
        var own = current?.GetType() is { } chosen
            ? Words.Properties(chosen).Concat(Words.Inlined(chosen)).Select(Words.KeyOf).ToList()
            : [];
        if (own.Contains(path[at]))
            return choice.Type is null
                ? SetProperty(current!, path, at, text)
                : throw new WordException(
                    $"{Place(path, at + 1)}: '{path[at]}' is a {Words.WordOf(type).Replace('_', ' ')} and a property of the one that is "
                        + $"chosen; write {Place(path, at)}.{path[at]}.… or "
                        + $"{Place(path, at)}.{Words.WordOf(current!.GetType())}.{path[at]}."
                );
        if (choice.Type is null)
            throw new WordException(
                $"{Place(path, at + 1)}: "
                    + $"'{path[at]}' is no "
                    + $"{Words.WordOf(type).Replace('_', ' ')}"
                    + (
                        NearestWord.To(path[at], choices.Select(c => c.Word).Concat(own)) is { } near
                            ? $"; did you mean '{near}'?"
                            : Meant(type, current, path, at, choices.Select(c => c.Word))
                    )
            );
        var record = current?.GetType() == choice.Type ? current : Words.Default(choice.Type);
        if (at + 1 < path.Length)
            return SetProperty(record, path, at + 1, text);
        var shorthand = Words.Properties(choice.Type).FirstOrDefault(p => p.GetCustomAttribute<ShorthandAttribute>() is not null)
            ?? throw new WordException(
                $"{Place(path, at + 1)} is a {Words.WordOf(type).Replace('_', ' ')}; set one of its properties, or write "
                    + $"{Place(path, at)}={path[at]}."
            );
        return SetProperty(record, [.. path, Words.KeyOf(shorthand)], at + 1, text);
    }

    private Array SetItem(IEnumerable? current, Type item, string[] path, int at, string text)
    {
        var items = current?.Cast<object?>().ToArray() ?? [];
        if (!int.TryParse(path[at], NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= items.Length)
            throw new WordException(
                $"{Place(path, at + 1)}: '{path[at]}' is no item; {Place(path, at)} has {items.Length}, numbered from 0."
            );
        var copy = Array.CreateInstance(item, items.Length);
        for (var i = 0; i < items.Length; i++)
            copy.SetValue(i == index ? Set(items[i], item, path, at + 1, text) : items[i], i);
        return copy;
    }

    /// <summary>A number or a text of a map, whose key is the rest of the path: keys may have dots in them.</summary>
    private IDictionary SetEntry(IDictionary? current, Type value, string[] path, int at, string text)
    {
        var copy = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), value))!;
        if (current is not null)
            foreach (DictionaryEntry entry in current)
                copy.Add(entry.Key, entry.Value);
        copy[string.Join('.', path[at..])] = Value(value, text, string.Join('.', path));
        return copy;
    }

    private object? Parse(Type type, string text, PropertyInfo? property, string path)
    {
        var inner = Nullable.GetUnderlyingType(type);
        if (
            text is "" or "null" or "~"
            && (
                inner is not null
                || (
                    property is not null
                    && !type.IsValueType
                    && new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable
                )
            )
        )
            return null;
        return Value(inner ?? type, text, path);
    }

    private object Value(Type type, string text, string path)
    {
        if (type == typeof(string))
            return text;
        if (type == typeof(bool))
            return bool.TryParse(text, out var b) ? b : throw Wrong("true or false");
        if (type == typeof(int))
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i)
                ? i
                : throw Wrong("a whole number");
        if (type == typeof(long))
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l)
                ? l
                : throw Wrong("a whole number");
        if (type == typeof(double))
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && double.IsFinite(d)
                ? d
                : throw Wrong("a number");
        if (type == typeof(TimeSpan))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var t) ? t : throw Wrong("a time span, as 01:30:00");
        if (type.IsEnum)
        {
            var member = Words.Members(type).FirstOrDefault(m => Words.WordOf(m) == text);
            return member?.GetValue(null)
                ?? throw new WordException(
                    $"{path}: '{text}' is no "
                        + $"{Words.WordOf(type).Replace('_', ' ')}{Expected(text, Words.Members(type).Select(Words.WordOf))}"
                );
        }

        if (typeof(DslTask).IsAssignableFrom(type))
            return Named(catalog.Tasks, task => task.Name, "task");
        if (typeof(Prompt).IsAssignableFrom(type))
            return Named(catalog.Prompts, prompt => prompt.Name, "prompt");
        if (Words.IsReference(type))
            return Named([.. catalog.Definitions.Where(type.IsInstanceOfType)], definition => definition.Name, Words.WordOf(type));
        if (Words.IsExpression(type))
            throw new WordException($"{path} is compiled with the project; change it in the YAML.");
        if (Words.IsChoice(type))
            return Choice(type, text, path);
        if (Words.ItemOf(type) is { } item)
            return Items(item, text, path);
        if (
            type.IsClass
            && Words.Properties(type).FirstOrDefault(p => p.GetCustomAttribute<ShorthandAttribute>() is not null) is { } shorthand
        )
            return SetProperty(Words.Default(type), [.. path.Split('.'), Words.KeyOf(shorthand)], path.Split('.').Length, text);
        throw new WordException(
            $"{path} is made of several values; set them one by one, as "
                + $"{path}.{(type.IsClass ? Words.Properties(type).Select(Words.KeyOf).FirstOrDefault("…") : "…")}=…."
        );

        WordException Wrong(string expected) => new($"{path}: '{text}' where {expected} is expected.");

        T Named<T>(IReadOnlyList<T> all, Func<T, string> name, string kind) =>
            all.FirstOrDefault(candidate => name(candidate) == text)
            ?? throw new WordException($"{path}: there is no {kind} named '{text}'{Expected(text, all.Select(name))}");
    }

    private object Choice(Type type, string text, string path)
    {
        var choices = words.Choices(type).ToList();
        var choice = choices.Find(c => c.Word == text).Type;
        if (choice is not null)
        {
            var missing = Words.Properties(choice).FirstOrDefault(Words.IsRequired);
            return missing is null
                ? Words.Default(choice)
                : throw new WordException($"{path}: {text} needs '{Words.KeyOf(missing)}'; write {path}.{text}.{Words.KeyOf(missing)}=….");
        }

        var matching = choices.Find(c => c.Type.GetCustomAttribute<KeywordAttribute>()!.IsMatch(text));
        return matching.Type is not null
            ? SetChoice(null, type, [.. path.Split('.'), matching.Word], path.Split('.').Length, text)
            : throw new WordException(
                $"{path}: '{text}' is no {Words.WordOf(type).Replace('_', ' ')}{Expected(text, choices.Select(c => c.Word))}"
            );
    }

    private Array Items(Type item, string text, string path)
    {
        var texts = text.Trim()
            .TrimStart('[')
            .TrimEnd(']')
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var items = Array.CreateInstance(item, texts.Length);
        for (var i = 0; i < texts.Length; i++)
            items.SetValue(Value(item, texts[i], path), i);
        return items;
    }

    private static string Place(string[] path, int length) => length == 0 ? "the definition" : string.Join('.', path.Take(length));

    /// <summary>What may be meant by a part of a path: a name that is spelt alike, or a property called so, here or elsewhere.</summary>
    private string Meant(Type type, object? value, string[] path, int at, IEnumerable<string> known)
    {
        var (name, all) = (path[at], known.ToList());
        if (Words.Properties(type).FirstOrDefault(p => !Words.IsChoice(type) && MeantProperty.IsCalled(p, name)) is { } here)
            return Expected(Words.KeyOf(here), all);
        return
            NearestWord.To(name, all) is null
            && (
                MeantProperty.Find(words, type, value, name, string.Join('.', path.Take(at)))
                ?? MeantProperty.Find(words, root!.GetType(), root, name)
            )
                is { } meant
            ? $"; did you mean '{meant}'?"
            : Expected(name, all);
    }

    private static string Expected(string word, IEnumerable<string> known)
    {
        var all = known.ToList();
        return NearestWord.To(word, all) is { } near ? $"; did you mean '{near}'?" : $"; expected one of {string.Join(", ", all)}.";
    }
}
