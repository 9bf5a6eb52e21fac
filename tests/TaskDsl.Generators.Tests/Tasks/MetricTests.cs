using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests.Tasks;

/// <summary>A metric is used where it is defined: which word fits which output.</summary>
public class MetricTests
{
    private const string Own = """
        using System;
        using TaskDsl.Metrics.Counting;
        using TaskDsl.Vocabulary;

        namespace Own;

        [Keyword("any")]
        public sealed record AnyMetric : Metric
        {
            public override double Score(ReadOnlySpan<Answer> answers) => 1;
        }

        [Keyword("numbers"), Measures("int", "list<int>")]
        public sealed record NumbersMetric : Metric
        {
            public override double Score(ReadOnlySpan<Answer> answers) => 1;
        }
        """;

    private const string Everywhere = "any, confidence_auroc, exact_match, field_accuracy";

    /// <summary>An output, how its fields are told, and the words that fit it.</summary>
    public static TheoryData<string, string, string> Outputs =>
        new()
        {
            { "a: {type: label, labels: [x]}", "one label", $"accuracy, {Everywhere}, macro_f1, micro_f1, perplexity, validity" },
            { "a: {type: 'label?', labels: [x]}", "one label?", $"accuracy, {Everywhere}, macro_f1, micro_f1, perplexity, validity" },
            {
                "a: {type: labels, labels: [x]}",
                "one labels",
                $"accuracy, {Everywhere}, macro_f1, micro_f1, perplexity, samples_f1, validity"
            },
            { "a: {type: entities, labels: [x]}", "one entities", $"{Everywhere}, macro_f1, micro_f1, perplexity, samples_f1, validity" },
            { "a: {type: choice, of: l}", "one choice", $"accuracy, {Everywhere}, perplexity, validity" },
            {
                "a: text",
                "one text",
                "any, bleu, chrf, confidence_auroc, edit_f, exact_match, field_accuracy, perplexity, rouge_l, sari, validity"
            },
            {
                "a: string",
                "one string",
                "any, bleu, chrf, confidence_auroc, edit_f, exact_match, field_accuracy, perplexity, rouge_l, sari, validity"
            },
            {
                "a: text?",
                "one text?",
                "any, bleu, chrf, confidence_auroc, edit_f, exact_match, field_accuracy, perplexity, rouge_l, sari, validity"
            },
            { "a: int", "one int", $"accuracy, {Everywhere}, macro_f1, numbers, perplexity, validity" },
            { "a: float", "one float", $"{Everywhere}, perplexity, validity" },
            { "a: bool", "one bool", $"accuracy, {Everywhere}, macro_f1, perplexity, validity" },
            { "a: list<text>", "one list<text>", $"{Everywhere}, max_answers, max_incorrect, micro_f1, perplexity, samples_f1, validity" },
            { "a: list<int>", "one list<int>", $"{Everywhere}, micro_f1, numbers, perplexity, samples_f1, validity" },
            { "a: {type: list<label>, labels: [x]}", "one list<label>", $"{Everywhere}, micro_f1, perplexity, samples_f1, validity" },
            { "a: {type: list<labels>, labels: [x]}", "one list<labels>", $"{Everywhere}, perplexity, validity" },
            { "a: list<list<int>>", "one list<list<int>>", $"{Everywhere}, perplexity, validity" },
            { "a: {type: list<record>, fields: {b: text}}", "one list<record>", $"{Everywhere}, perplexity, validity" },
            { "a: {type: record, fields: {b: text}}", "one record", $"{Everywhere}, perplexity, validity" },
            { "a: {type: label, labels: [x]}, b: text", "label, text", $"{Everywhere}, perplexity, validity" },
        };

    [Theory]
    [MemberData(nameof(Outputs))]
    public void What_fits_compiles_and_what_does_not_is_told_at_its_place(string output, string told, string fitting)
    {
        var whole = fitting.Replace("edit_f", "{edit_f: {of: t}}", StringComparison.Ordinal);
        Task(output, $"[{whole.Replace("sari", "{sari: {of: t}}", StringComparison.Ordinal)}]").Compiles();
        var measured = new Dictionary<string, string>
        {
            ["accuracy"] = "label or labels or choice or int or bool",
            ["macro_f1"] = "label or labels or entities or int or bool",
            ["micro_f1"] =
                "label or labels or entities or list<text> or list<string> or list<int> or list<float> or list<bool> or list<label>",
            ["numbers"] = "int or list<int>",
            ["bleu"] = "text or string",
            ["chrf"] = "text or string",
            ["rouge_l"] = "text or string",
            ["max_answers"] = "list<string> or list<text>",
        };
        foreach (var (word, types) in measured.Where(metric => !fitting.Split(", ").Contains(metric.Key)))
            Task(output, $"[any, {word}]")
                .Reports(
                    $"a.task.yaml(4,16): error TDSL1304: metric {word} measures one field of type {types}, and the output has {told}; "
                        + $"what fits it is {fitting}"
                );
    }

    [Theory, InlineData("json"), InlineData("label")]
    public void The_format_of_the_answer_changes_nothing(string format)
    {
        const string output = "a: {type: label, labels: [x]}";
        Task(output, $"[accuracy, macro_f1]\nformat: {format}").Compiles();
        Assert.Equal("TDSL1304", Assert.Single(Task(output, $"[rouge_l]\nformat: {format}").Diagnostics).Id);
    }

    private static GeneratorRun Task(string output, string metrics) =>
        Desk
            .Empty.AddSource("Metrics.cs", Own)
            .Add("a.task.yaml", $"task: a\ninput: {{t: text, l: list<text>}}\noutput: {{{output}}}\nmetrics: {metrics}\n")
            .Run();
}
