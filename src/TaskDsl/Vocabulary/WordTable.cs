using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace TaskDsl.Vocabulary;

/// <summary>
/// Words in Markdown files, written from the types. Between <c>&lt;!-- words: optimizer --&gt;</c> and <c>&lt;!-- end of words --&gt;</c>
/// stands a table of the words of that kind, with their properties and what they mean; behind <c>&lt;!-- list: optimizer --&gt;</c> their
/// names alone; behind <c>&lt;!-- properties: optimizer --&gt;</c> a table of what each of their properties means, and behind
/// <c>&lt;!-- properties: recipe --&gt;</c> one of all that such a file can say.
/// </summary>
public static partial class WordTable
{
    /// <summary>A Markdown text with its tables and lists written anew.</summary>
    /// <exception cref="WordException">A table or list asks for a kind of words that there is not, or has no end.</exception>
    public static string Write(Words words, string markdown)
    {
        ArgumentNullException.ThrowIfNull(words);
        var unended = Begin().Matches(markdown).ExceptBy(Block().Matches(markdown).Select(block => block.Index), begin => begin.Index);
        if (unended.FirstOrDefault() is { } begin)
            throw new WordException($"{begin.Value} has no end: write {End} behind the words.");
        return Block().Replace(markdown, block => block.Groups["begin"].Value + Written(words, block) + End);
    }

    private const string End = "<!-- end of words -->";

    private static string Written(Words words, Match block)
    {
        var kind = block.Groups["kind"].Value;
        var form = block.Groups["form"].Value;
        var isProperties = form == "properties";
        if (isProperties && words.Documents.FirstOrDefault(document => document.Kind == kind) is { Type: { } document })
            return $"\n{PropertyTable.OfDocument(words, kind, document)}";
        var choice = words.Kinds.FirstOrDefault(type => Words.WordOf(type) == kind)
            ?? throw new WordException($"there are no words of the kind '{kind}'; expected one of {string.Join(", ", Known())}.");
        return isProperties ? $"\n{PropertyTable.OfWords(words, choice)}"
            : form == "list" ? $"`{string.Join(' ', words.Choices(choice).Select(named => named.Word))}`"
            : $"\n{Table(words, choice)}";

        IEnumerable<string> Known() =>
            words.Kinds.Select(Words.WordOf).Concat(isProperties ? words.Documents.Select(document => document.Kind) : []);
    }

    private static string Table(Words words, Type choice)
    {
        var docs = new XmlDocs();
        var choices = words.Choices(choice).ToList();
        var anyBare = choices.Any(c => Bare(c.Type).Length > 0);
        var anyTypes = choices.Any(c => Types(c.Type).Length > 0);
        string[] columns =
        [
            "word",
            .. anyBare ? ["not needed for"] : Array.Empty<string>(),
            .. anyTypes ? ["for outputs of type"] : Array.Empty<string>(),
            "its properties",
            "what it means",
        ];
        var table = new StringBuilder($"| {string.Join(" | ", columns)} |\n{string.Concat(columns.Select(_ => "|---"))}|\n");
        var shared = "";
        foreach (var (word, type) in choices)
        {
            var defaults = Words.Default(type);
            var properties = Words.Properties(type).ToLookup(p => p.DeclaringType!.IsAssignableFrom(choice), p => Property(p, defaults));
            shared = string.Join(" ", properties[true]);
            table.Append($"| `{word}` |{(anyBare ? $" {Bare(type)} |" : "")}{(anyTypes ? $" {Types(type)} |" : "")}");
            table.Append($" {string.Join(" ", properties[false])} | {Cell($"{docs.Of(type)} {docs.Remarks(type)}")} |\n");
        }

        return shared.Length == 0 ? $"{table}" : $"{table}\nEach has also {shared}.\n\n";
    }

    /// <summary>The bare values that mean a word; of <c>*.jsonl</c> and <c>*.jsonl.gz</c> the first says enough.</summary>
    private static string Bare(Type type)
    {
        var patterns = type.GetCustomAttribute<KeywordAttribute>()!.Matches.Split(';', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(
            " ",
            patterns
                .Where(pattern => !patterns.Any(other => pattern.StartsWith($"{other}.", StringComparison.Ordinal)))
                .Select(pattern => $"`{pattern}`")
        );
    }

    /// <summary>The types of field that a word is for; none for any output.</summary>
    private static string Types(Type type) =>
        string.Join(" ", (type.GetCustomAttribute<FieldTypesAttribute>()?.Types ?? []).Select(name => $"`{name}`"));

    /// <summary>A property as the YAML has it, its default behind it where that is one word, and then all else that it can be.</summary>
    private static string Property(PropertyInfo property, object defaults)
    {
        var given = Words.IsRequired(property) ? null : Words.Scalar(property.GetValue(defaults))?.ToString();
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var others = type.IsEnum ? Words.Members(type).Select(Words.WordOf).Where(word => word != given) : [];
        var values = string.Join('/', given is null ? others : others.Prepend(given));
        return values.Length > 0 && !values.Contains(' ', StringComparison.Ordinal)
            ? $"`{Words.KeyOf(property)}: {values}`"
            : $"`{Words.KeyOf(property)}`";
    }

    /// <summary>A text as a cell: papers are links.</summary>
    internal static string Cell(string text) =>
        Paper().Replace(text.TrimEnd().Replace("|", "\\|", StringComparison.Ordinal), "arXiv [$1](https://arxiv.org/abs/$1)");

    [GeneratedRegex(BeginPattern)]
    private static partial Regex Begin();

    // What is written anew is all up to the end; another comment before it means that the end is missing.
    [GeneratedRegex($"(?<begin>{BeginPattern})(?:(?!<!--).)*{End}", RegexOptions.Singleline)]
    private static partial Regex Block();

    private const string BeginPattern = "<!-- (?<form>words|list|properties): (?<kind>[a-z0-9_]+) -->";

    [GeneratedRegex(@"arXiv:? ?(\d{4}\.\d{4,5})")]
    private static partial Regex Paper();
}
