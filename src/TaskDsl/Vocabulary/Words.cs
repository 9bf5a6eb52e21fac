using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace TaskDsl.Vocabulary;

/// <summary>
/// The words of the YAML as the running program knows them, by reflection: the same rules that the compiler binds by. What is public and
/// carries <see cref="KeywordAttribute"/> or <see cref="DocumentAttribute"/> in the loaded assemblies that use TaskDsl is known.
/// </summary>
public sealed class Words
{
    private const string PackageKey = "TaskDsl.Words";

    private readonly List<Type> types;

    /// <summary>Reads the words of some assemblies.</summary>
    public Words(IEnumerable<Assembly> assemblies) =>
        types = [
            .. assemblies
                .Distinct()
                .SelectMany(a => a.GetExportedTypes())
                .Where(t => t is { IsClass: true, IsAbstract: false })
                .OrderBy(t => t.FullName, StringComparer.Ordinal),
        ];

    /// <summary>
    /// The words of a project: its own assembly's and those of all that it references, TaskDsl's among them. The compiler leaves out the
    /// reference to a package that no code and no YAML uses yet; a package of words names itself by <c>AssemblyMetadata</c>
    /// (<c>TaskDsl.Words</c>) in its build props, so that its words are in the schema before they are used.
    /// </summary>
    public static Words Of(Assembly project)
    {
        var seen = new Dictionary<string, Assembly>(StringComparer.Ordinal);
        Visit(project);
        Visit(typeof(Words).Assembly);
        return new Words(seen.Values);

        void Visit(Assembly assembly)
        {
            if (!seen.TryAdd(assembly.FullName!, assembly))
                return;
            foreach (var package in assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Where(m => m.Key == PackageKey))
                Visit(Assembly.Load(package.Value!));
            foreach (var reference in assembly.GetReferencedAssemblies())
            {
                // Only what uses TaskDsl can have words.
                if (
                    reference.Name!.StartsWith("TaskDsl", StringComparison.Ordinal)
                    || (!reference.Name.StartsWith("System", StringComparison.Ordinal) && UsesTaskDsl(reference))
                )
                    Visit(Assembly.Load(reference));
            }
        }

        static bool UsesTaskDsl(AssemblyName name)
        {
            try
            {
                return Assembly.Load(name).GetReferencedAssemblies().Any(r => r.Name == "TaskDsl");
            }
            catch (Exception e) when (e is IOException or BadImageFormatException)
            {
                return false; // A reference that is not deployed has no words here.
            }
        }
    }

    /// <summary>
    /// The words of all assemblies that are loaded and use TaskDsl: what a file that was written by a program like this one may name.
    /// </summary>
    public static Words Loaded =>
        new(
            AppDomain
                .CurrentDomain.GetAssemblies()
                .Where(a => !a.IsDynamic && (a == typeof(Words).Assembly || a.GetReferencedAssemblies().Any(r => r.Name == "TaskDsl")))
        );

    /// <summary>The kinds of YAML files, each with the record that it is bound to.</summary>
    public IEnumerable<(string Kind, Type Type)> Documents =>
        types
            .Where(t => t.GetCustomAttribute<DocumentAttribute>() is not null)
            .Select(t => (t.GetCustomAttribute<DocumentAttribute>()!.Kind, t));

    /// <summary>The abstract records that words are of: an optimizer, a stage.</summary>
    public IEnumerable<Type> Kinds =>
        types
            .Where(t => t.GetCustomAttribute<KeywordAttribute>() is not null)
            .Select(KindOf)
            .Distinct()
            .OrderBy(WordOf, StringComparer.Ordinal);

    /// <summary>The words that an abstract record can be.</summary>
    public IEnumerable<(string Word, Type Type)> Choices(Type choice) =>
        types
            .Where(t => choice.IsAssignableFrom(t) && t.GetCustomAttribute<KeywordAttribute>() is not null)
            .Select(t => (WordOf(t), t))
            .OrderBy(c => c.Item1, StringComparer.Ordinal);

    /// <summary>The word of a type: its keyword, its kind of document, or its name in snake_case.</summary>
    public static string WordOf(Type type) =>
        type.GetCustomAttribute<KeywordAttribute>()?.Word ?? type.GetCustomAttribute<DocumentAttribute>()?.Kind ?? SnakeCase.Of(type.Name);

    /// <summary>The properties that the YAML can give, the more general first.</summary>
    public static IEnumerable<PropertyInfo> Properties(Type type)
    {
        var chain = new List<Type>();
        for (var t = type; t is not null && t != typeof(object); t = t.BaseType)
            chain.Insert(0, t);
        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0)
            .OrderBy(p => chain.IndexOf(p.DeclaringType!))
            .ThenBy(p => p.MetadataToken);
    }

    /// <summary>Whether the YAML must give a property: it is required, and not left out where it can mean one definition only.</summary>
    public static bool IsRequired(PropertyInfo property) =>
        property.GetCustomAttribute<RequiredMemberAttribute>() is not null && property.GetCustomAttribute<SoleAttribute>() is null;

    /// <summary>The property whose words or properties stand beside a record's own; null where there is none.</summary>
    public static PropertyInfo? Inline(Type type) =>
        Properties(type).FirstOrDefault(p => p.GetCustomAttribute<InlineAttribute>() is not null);

    /// <summary>The properties of the definition that a record names, where they may stand beside its own and have other names.</summary>
    public static IEnumerable<PropertyInfo> Inlined(Type type) =>
        Inline(type) is { } inline && !IsChoice(inline.PropertyType)
            ? Properties(inline.PropertyType)
                .Where(p => p.DeclaringType != typeof(Definition))
                .ExceptBy(Properties(type).Select(KeyOf), KeyOf)
            : [];

    /// <summary>A property's name in the YAML.</summary>
    public static string KeyOf(PropertyInfo property) => SnakeCase.Of(property.Name);

    /// <summary>The word of an enum's member.</summary>
    public static string WordOf(FieldInfo member) =>
        member.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? SnakeCase.Of(member.Name);

    /// <summary>The members of an enum, in order.</summary>
    public static IEnumerable<FieldInfo> Members(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static);

    /// <summary>Whether a type's value is one of several words.</summary>
    public static bool IsChoice(Type type) => type is { IsAbstract: true, IsClass: true } && !IsReference(type);

    /// <summary>Whether a type's value is the name of another definition.</summary>
    public static bool IsReference(Type type) =>
        typeof(INamed).IsAssignableFrom(type) || type.GetCustomAttribute<DocumentAttribute>() is not null;

    /// <summary>Whether a type's value is an expression over fields, which the compiler compiles.</summary>
    public static bool IsExpression(Type type) => typeof(IExpression).IsAssignableFrom(type);

    /// <summary>The type of a list's items; null for a type that is no list.</summary>
    public static Type? ItemOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>The type of a map's values; null for a type that is no map.</summary>
    public static Type? ValueOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? type.GetGenericArguments()[1] : null;

    /// <summary>The most general record behind a word.</summary>
    private static Type KindOf(Type word)
    {
        var kind = word;
        while (kind.BaseType is { } more && more != typeof(object))
            kind = more;
        return kind;
    }

    /// <summary>A record with all defaults; what is required is left empty.</summary>
    public static object Default(Type type) => Activator.CreateInstance(type)!;

    /// <summary>A value as the YAML has it, where it is one word or number; null otherwise.</summary>
    public static JsonValue? Scalar(object? value) =>
        value switch
        {
            bool b => JsonValue.Create(b),
            int i => JsonValue.Create(i),
            long l => JsonValue.Create(l),
            double d => JsonValue.Create(d),
            string { Length: > 0 } s => JsonValue.Create(s),
            Enum e => JsonValue.Create(WordOf(e.GetType().GetField(e.ToString())!)),
            not null when value.GetType().GetCustomAttribute<KeywordAttribute>() is { } keyword => JsonValue.Create(keyword.Word),
            _ => null,
        };
}
