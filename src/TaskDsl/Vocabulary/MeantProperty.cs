using System.Reflection;

namespace TaskDsl.Vocabulary;

/// <summary>
/// Finds the property that is meant by a name that stands at the wrong place, or that other programs have for it
/// (<see cref="AlsoCalledAttribute"/>). The compiler does the same for YAML.
/// </summary>
internal static class MeantProperty
{
    /// <summary>Whether a property is called so, here or elsewhere.</summary>
    public static bool IsCalled(PropertyInfo property, string name) =>
        Words.KeyOf(property) == name || property.GetCustomAttributes<AlsoCalledAttribute>().Any(also => also.Names.Contains(name));

    /// <summary>The shortest path to such a property, through the words that are chosen before others; null where there is none.</summary>
    /// <param name="words">The words.</param>
    /// <param name="type">Where to look.</param>
    /// <param name="value">What is there.</param>
    /// <param name="name">The name.</param>
    /// <param name="path">Where that stands; empty for a definition.</param>
    public static string? Find(Words words, Type type, object? value, string name, string path = "")
    {
        var seen = new HashSet<Type>();
        var open = new Queue<(Type Type, object? Value, string Path)>([(type, value, path)]);
        while (open.TryDequeue(out var at))
        {
            if (Words.IsChoice(at.Type))
            {
                foreach (var (word, choice) in words.Choices(at.Type).OrderBy(c => c.Type != at.Value?.GetType()))
                    open.Enqueue((choice, choice == at.Value?.GetType() ? at.Value : null, Join(at.Path, word)));
                continue;
            }

            if (Words.ItemOf(at.Type) is { } item)
            {
                open.Enqueue((item, null, Join(at.Path, "0")));
                continue;
            }

            if (at.Type.GetMethod("<Clone>$") is null || (Words.IsReference(at.Type) && at.Type != type) || !seen.Add(at.Type))
                continue;
            var record = at.Value ?? Words.Default(at.Type);
            foreach (var property in Words.Properties(at.Type).Where(p => p.DeclaringType != typeof(Definition)))
            {
                var place = Join(at.Path, Words.KeyOf(property));
                if (IsCalled(property, name))
                    return place;
                open.Enqueue(
                    (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, property.GetValue(record), place)
                );
            }
        }

        return null;
    }

    private static string Join(string path, string part) => path.Length == 0 ? part : $"{path}.{part}";
}
