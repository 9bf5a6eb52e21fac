using System.Text.Json;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Metrics;

/// <summary>Each metric equals the field's reference implementation: the files beside this one say which, and its version.</summary>
public class ReferenceTests
{
    private static readonly (string Word, Metric Metric)[] OfLabels =
    [
        ("accuracy", new Accuracy()),
        ("macro_f1", new MacroF1()),
        ("micro_f1", new MicroF1()),
        ("exact_match", new ExactMatch()),
    ];

    [Fact]
    public void Labels_are_scored_as_scikit_learn_does() => Assert.All(Cases("sklearn.json"), scored =>
        {
            var answers = Answers(scored, label => new OutputItem("topics", label.GetString()!));
            foreach (var (word, metric) in OfLabels)
                Assert.Equal(scored.GetProperty(word).GetDouble(), metric.Score(answers), 12);
        });

    [Fact]
    public void Entities_are_scored_as_seqeval_and_conlleval_do() => Assert.All(Cases("seqeval.json"), scored =>
        {
            var answers = Answers(scored, entity => new OutputItem($"facts/{entity[0]}", entity[1].GetString()!));
            Assert.Equal(scored.GetProperty("micro_f1").GetDouble(), new MicroF1().Score(answers), 12);
            Assert.Equal(scored.GetProperty("macro_f1").GetDouble(), new MacroF1().Score(answers), 12);
            if (scored.GetProperty("published") is { ValueKind: JsonValueKind.Number } published)
                Assert.Equal(published.GetDouble(), new MicroF1().Score(answers), 4);
        });

    [Fact]
    public void English_texts_are_scored_as_rouge_score_does() => Assert.All(Cases("rouge_score.json"), scored =>
        {
            OutputItem gold = new("summary", scored.GetProperty("gold").GetString()!),
                answer = new("summary", scored.GetProperty("answer").GetString()!);
            Assert.Equal(scored.GetProperty("rouge_l").GetDouble(), new RougeL().Score([new([gold], [answer])]), 5);
        });

    [Fact]
    public void Letters_are_counted_as_sacreBLEU_does() => Assert.All(Cases("chrf.json"), scored =>
        {
            var answers = Answers(scored, text => new OutputItem("text", text.GetString()!));
            Assert.Equal(scored.GetProperty("chrf").GetDouble(), new Chrf().Score(answers), 12);
            Assert.Equal(scored.GetProperty("chrf_plus").GetDouble(), new Chrf { Words = 2 }.Score(answers), 12);
            Assert.Equal(scored.GetProperty("beta_3").GetDouble(), new Chrf { Beta = 3 }.Score(answers), 12);
        });

    [Fact]
    public void Translations_are_scored_as_sacrebleu_does() => Assert.All(Cases("bleu.json"), scored =>
        {
            var answers = Answers(scored, text => new OutputItem("text", text.GetString()!));
            Assert.Equal(scored.GetProperty("bleu").GetDouble(), new Bleu().Score(answers), 12);
        });

    private static Answer[] Answers(JsonElement scored, Func<JsonElement, OutputItem> item)
    {
        return [.. scored.GetProperty("answers").EnumerateArray().Select(answer => new Answer(Items(answer[0])!, Items(answer[1])))];

        OutputItem[]? Items(JsonElement items) =>
            items.ValueKind == JsonValueKind.Null ? null
            : items.ValueKind == JsonValueKind.String ? [item(items)]
            : [.. items.EnumerateArray().Select(item)];
    }

    private static IEnumerable<JsonElement> Cases(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Metrics", name)));
        JsonElement[] cases = [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(one => one.Clone())];
        Assert.NotEmpty(cases);
        return cases;
    }
}
