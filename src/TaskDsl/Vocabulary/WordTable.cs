using System.Text;
using System.Text.RegularExpressions;

namespace TaskDsl.Vocabulary;

/// <summary>
/// Tables of words in Markdown files, written from the types: a table stands between <c>&lt;!-- words: optimizer --&gt;</c> and
/// <c>&lt;!-- end of words --&gt;</c> and names each word of that kind, its properties and its summary.
/// </summary>
public static partial class WordTable
{
    /// <summary>A Markdown text with its tables written anew.</summary>
    /// <exception cref="WordException">A table asks for a kind of words that there is not, or has no end.</exception>
    public static string Write(Words words, string markdown)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (Begin().Count(markdown) != Block().Count(markdown))
            throw new WordException("a table of words has no end: write <!-- end of words --> behind it.");
        return Block().Replace(markdown, block => $"{block.Groups["begin"].Value}\n{Table(words, block.Groups["kind"].Value)}{End}");
    }

    private const string End = "<!-- end of words -->";

    private static string Table(Words words, string kind)
    {
        var choice = words.Kinds.FirstOrDefault(type => Words.WordOf(type) == kind)
            ?? throw new WordException(
                $"there are no words of the kind '{kind}'; expected one of {string.Join(", ", words.Kinds.Select(Words.WordOf))}."
            );
        var docs = new XmlDocs();
        var table = new StringBuilder("| word | its properties | what it means |\n|---|---|---|\n");
        foreach (var (word, type) in words.Choices(choice))
        {
            var properties = Words.Properties(type).Select(p => $"`{Words.KeyOf(p)}`");
            table.Append($"| `{word}` | {string.Join(" ", properties)} | {Cell(docs.Of(type))} |\n");
        }

        return table.ToString();
    }

    /// <summary>A summary as a cell: papers are links.</summary>
    private static string Cell(string summary) =>
        Paper().Replace(summary.Replace("|", "\\|", StringComparison.Ordinal), "arXiv [$1](https://arxiv.org/abs/$1)");

    [GeneratedRegex(@"<!-- words: (?<kind>[a-z0-9_]+) -->")]
    private static partial Regex Begin();

    [GeneratedRegex($@"(?<begin><!-- words: (?<kind>[a-z0-9_]+) -->)\n[^<]*(?:<(?!!-- end of words)[^<]*)*{End}")]
    private static partial Regex Block();

    [GeneratedRegex(@"arXiv:? ?(\d{4}\.\d{4,5})")]
    private static partial Regex Paper();
}
