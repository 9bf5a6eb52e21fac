using System.Runtime.CompilerServices;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests.Tasks;

/// <summary>What is said of tasks that do not hang together.</summary>
public class TaskProblemsTests
{
    [Fact]
    public void Field_types() =>
        Verified(
            """
            task: a
            input:
              a: txt
              b: list<text
              c: "list"
              d: list<txet>
              e: list<text?>
              f: text??
              g: ""
              h: {type: 'list<list<lables>>'}
              i: list<list<list<list<list<list<list<list<list<int>>>>>>>>>
              j: text text
            output: {o: text}
            """
        );

    [Fact]
    public void Labels() =>
        Verified(
            """
            task: a
            languages: [en, zh]
            input: {t: text}
            output:
              none: label
              empty: {type: label, labels: []}
              twice: {type: label, labels: {a: {surfaces: {en: x}}, b: {surfaces: {en: x}}}}
              fallback: {type: label, labels: {a: {surfaces: {en: b}}, b: {}}}
              tag: {type: label, labels: {a: {surfaces: {de: x}}}}
              blank: {type: label, labels: {a: ' x', b: ''}}
              breaks: {type: label, labels: {a: "x\ny"}}
              dash: {type: labels, labels: ['-']}
              colon: {type: entities, labels: ['a: b']}
              unwanted: {type: int, labels: [a]}
            """
        );

    [Fact]
    public void Fields() =>
        Verified(
            """
            task: a
            input:
              both: text
              number: int
              2nd: text
              a-b: text
              "": text
            output:
              both: text
              lost: {type: record}
              unwanted: {type: text, fields: {a: text}}
              deep: {type: record, fields: {facts: {type: entities, of: both, labels: [x]}}}
              nested: {type: record, fields: {}}
            """
        );

    [Fact]
    public void What_entities_are_copied_from() =>
        Verified(
            """
            task: a
            input: {body: text, count: int}
            output:
              near: {type: entities, of: bdy, labels: [x]}
              number: {type: entities, of: count, labels: [x]}
              output: {type: entities, of: near, labels: [x]}
            """
        );

    [Theory]
    [InlineData("text", "{a: label, b: text}")]
    [InlineData("label", "{a: text}")]
    [InlineData("labels", "{a: list<text>}")]
    [InlineData("lines", "{a: list<int>}")]
    [InlineData("entities", "{a: text?}")]
    public void Formats_that_do_not_fit(string format, string output)
    {
        var problem = Assert.Single(
            Task(
                $"task: a\ninput: {{t: text}}\noutput: "
                    + $"{output.Replace("a: label", "a: {type: label, labels: [x]}", StringComparison.Ordinal)}\nformat: {format}\n"
            ).Diagnostics
        );
        Assert.Equal("TDSL1302", problem.Id);
        Assert.Equal(3, problem.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public void Languages_and_sources() =>
        Verified(
            """
            task: a
            languages: [en, en, "not a tag"]
            input: {body: text}
            output: {answer: text}
            examples:
              - {path: a.jsonl, language: zh}
              - {path: a.jsonl, columns: {anwser: b}}
              - {path: a.jsonl, columns: {body: text}, ignore: [id, body, text, answer]}
              - {path: a.jsonl, columns: {body: answer}}
              - {path: a.jsonl, columns: {answer: x, body: x}}
            split: {validation: 0.5, test: 0.5}
            """
        );

    [Fact]
    public void Expressions() =>
        Verified(
            """
            task: a
            input: {clause: text, note: text?, number: int}
            output: {type: {type: label, labels: [delivery, payment]}, tags: {type: labels, labels: [x]}}
            stages:
              - filter: claus.size > 20
              - filter: clause.size > 20 && type != 'delivry'
              - filter: clause
              - filter: tags
              - filter: note
              - filter: type = 'delivery'
              - filter: "{{ clause.size > 20 }}"
              - filter: ""
              - filter: clause.size >
              - filter: number > 'a'
              - filter: |
                  clause.size > 3
                  && clause | string.md5 == 'x'
              - filter: if number; ret true; end
              - filter: {where: [number]}
              - filter
              - map: {clause: "{{ clause | string.upcas }} {{ type }}", number: "{{ number"}
              - balance: tags
              - balance: {by: clas, most: 0}
              - near_deduplicate: {by: language + typ}
            split: {stratified: {by: typ}}
            """
        );

    [Fact]
    public void Stages_and_splits() =>
        Verified(
            """
            task: a
            input: {clause: text, number: int}
            output: {type: {type: label, labels: [x]}, tags: {type: labels, labels: [x]}}
            stages:
              - map: {claus: x}
              - map: {tags: x}
              - map: {}
              - map
              - normalize_text: {fields: [clause, number, typ], form: nfd}
              - near_deduplicate: 0.3
              - sample: 1.5
              - sample: {count: 0}
              - shufle
              - balance
            split: {stratifed: {by: type}}
            """
        );

    [Theory]
    [InlineData("{test: 0.5, validation: 0.5}", "TDSL1302")]
    [InlineData("{stratified: {by: type, test: 0.5, validation: 0.5}}", "TDSL1302")]
    [InlineData("{tets: 0.1}", "'tets' is not a property of random; did you mean 'test'?")]
    [InlineData("{grouped: {by: type}, seed: 1}", "a second key 'seed'")]
    [InlineData("stratified", "stratified needs 'by'")]
    [InlineData("{groupd: {by: type}}", "'groupd' is not a split; did you mean 'grouped'?")]
    [InlineData("0.1", "'0.1' is not a split")]
    public void Splits(string split, string expected) =>
        Assert.Contains(
            expected,
            Task($"task: a\ninput: {{t: text}}\noutput: {{type: {{type: label, labels: [x]}}}}\nsplit: {split}\n").Report(),
            StringComparison.Ordinal
        );

    [
        Theory,
        InlineData("random"),
        InlineData("{}"),
        InlineData("{seed: 3}"),
        InlineData("grouped"),
        InlineData("{grouped: type}"),
        InlineData("{stratified: language}"),
        InlineData("{random: {test: 0}}")
    ]
    public void Splits_that_fit(string split) =>
        Assert.Empty(Task($"task: a\ninput: {{t: text}}\noutput: {{type: {{type: label, labels: [x]}}}}\nsplit: {split}\n").Diagnostics);

    [Fact]
    public void Too_many_fields() =>
        Task(
                $$"""
                task: a
                input: { {{string.Join(", ", Enumerable.Range(0, 40).Select(i => $"i{i}: int"))}} }
                output: { {{string.Join(", ", Enumerable.Range(0, 40).Select(i => $"o{i}: int"))}} }
                """
            )
            .Reports("a.task.yaml(3,9): error TDSL1302: input and output have 80 fields together, more than the 64 that a record may have");

    [Fact]
    public void A_task_without_fields() =>
        Verified(
            """
            task: a
            input: []
            output: {}
            """
        );

    private static void Verified(string yaml, [CallerFilePath] string file = "", [CallerMemberName] string method = "") =>
        Snapshot.Verify(Task(yaml).Report(), "txt", "", file, method);

    private static GeneratorRun Task(string yaml) => Desk.Empty.Add("a.jsonl").Add("a.task.yaml", yaml).Run();
}
