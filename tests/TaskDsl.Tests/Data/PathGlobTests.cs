using System.Text.RegularExpressions;
using CsCheck;
using TaskDsl.Data;
using TaskDsl.Data.Files;
using TaskDsl.Data.Sources;

namespace TaskDsl.Tests.Data;

/// <summary>Patterns of paths, against regular expressions that say the same.</summary>
public sealed class PathGlobTests : SourceTest
{
    [Fact]
    public void They_match_what_an_expression_matches() =>
        Gen.Select(Gen.OneOf(Gen.Const("**"), Gen.String[Gen.Char["ab*?"], 1, 3]).Array[1, 4], Gen.String[Gen.Char["ab"], 1, 2].Array[1, 4])
            .Where((pattern, _) => pattern.All(part => part == "**" || !part.Contains("**", StringComparison.Ordinal)))
            .Sample(
                (pattern, path) =>
                {
                    var (glob, name) = (string.Join('/', pattern), string.Join('/', path));
                    var expression = string.Join(
                        "",
                        pattern.Select(
                            (part, i) =>
                                part == "**"
                                    ? i == pattern.Length - 1
                                        ? ".+"
                                        : "(?:[^/]+/)*"
                                    : Regex.Escape(part).Replace("\\*", "[^/]*").Replace("\\?", "[^/]")
                                        + (i == pattern.Length - 1 ? "" : "/")
                        )
                    );
                    Assert.Equal(Regex.IsMatch(name, $"^{expression}$"), PathGlob.IsMatch(glob, name));
                },
                iter: 20_000
            );

    [Fact]
    public async Task Files_are_found_in_folders_in_the_order_of_their_names()
    {
        foreach (
            var name in (string[])
                ["data/b.jsonl", "data/a.jsonl", "data/x/c.jsonl", "data/x/y/d.jsonl", "data/x/e.json", "data/.hidden/f.jsonl"]
        )
            Write(name, $"{{\"text\":\"{name}\",\"mood\":\"good\"}}\n");
        async Task<IEnumerable<string>> Found(string pattern) =>
            (await Note.Build().From(new JsonLines { Path = pattern, Split = SplitName.Train }).ToDatasetAsync(Options)).Train.Select(e =>
                e.Input.Text
            );
        Assert.Equal(["data/a.jsonl", "data/b.jsonl", "data/x/c.jsonl", "data/x/y/d.jsonl"], await Found("data/**/*.jsonl"));
        Assert.Equal(["data/a.jsonl", "data/b.jsonl"], await Found("data/*.jsonl"));
        Assert.Equal(["data/x/c.jsonl"], await Found("data/*/*.jsonl"));
        Assert.Equal(["data/x/y/d.jsonl"], await Found("**/?.jsonl".Replace("?", "d", StringComparison.Ordinal)));
        var error = await Assert.ThrowsAsync<DataException>(() => Found("data/**/*.csv"));
        Assert.Contains("data/**/*.csv: no file in", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_a_folder_is_one_and_a_loop_of_links_gives_no_file_twice()
    {
        Directory.CreateDirectory(At("data/x"));
        Directory.CreateDirectory(At("elsewhere"));
        Directory.CreateSymbolicLink(At("data/linked"), "../elsewhere");
        Directory.CreateSymbolicLink(At("data/x/up"), "..");
        Directory.CreateSymbolicLink(At("data/x/itself"), ".");
        Directory.CreateSymbolicLink(At("elsewhere/back"), At("data"));
        foreach (var name in (string[])["data/x/a.jsonl", "elsewhere/b.jsonl"])
            Write(name, $"{{\"text\":\"{name}\",\"mood\":\"good\"}}\n");
        var data = await Note.Build().From(new JsonLines { Path = "data/**/*.jsonl", Split = SplitName.Train }).ToDatasetAsync(Options);
        Assert.Equal(["elsewhere/b.jsonl", "data/x/a.jsonl"], data.Train.Select(e => e.Input.Text));
    }
}
