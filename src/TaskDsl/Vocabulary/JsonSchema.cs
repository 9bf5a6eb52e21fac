using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TaskDsl.Vocabulary;

/// <summary>
/// Writes the JSON Schema (draft-07) of a kind of YAML file from its C# types, so that editors complete and check what the compiler will
/// accept.
/// </summary>
public sealed class JsonSchema
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Words words;
    private readonly XmlDocs docs = new();
    private readonly NullabilityInfoContext nullability = new();
    private readonly SortedDictionary<string, JsonNode> definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, string> names = [];

    // Whether a value may be one of a sweep's.
    private readonly bool isSwept;

    private JsonSchema(Words words, Type type) =>
        (this.words, isSwept) = (
            words,
            Words
                .Properties(type)
                .Select(p => Words.ValueOf(p.PropertyType) ?? Words.ItemOf(p.PropertyType) ?? p.PropertyType)
                .Any(part => Words.Properties(part).Any(p => p.GetCustomAttribute<EachAttribute>() is not null))
        );

    /// <summary>The schema of one kind, as text.</summary>
    public static string Write(Words words, string kind)
    {
        var type = words.Documents.First(d => d.Kind == kind).Type;
        var schema = new JsonSchema(words, type);
        var root = schema.Properties(type, kind);
        var result = new JsonObject { ["$schema"] = "http://json-schema.org/draft-07/schema#", ["title"] = $"TaskDsl {kind}" };
        foreach (var (key, value) in root.ToList())
        {
            root.Remove(key);
            result[key] = value;
        }

        result["definitions"] = new JsonObject(schema.definitions.Select(d => KeyValuePair.Create<string, JsonNode?>(d.Key, d.Value)));
        return result.ToJsonString(Options) + "\n";
    }

    /// <summary>A record as an object. The root's name stands under the kind's own key.</summary>
    private JsonObject Properties(Type type, string? kind = null)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        var defaults = Words.Default(type);
        var inline = Words.Inline(type) is { } beside && Words.IsChoice(beside.PropertyType) ? beside : null;
        foreach (var property in Words.Properties(type).Where(p => p != inline))
        {
            var key = kind is not null && property.Name == nameof(Definition.Name) ? kind : Words.KeyOf(property);
            properties[key] = Property(property, defaults);
            if (Words.IsRequired(property))
                required.Add(key);
        }

        // One in the place of what the named definition has: its default is there.
        foreach (var property in Words.Inlined(type))
            properties[Words.KeyOf(property)] = Property(property, null);
        foreach (var (word, choice) in inline is null ? [] : words.Choices(inline.PropertyType))
            properties[word] = Join(new JsonObject { ["description"] = docs.Of(choice) }, Reference(choice));

        var result = Described(
            type,
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = properties,
                ["additionalProperties"] = false,
            }
        );
        if (required.Count > 0)
            result["required"] = required;
        if (inline is not null)
            result["oneOf"] = new JsonArray([
                .. words.Choices(inline.PropertyType).Select(c => new JsonObject { ["required"] = new JsonArray(c.Word) }),
            ]);
        if (type.GetCustomAttribute<OneOfAttribute>() is { } one)
            result["oneOf"] = new JsonArray([
                .. one.Properties.Select(p => new JsonObject { ["required"] = new JsonArray(SnakeCase.Of(p)) }),
            ]);
        return result;
    }

    private JsonObject Property(PropertyInfo property, object? defaults)
    {
        var wrapped = new JsonObject();
        if (docs.Of(property) is { Length: > 0 } summary)
            wrapped["description"] = summary;
        if (defaults is not null && !Words.IsRequired(property) && Words.Scalar(property.GetValue(defaults)) is { } value)
            wrapped["default"] = value;
        return Join(wrapped, Schema(property.PropertyType, property));
    }

    private JsonObject Schema(Type type, PropertyInfo? property)
    {
        var inner = Nullable.GetUnderlyingType(type);
        var isNullable =
            inner is not null
            || (property is not null && !type.IsValueType && nullability.Create(property).WriteState == NullabilityState.Nullable);
        var schema = Plain(inner ?? type, property);
        var options = new JsonArray();
        if (isNullable)
            options.Add(new JsonObject { ["type"] = "null" });
        // What is any text, is that too; the steps themselves are not swept.
        if (isSwept && Words.ValueOf(type) is null && schema.Count > 0 && !(schema["type"] is JsonArray || IsText(schema)))
            options.Add(Each());
        if (options.Count == 0)
            return schema;
        options.Insert(0, schema);
        return new JsonObject { ["anyOf"] = options };

        static bool IsText(JsonObject schema) => schema["pattern"] is null && (string?)schema["type"] == "string";
    }

    private JsonObject Each()
    {
        definitions.TryAdd(
            "Each",
            new JsonObject
            {
                ["description"] = "A value of the sweep around it.",
                ["type"] = "string",
                ["pattern"] = @"^\$\{ *each\.[A-Za-z_][A-Za-z0-9_]* *\}$",
            }
        );
        return new JsonObject { ["$ref"] = "#/definitions/Each" };
    }

    private JsonObject Plain(Type type, PropertyInfo? property)
    {
        if (type == typeof(bool))
            return new JsonObject { ["type"] = "boolean" };
        if (type == typeof(int) || type == typeof(long))
            return Limited(new JsonObject { ["type"] = "integer" }, property);
        if (type == typeof(double))
            return Limited(new JsonObject { ["type"] = "number" }, property);
        if (type == typeof(TimeSpan))
            return new JsonObject { ["type"] = "string", ["pattern"] = "^(\\d+\\.)?\\d\\d:\\d\\d:\\d\\d$" };
        // A label, a field's type or a name may look like a number or a truth value to YAML; the compiler binds it by its target.
        if (property?.GetCustomAttribute<WordOfAttribute>() is { } named)
            return new JsonObject { ["enum"] = new JsonArray([.. words.Choices(named.Kind).Select(choice => (JsonNode)choice.Word)]) };
        if (type == typeof(string))
            return property?.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern
                ? new JsonObject { ["type"] = "string", ["pattern"] = pattern.Pattern }
                : new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };
        if (type == typeof(AnyValue))
            return [];
        if (Words.IsReference(type) || Words.IsExpression(type))
            return new JsonObject { ["type"] = "string" };
        if (Words.ItemOf(type) is { } item)
            return Limited(new JsonObject { ["type"] = "array", ["items"] = Schema(item, null) }, property);
        if (Words.ValueOf(type) is { } value)
        {
            var map = new JsonObject { ["type"] = "object", ["additionalProperties"] = Schema(value, null) };
            // A sequence of words: each with all defaults.
            return value.IsClass && value != typeof(string)
                ? new JsonObject
                {
                    ["anyOf"] = new JsonArray(
                        map,
                        new JsonObject
                        {
                            ["type"] = "array",
                            ["items"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
                        }
                    ),
                }
                : map;
        }

        return Reference(type);
    }

    private JsonObject Reference(Type type)
    {
        if (!names.TryGetValue(type, out var name))
        {
            // The stage sample and the decoding sample are two.
            name = definitions.ContainsKey(type.Name) ? type.Namespace!.Split('.')[^1] + type.Name : type.Name;
            names.Add(type, name);
            definitions.Add(name, new JsonObject()); // A type may hold itself.
            definitions[name] =
                type.IsEnum ? Enum(type)
                : Words.IsChoice(type) ? Choice(type)
                : Record(type);
        }

        return new JsonObject { ["$ref"] = $"#/definitions/{name}" };
    }

    private JsonObject Enum(Type type) =>
        Described(
            type,
            new JsonObject
            {
                ["oneOf"] = new JsonArray([
                    .. Words
                        .Members(type)
                        .Select(member =>
                        {
                            // More validators know enum than const.
                            var word = new JsonObject { ["enum"] = new JsonArray(Words.WordOf(member)) };
                            if (docs.Of(member) is { Length: > 0 } summary)
                                word["description"] = summary;
                            return word;
                        }),
                ]),
            }
        );

    private JsonObject Record(Type type)
    {
        // A record that is but one map is written as the map.
        if (Shorthand(type) is { } only && Words.ValueOf(only.PropertyType) is not null && Words.Properties(type).Count() == 1)
            return Described(type, Schema(only.PropertyType, only));
        var options = new JsonArray(Properties(type));
        if (Shorthand(type) is { } shorthand)
            options.Add(Schema(shorthand.PropertyType, shorthand));
        if (!Words.Properties(type).Any(Words.IsRequired))
            options.Add(new JsonObject { ["type"] = "null" });
        return options.Count == 1 ? Take(options) : Described(type, new JsonObject { ["anyOf"] = options });
    }

    private JsonObject Choice(Type type)
    {
        var choices = words.Choices(type).ToList();
        var one = new JsonObject();
        foreach (var (word, choice) in choices)
            one[word] = Join(new JsonObject { ["description"] = docs.Of(choice) }, Reference(choice));
        var bare = choices.Where(c => !Words.Properties(c.Type).Any(Words.IsRequired)).ToList();
        var options = new JsonArray();
        if (bare.Count > 0)
            options.Add(
                new JsonObject
                {
                    ["oneOf"] = new JsonArray([
                        .. bare.Select(c => new JsonObject { ["enum"] = new JsonArray(c.Word), ["description"] = docs.Of(c.Type) }),
                    ]),
                }
            );
        options.Add(
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = one,
                ["additionalProperties"] = false,
                ["minProperties"] = 1,
                ["maxProperties"] = 1,
            }
        );
        foreach (
            var (_, choice) in choices.Where(c =>
                c.Type.GetCustomAttribute<KeywordAttribute>() is { Matches.Length: > 0 } or { IsDefault: true }
            )
        )
            options.Add(Reference(choice));
        return Described(type, new JsonObject { ["anyOf"] = options });
    }

    private JsonObject Described(Type type, JsonObject schema) =>
        docs.Of(type) is { Length: > 0 } summary ? Join(new JsonObject { ["description"] = summary }, schema) : schema;

    private static PropertyInfo? Shorthand(Type type) =>
        Words.Properties(type).FirstOrDefault(p => p.GetCustomAttribute<ShorthandAttribute>() is not null);

    private static JsonObject Limited(JsonObject schema, PropertyInfo? property)
    {
        var isArray = schema["type"]!.GetValue<string>() == "array";
        if (property?.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            var number = isArray ? schema["items"]!.AsObject() : schema;
            if (Bound(range.Minimum) is { } minimum)
                number["minimum"] = minimum;
            if (Bound(range.Maximum) is { } maximum)
                number["maximum"] = maximum;
        }

        if (isArray && property?.GetCustomAttribute<LengthAttribute>() is { } length)
            (schema["minItems"], schema["maxItems"]) = (length.MinimumLength, length.MaximumLength);
        if (isArray && property?.GetCustomAttribute<DistinctAttribute>() is not null)
            schema["uniqueItems"] = true;
        return schema;
    }

    private static JsonValue? Bound(object limit) =>
        limit is int.MaxValue ? null
        : limit is int number ? JsonValue.Create(number)
        : JsonValue.Create(Convert.ToDouble(limit, System.Globalization.CultureInfo.InvariantCulture));

    private static JsonObject Join(JsonObject first, JsonObject second)
    {
        // Siblings of $ref are ignored in draft-07.
        if (second.ContainsKey("$ref") && first.Count > 0)
        {
            first["allOf"] = new JsonArray(second);
            return first;
        }

        foreach (var (key, value) in second.ToList())
        {
            second.Remove(key);
            first.TryAdd(key, value);
        }

        return first;
    }

    private static JsonObject Take(JsonArray options)
    {
        var only = options[0]!.AsObject();
        options.Clear();
        return only;
    }
}
