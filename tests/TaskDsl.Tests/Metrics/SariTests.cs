using System.Text.Json;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Metrics;

/// <summary>SARI, against what Hugging Face's evaluate makes of the same answers (sari_reference.py).</summary>
public class SariTests
{
    private static readonly Sari Metric = new() { Of = TextExpression.Of((Corrected.Example e) => e.Input.Sentence) };

    [Fact]
    public void Equals_Hugging_Faces()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Metrics", "sari.json")));
        var cases = json.RootElement.GetProperty("cases").EnumerateArray().ToList();
        Assert.NotEmpty(cases);
        Assert.All(cases, one =>
            Assert.Equal(one[3].GetDouble(), Metric.Score([Of(one[0].GetString()!, one[1].GetString()!, one[2].GetString())]), 12)
        );
        Answer[] all = [.. cases.Select(one => Of(one[0].GetString()!, one[1].GetString()!, one[2].GetString()))];
        Assert.Equal(cases.Average(one => one[3].GetDouble()), Metric.Score(all), 12);
    }

    [Fact]
    public void Capitals_do_not_count_and_marks_are_words_of_their_own() =>
        Assert.Equal(1, Metric.Score([Of("A cat, old.", gold: "The cat, old.", predicted: "the cat , old .")]), 12);

    [Fact]
    public void What_does_not_parse_has_no_words() =>
        // Of one word nothing is kept (0), what goes should not (0), and there is nothing to add (1); longer runs there are none (1).
        Assert.Equal(((0.0 + 0 + 1) / 3 + 3) / 4, Metric.Score([Of("cat", gold: "cat", predicted: null)]), 12);

    [Fact]
    public void Without_an_example_it_says_so() =>
        Assert.Contains("without the example", Assert.Throws<InvalidOperationException>(() => Metric.Score([new Answer([], [])])).Message);

    private static Answer Of(string source, string gold, string? predicted) =>
        new([new OutputItem("corrected", gold)], predicted is null ? null : [new OutputItem("corrected", predicted)])
        {
            Example = new Corrected.Example(new(source, null), new(gold)),
        };
}
