using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>Texts that are no YAML, or none that is wanted: each has one diagnostic, at its place.</summary>
public class BadYamlTests
{
    private const string Head = "recipe: a\nmodel: models/base\n";

    [Theory]
    [InlineData("unclosed_bracket", "recipe: a\nmodel: models/base\ntasks: [\n")]
    [InlineData("unclosed_brace", "recipe: a\nmodel: {path: models/base\n")]
    [InlineData("unclosed_quote", "recipe: a\nmodel: \"models/base\n")]
    [InlineData("tab", "recipe: a\nmodel: models/base\nbatch:\n\trows: 4\n")]
    [InlineData("tab_behind_spaces", "recipe: a\nmodel: models/base\nbatch:\n  \trows: 4\n")]
    [InlineData("no_space_behind_colon", "recipe:a\nmodel:models/base\n")]
    [InlineData("bad_indentation", "recipe: a\n model: models/base\n")]
    [InlineData("duplicate_key", "recipe: a\nmodel: models/base\nseed: 1\nseed: 2\n")]
    [InlineData("duplicate_key_in_flow", "recipe: a\nmodel: models/base\nbatch: {rows: 1, rows: 1}\n")]
    [InlineData("anchor", "recipe: a\nmodel: &m models/base\n")]
    [InlineData("alias", "recipe: a\nmodel: *m\n")]
    [InlineData("tag", "recipe: a\nmodel: models/base\nseed: !!int 3\n")]
    [InlineData("own_tag", "recipe: !new a\nmodel: models/base\n")]
    [InlineData("second_document", "recipe: a\nmodel: models/base\n---\nrecipe: b\nmodel: models/base\n")]
    [InlineData("mapping_as_key", "recipe: a\nmodel: models/base\n? {x: 1}\n: 2\n")]
    [InlineData("empty", "")]
    [InlineData("comment_only", "# nothing\n")]
    [InlineData("marker_only", "---\n")]
    [InlineData("null", "~\n")]
    [InlineData("sequence", "- recipe: a\n")]
    [InlineData("word", "recipe\n")]
    [InlineData("wrong_first_key", "model: models/base\nrecipe: a\n")]
    [InlineData("other_kind", "task: a\ninput: {x: text}\n")]
    [InlineData("no_name", "recipe:\nmodel: models/base\n")]
    [InlineData("name_is_sequence", "recipe: [a]\nmodel: models/base\n")]
    [InlineData("name_of_signs", "recipe: '!?'\nmodel: models/base\n")]
    public void Is_reported(string name, string yaml) => Desk.WithRecipe(yaml).Run().VerifyDiagnostics(name);

    [Fact]
    public void Billion_laughs_are_refused_at_the_first_anchor()
    {
        var yaml = new StringBuilder("recipe: a\nl0: &l0 [lol]\n");
        for (var i = 1; i < 30; i++)
            yaml.Append(CultureInfo.InvariantCulture, $"l{i}: &l{i} [{string.Join(", ", Enumerable.Repeat($"*l{i - 1}", 10))}]\n");
        Desk.WithRecipe(yaml.ToString())
            .Run()
            .Reports("a.recipe.yaml(2,5): error TDSL1003: the anchor &l0 is not allowed here. Write the value out where it is needed.");
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Desk.WithRecipe(Head + "tasks: " + new string('[', 100_000))
            .Run()
            .Reports("a.recipe.yaml(3,72): error TDSL1003: nesting deeper than 64 is not allowed here. Flatten the document.");
        Desk.WithRecipe(Head + "tasks:\n" + string.Concat(Enumerable.Range(0, 2000).Select(i => new string(' ', i) + "-\n")))
            .Run()
            .Reports("a.recipe.yaml(68,65): error TDSL1003: nesting deeper than 64 is not allowed here. Flatten the document.");
    }

    [Fact]
    public void A_file_of_five_megabytes_is_refused() =>
        Desk.WithRecipe(Head + "summary: " + new string('x', 5 * 1024 * 1024))
            .Run()
            .Reports(
                "a.recipe.yaml(1,1): error TDSL1005: the file has 5 MiB, more than the 4 MiB that a definition may have. Data "
                    + "belongs into data files"
            );

    [Fact]
    public void A_file_of_three_megabytes_is_read() =>
        Assert.Contains(
            "Recipes",
            Desk.WithRecipe(Head + string.Concat(Enumerable.Repeat("# A long comment, line after line.\n", 90_000))).Run().Reports()[
                "a.recipe.g.cs"
            ],
            StringComparison.Ordinal
        );

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text()
    {
        using var bytes = new MemoryStream([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Head + "sed: 1\n")]);
        Desk.Empty.Add(ProjectFile.Read("a.recipe.yaml", bytes))
            .Run()
            .Reports("a.recipe.yaml(3,1): error TDSL1101: 'sed' is not a property of recipe; did you mean 'seed'?");
        Desk.WithRecipe("\uFEFF" + Head).Run().Reports();
    }

    [Fact]
    public void Line_ends_of_Windows_and_old_Macs_count_as_lines()
    {
        Desk.WithRecipe(Head.ReplaceLineEndings("\r\n") + "sed: 1\r\n")
            .Run()
            .Reports("a.recipe.yaml(3,1): error TDSL1101: 'sed' is not a property of recipe; did you mean 'seed'?");
        Desk.WithRecipe(Head.ReplaceLineEndings("\r") + "sed: 1\r")
            .Run()
            .Reports("a.recipe.yaml(3,1): error TDSL1101: 'sed' is not a property of recipe; did you mean 'seed'?");
    }

    [Fact]
    public void Code_does_not_depend_on_line_ends() =>
        Assert.Equal(
            Desk.Whole.Run().Compiles().Files,
            (
                Desk.Whole with
                {
                    Files = Desk.Whole.Files.ToImmutableSortedDictionary(
                        f => f.Key,
                        f => ProjectFile.Of(f.Key, f.Value.GetText().ToString().ReplaceLineEndings("\r\n"))
                    ),
                }
            )
                .Run()
                .Compiles()
                .Files
        );

    [Theory]
    [InlineData("docker-compose.prod.yaml", "services: {web: {image: x}}")]
    [InlineData("values.dev.yml", "a: [\n")]
    [InlineData("chart.tpl.yaml", "{{- define \"x\" }}\n")]
    [InlineData("openapi.v1.yaml", "")]
    public void A_file_of_another_tool_is_left_alone(string path, string text) => Desk.Empty.Add(path, text).Run().Compiles();

    [Theory]
    [InlineData(
        "a.recipes.yaml",
        "recipe: a\nmodel: models/base\n",
        "a.recipes.yaml(1,1): error TDSL1109: 'recipes' is not a kind of definition; did you mean 'recipe'?"
    )]
    [InlineData("a.taks.yml", "taks: a\n", "a.taks.yml(1,1): error TDSL1109: 'taks' is not a kind of definition; did you mean 'task'?")]
    public void A_kind_that_was_meant_is_suggested(string path, string text, string expected) =>
        Desk.Empty.Add(path, text).Run().Reports(expected);
}
