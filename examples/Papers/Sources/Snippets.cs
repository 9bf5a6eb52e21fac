using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Methods of projects, and the test that the project would write for each: every project has a helper, a way to name methods and a way to
/// assert of its own. Columns: <c>method</c> (its words), <c>test</c>, <c>shown</c> (other methods of the project, each with its test, a
/// line each; where any are asked for).
/// </summary>
[Keyword("snippets"), Revision(2)]
public sealed record Snippets : SyntheticSource
{
    private static readonly string[] Verbs =
    [
        "get",
        "set",
        "add",
        "find",
        "move",
        "sort",
        "read",
        "send",
        "merge",
        "split",
        "count",
        "open",
    ];

    private static readonly string[] Nouns =
    [
        "total",
        "name",
        "order",
        "page",
        "list",
        "key",
        "date",
        "price",
        "file",
        "user",
        "row",
        "tag",
        "path",
        "code",
        "mail",
        "size",
    ];

    private static readonly string[] Syllables = ["ka", "lo", "mi", "ru", "te", "sa", "no", "fe", "vu", "pi"];

    /// <summary>The number of the first project.</summary>
    [Range(0, 1000)]
    public int First { get; init; }

    /// <summary>How many projects there are.</summary>
    [Range(1, 1000)]
    public int Projects { get; init; } = 1;

    /// <summary>How many other methods of the same project are shown.</summary>
    [Range(0, 16)]
    public int Shown { get; init; }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var project = First + draw.Below(Projects);
        var (method, test) = Written(project, ref draw);
        var record = new JsonObject { ["method"] = method, ["test"] = test };
        if (Shown == 0)
            return record;
        var shown = new List<string>();
        while (shown.Count < 2 * Shown)
            if (Written(project, ref draw) is var (other, itsTest) && other != method)
                shown.AddRange([other, itsTest]);
        record["shown"] = string.Join('\n', shown);
        return record;
    }

    private static (string Method, string Test) Written(int number, ref Draw draw)
    {
        var project = new Draw(2208_13928, number);
        var helper = Syllables[project.Below(10)] + Syllables[project.Below(10)] + Syllables[project.Below(10)];
        var (naming, style) = (project.Below(3), project.Below(4));
        string[] words = [Verbs[draw.Below(Verbs.Length)], Nouns[draw.Below(Nouns.Length)], Nouns[draw.Below(Nouns.Length)]];
        var name = naming switch
        {
            0 => string.Join('_', words),
            1 => words[0] + string.Concat(words.Skip(1).Select(Capital)),
            _ => string.Concat(words.Select(Capital)),
        };
        var test = style switch
        {
            0 => $"assert {helper}({name}()) == {words[1]}",
            1 => $"{helper}.equal({words[1]}, {name}())",
            2 => $"expect({name}()).{helper}({words[1]})",
            _ => $"{helper}: {name}() is {words[1]}",
        };
        return (string.Join(' ', words), test);
    }

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
