using CsCheck;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>No text makes the generator throw, and where it reports nothing the code compiles.</summary>
public class FuzzTests
{
    private static readonly string[] Seeds = [Desk.Task, Desk.Prompt, Desk.Recipe];

    // What breaks YAML and templates, and what they are made of.
    private static readonly string[] Pieces =
    [
        ":",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "\t",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\"",
        "'",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "!!int ",
        "!",
        "?",
        "? ",
        "%",
        "@",
        "`",
        "#",
        " # ",
        "---\n",
        "...\n",
        "~",
        "null",
        "true",
        "1e-4",
        "-7",
        ".nan",
        "0x1F",
        "99999999999999999999",
        "{{",
        "}}",
        "{{ sentence }}",
        "{{ output }}",
        "{{ for x in y }}",
        "{{ end }}",
        "\u0000",
        "\uFEFF",
        "\u2028",
        "\r",
        "付款",
        "🙂",
        "\uD800",
        "recipe",
        "task",
        "prompt",
        "model",
        "tuning",
        "lora",
        "adamw",
        "input",
        "output",
        "labels",
        "label",
        "list<text>",
        "record",
        "fields",
        "languages",
        "en",
        "user",
        "class",
        "mood",
        "_",
        "1",
    ];

    private static readonly Gen<string> Mutated =
        from seed in Gen.Int[0, Seeds.Length - 1]
        from edits in Gen.Select(Gen.Double[0, 1], Gen.Int[0, 12], Gen.Int[-1, Pieces.Length - 1]).Array[1, 6]
        select edits.Aggregate(Seeds[seed], (text, edit) =>
        {
            var at = (int)(edit.Item1 * text.Length);
            var cut = Math.Min(edit.Item2, text.Length - at);
            return text[..at] + (edit.Item3 < 0 ? "" : Pieces[edit.Item3]) + text[(at + cut)..];
        });

    private static readonly Gen<string> Random = Gen.Int[0, Pieces.Length - 1]
        .Array[0, 60]
        .Select(parts => string.Concat(parts.Select(i => Pieces[i])));

    [Fact]
    public void Mutated_files_never_throw()
    {
        // The project is kept: the vocabulary is read once, as in an editor.
        var run = Desk.Whole.Run();
        Mutated.Sample(
            text =>
            {
                var kind =
                    text.Contains("prompt", StringComparison.Ordinal) ? "prompt"
                    : text.Contains("recipe", StringComparison.Ordinal) ? "recipe"
                    : "task";
                Check(run.Again(Desk.Whole.Add($"fuzz.{kind}.yaml", text)));
            },
            iter: 600,
            threads: 1
        );
    }

    [Fact]
    public void Random_files_never_throw()
    {
        var run = Desk.Whole.Run();
        Random.Sample(
            text => Check(run.Again(Desk.Whole.Add("fuzz.task.yaml", text).Add("fuzz.recipe.yaml", text).Add("fuzz.prompt.yaml", text))),
            iter: 400,
            threads: 1
        );
    }

    // A throw of the generator is a throw of the run.
    private static void Check(GeneratorRun run)
    {
        if (run.Diagnostics.Count == 0)
            run.Compiles();
        Assert.All(run.Diagnostics, d => Assert.StartsWith("TDSL", d.Id, StringComparison.Ordinal));
    }
}
