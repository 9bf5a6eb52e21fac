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
    [InlineData("indented_less", "recipe: a\nmodel: models/base\nbatch:\n    rows: 4\n  overlong: error\n")]
    [InlineData("item_indented_less", "recipe: a\nmodel: models/base\ncorpus:\n  - a.txt\n - b.txt\n")]
    [InlineData("value_and_more_below", "recipe: a\nmodel: models/base\nbatch: 4\n  rows: 4\n")]
    [InlineData("full_width_space", "recipe: a\nmodel: models/base\nbatch:\n\u3000\u3000rows: 4\n")]
    [InlineData("no_break_space", "recipe: a\nmodel: models/base\nbatch:\n \u00a0rows: 4\n")]
    [InlineData("colon_in_a_value", "recipe: a\nsummary: Tunes: on moods\nmodel: models/base\n")]
    [InlineData("colon_and_quotes_in_a_value", "recipe: a\nsummary: \"Tunes\": on: it's\nmodel: models/base\n")]
    [InlineData("colon_in_a_flow_mapping", "recipe: a\nmodel: models/base\nbatch: {rows: 4: 5}\n")]
    [InlineData("colon_in_an_item", "recipe: a\nmodel: models/base\ncorpus:\n  - Read this: it is: a text\n")]
    [InlineData("template_without_quotes", "recipe: a\nmodel: models/base\ncorpus:\n  - {{ x }}\n")]
    [InlineData("template_and_text_without_quotes", "recipe: a\nmodel: models/base\ncorpus:\n  - {{ x }} or it's {{ y }}\n")]
    [InlineData("template_behind_a_colon", "recipe: a\nmodel: models/base\ncorpus:\n  - Read this: {{ x }}\n")]
    [InlineData("full_width_colon", "recipe：a\nmodel: models/base\n")]
    [InlineData("full_width_colon_below", "recipe: a\nmodel：models/base\n")]
    [InlineData("full_width_colon_at_the_end", "recipe: a\nmodel: models/base\nbatch：\n  rows: 4\n")]
    [InlineData("full_width_colon_in_a_flow_mapping", "recipe: a\nmodel: models/base\nbatch: {rows：4}\n")]
    [InlineData("full_width_comma", "recipe: a\nmodel: models/base\ntasks: [a，b、c]\n")]
    [InlineData("no_colon", "recipe: a\nmodel: models/base\nbatch\nseed: 1\n")]
    [InlineData("no_space_before_a_brace", "recipe: a\nmodel: models/base\nbatch:{rows: 4}\n")]
    [InlineData("apostrophe_in_quotes", "recipe: a\nsummary: 'It's good'\nmodel: models/base\n")]
    [InlineData("text_behind_quotes", "recipe: a\nsummary: \"Moods\" of a sentence\nmodel: models/base\n")]
    [InlineData("unclosed_single_quote", "recipe: a\nsummary: 'Moods\nmodel: models/base\n")]
    [InlineData("unclosed_bracket_far_above", "recipe: a\ncorpus: [a.txt, 'b]'\nmodel: models/base\nbatch: {rows: 4} # [\n")]
    [InlineData("missing_brace", "recipe: a\nmodel: models/base\nbatch: rows: 4}\n")]
    [InlineData("no_colon_in_the_first_line", "recipe a\nmodel: models/base\n")]
    [InlineData("no_colon_before_a_value", "recipe: a\nmodel models/base\nseed: 1\n")]
    [InlineData("no_colon_before_a_brace", "recipe: a\nmodel: models/base\nbatch {rows: 4}\n")]
    [InlineData("item_without_its_key", "recipe: a\nmodel: models/base\n- a.txt\n")]
    [InlineData("cut_in_a_flow", "recipe: a\nmodel: models/base\ncorpus:\n  - {path:\n  - a.txt\n")]
    [InlineData("duplicate_key_without_value", "recipe: a\nmodel:\nmodel: models/base\n")]
    [InlineData("closes_nothing", "recipe: a\nmodel: models/base\ncorpus: [a.txt]]\n")]
    [InlineData("begins_with_percent", "recipe: a\nsummary: %s\nmodel: models/base\n")]
    [InlineData("begins_with_a_bracket", "recipe: a\nsummary: [INST] and more\nmodel: models/base\n")]
    [InlineData("begins_with_a_bar", "recipe: a\nsummary: | a text\nmodel: models/base\n")]
    [InlineData("backslash", "recipe: a\nsummary: \"C:\\dir\"\nmodel: models/base\n")]
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
            Desk.WithRecipe(Head + "corpus: []\n" + string.Concat(Enumerable.Repeat("# A long comment, line after line.\n", 90_000)))
                .Run()
                .Reports()["a.recipe.g.cs"],
            StringComparison.Ordinal
        );

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text()
    {
        using var bytes = new MemoryStream([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Head + "sed: 1\n")]);
        Desk.Empty.Add(ProjectFile.Read("a.recipe.yaml", bytes))
            .Run()
            .Reports("a.recipe.yaml(3,1): error TDSL1101: 'sed' is not a property of recipe; did you mean 'seed'?");
        Desk.WithRecipe("\uFEFF" + Head + "corpus: []\n").Run().Reports();
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
    [InlineData("recipe: a\nmodel: models/base\nsummary: 'Is it so： yes，no'\ncorpus: []\n")]
    [InlineData("recipe: a\nmodel: models/base\nsummary: Q：yes，or no\ncorpus: []\n")]
    [InlineData("recipe: a\nmodel: models/base\nsummary: 好，坏\ncorpus: []\n")]
    [InlineData("recipe: a\nmodel: models/base\nsummary: at 10:30 it's {here}, [there]\ncorpus: []\n")]
    public void A_text_may_have_any_sign(string yaml) => Desk.WithRecipe(yaml).Run().Reports();

    [Theory]
    [InlineData("docker-compose.prod.yaml", "services: {web: {image: x}}")]
    [InlineData("values.dev.yml", "a: [\n")]
    [InlineData("chart.tpl.yaml", "{{- define \"x\" }}\n")]
    [InlineData("openapi.v1.yaml", "")]
    [InlineData("pipeline.yaml", "task: build\n")]
    [InlineData("tasks/main.yml", "- name: install\n")]
    [InlineData("tasks/values.yaml", "recipe: soup\n")]
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
