using System.Globalization;
using System.Text;
using CsCheck;
using TaskDsl.Generators.Fields;

namespace TaskDsl.Generators.Tests.Tasks;

/// <summary>Random tasks: right ones compile, wrong ones are reported, and nothing throws.</summary>
public class TaskFuzzTests
{
    private static readonly Gen<string> Word = Gen.OneOf(
        Gen.OneOf<string>(
            "text",
            "input",
            "class",
            "int",
            "Type",
            "条款",
            "输入",
            "naïve",
            "a_b",
            "aB",
            "fields",
            "reader",
            "value",
            "items",
            "equals",
            "to_string",
            "x1",
            "ﬁ",
            "ǅ",
            "İ",
            "ı",
            "await",
            "record",
            "field",
            "var",
            "language",
            "writer",
            "item",
            "output",
            "answer",
            "grammars",
            "error",
            "utf8",
            "name",
            "format"
        ),
        Gen.Char['a', 'z'].Array[1, 6].Select(c => new string(c))
    );

    private static readonly Gen<string> Label = Gen.OneOf(
        Gen.OneOf<string>(
            "yes",
            "no",
            "null",
            "~",
            "true",
            "1",
            "1.0",
            "-",
            "+",
            "C#",
            "c#",
            "reverted?",
            "a b",
            "\"q\"",
            "\\",
            "{x}",
            "付款",
            "😀",
            "e\u0301",
            "'",
            "&<>",
            "</summary>",
            "*/",
            "{{ x }}",
            "%",
            "int",
            "Int",
            "a:",
            "#"
        ),
        Word
    );

    private static readonly Gen<string> Scalar = Gen.OneOf<string>([
        .. FieldType
            .All.Where(type => type is { LabelWord: null, HasFields: false, IsChosen: false } and not ListField)
            .Select(type => type.Word),
    ]);

    private static readonly Gen<string> Field = Gen.Select(Gen.Int[0, 9], Scalar, Label.Array[1, 5], Gen.Bool, Gen.Int[0, 2])
        .Select(t =>
        {
            var (kind, scalar, labels, optional, lists) = t;
            var inner = kind switch
            {
                < 5 => scalar,
                5 or 6 => "label",
                7 => "labels",
                8 => "entities",
                _ => "record",
            };
            var type = string.Concat(Enumerable.Repeat("list<", lists)) + inner + new string('>', lists) + (optional ? "?" : "");
            var rest = kind switch
            {
                < 5 => "",
                < 9 => $", labels: [{string.Join(", ", labels.Distinct().Select(Quoted))}]",
                _ => $", fields: {{{string.Join(", ", labels.Select((_, i) => $"f{i}: {scalar}"))}, kind: {{type: label, labels: "
                    + $"[{Quoted(labels[0])}]}}}}",
            };
            return $"{{type: '{type}', summary: {Quoted(labels[0])}{rest}}}";
        });

    private static readonly Gen<string> Fields = Gen.Select(Word, Field)
        .Array[1, 5]
        .Select(fields => $"{{{string.Join(", ", fields.DistinctBy(f => f.Item1).Select(f => $"{f.Item1}: {f.Item2}"))}}}");

    private static readonly Gen<string> Task = Gen.Select(
        Word,
        Fields,
        Fields,
        Gen.OneOf<string>("[en]", "[zh, en]", "[pt-BR]"),
        Gen.OneOf<string>("", "format: json\n", "format: lines\n", "metrics: [exact_match]\n"),
        (name, input, output, languages, more) =>
            $"task: {name}\nsummary: About {name}.\nlanguages: {languages}\ninput: {input}\noutput: {output}\n{more}"
    );

    [Fact]
    public void A_task_compiles_or_is_reported()
    {
        var compiled = 0;
        Task.Sample(
            yaml =>
            {
                var run = Desk.Empty.Add("a.task.yaml", yaml).Run();
                if (run.Diagnostics.Count > 0)
                    return;
                run.Compiles();
                Interlocked.Increment(ref compiled);
            },
            iter: 40,
            threads: 2,
            print: yaml => yaml
        );
        Assert.True(compiled > 10, $"{compiled} tasks compiled");
    }

    [Fact]
    public void Damaged_YAML_never_throws() =>
        Gen.Select(
                Task,
                Gen.Int[0, 100_000],
                Gen.OneOf<string>(
                    "",
                    "{",
                    "}",
                    "[",
                    "]",
                    ":",
                    "\n",
                    "\t",
                    "'",
                    "\"",
                    "&a ",
                    "*a",
                    "!!x ",
                    "- ",
                    "? ",
                    "%",
                    "\u0000",
                    "\uFEFF",
                    "😀",
                    ">",
                    "|",
                    "---\n"
                )
            )
            .Array[1, 3]
            .Sample(
                edits =>
                {
                    var yaml = edits[0].Item1;
                    foreach (var (_, at, text) in edits)
                    {
                        if (yaml.Length == 0)
                            continue;
                        var i = at % yaml.Length;
                        yaml = text.Length == 0 ? yaml.Remove(i, Math.Min(yaml.Length - i, 1 + (at % 9))) : yaml.Insert(i, text);
                    }

                    // The run itself fails where the generator threw.
                    Desk.Empty.Add("a.task.yaml", yaml).Run();
                },
                iter: 250,
                threads: 2
            );

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("fi-FI")]
    [InlineData("ar-SA")]
    public void The_machines_culture_changes_nothing(string culture)
    {
        const string yaml =
            "task: title_id\ninput: {id: text, i: int}\noutput: {kind: {type: label, labels: [i, I, title]}}\nsplit: "
            + "{validation: 0.05, seed: -3}\n";
        var before = CultureInfo.CurrentCulture;
        var expected = Desk.Empty.Add("a.task.yaml", yaml).Run().Compiles()["a.task.g.cs"];
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal(expected, Desk.Empty.Add("a.task.yaml", yaml).Run().Compiles()["a.task.g.cs"]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Quoted(string text) =>
        new StringBuilder("\"")
            .Append(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal))
            .Append('"')
            .ToString();
}
