using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Tests.Metrics;

/// <summary>Each metric against numbers worked out by hand, and what holds for every one.</summary>
public class MetricTests
{
    // What tells right answers from wrong ones says nothing where all are right.
    public static TheoryData<string> Every =>
        [
            .. Words
                .Of(typeof(Metric).Assembly)
                .Choices(typeof(Metric))
                .Select(choice => choice.Word)
                .Where(word => word != "confidence_auroc"),
        ];

    [Theory, MemberData(nameof(Every))]
    public void What_is_right_scores_better_than_what_does_not_parse_in_any_order_and_nothing_scores_nothing(string word)
    {
        var metric = (Metric)
            Words.Default(Words.Of(typeof(Metric).Assembly).Choices(typeof(Metric)).Single(choice => choice.Word == word).Type);
        // What looks at the input finds nothing there.
        foreach (var property in metric.GetType().GetProperties().Where(p => p.PropertyType == typeof(TextExpression)))
            property.SetValue(metric, new TextExpression("''", _ => ""));
        Answer[] right = [Labels("a", "a"), Labels("b", "b")],
            broken = [Labels("a", "a"), new([new("x", "b")], null) { Example = right[0].Example, Likelihood = (-5, 1) }];
        var (best, less) = (metric.Score(right), metric.Score(broken));
        Assert.True(metric.HigherIsBetter ? best > less : best < less, $"right {best}, half broken {less}");
        Assert.Equal(less, metric.Score([broken[1], broken[0]]), 12);
        Assert.Equal(double.NaN, metric.Score([]));
    }

    [Fact]
    public void Accuracy_and_exact_match_count_right_labels_and_take_what_does_not_parse_for_wrong()
    {
        Answer[] answers = [Labels("a", "a"), Labels("a", "b"), Labels("b", "b"), new([new("x", "a")], null)];
        Assert.Equal(0.5, new Accuracy().Score(answers));
        Assert.Equal(0.5, new ExactMatch().Score(answers));
    }

    [Fact]
    public void Validity_counts_what_parses_whether_it_is_right_or_not() =>
        Assert.Equal(2.0 / 3, new Validity().Score([Labels("a", "a"), Labels("a", "b"), new([new("x", "a")], null)]), 12);

    [Fact]
    public void Macro_f1_weighs_each_label_alike()
    {
        // a: right 2, gold 3, predicted 2 → 0.8; b: right 1, gold 1, predicted 2 → 2/3.
        Answer[] answers = [Labels("a", "a"), Labels("a", "a"), Labels("a", "b"), Labels("b", "b")];
        Assert.Equal((0.8 + (2.0 / 3)) / 2, new MacroF1().Score(answers), 12);
    }

    [Fact]
    public void Micro_f1_counts_repeated_items_as_often_as_they_stand()
    {
        // right: x once, y once; gold 3, predicted 3.
        Answer[] answers = [new(Items("x", "x", "y"), Items("y", "x", "z"))];
        Assert.Equal(4.0 / 6, new MicroF1().Score(answers), 12);
        Assert.Equal(1, new MicroF1().Score([new([], [])]));
        Assert.Equal(0, new MicroF1().Score([new(Items("x"), null)]));
    }

    [Fact]
    public void Samples_f1_is_the_mean_of_each_answers_own_f1()
    {
        // 2 of 2 and 3 right: 0.8; none right; not parsed; nothing to find and nothing found; the same twice is there once.
        Answer[] answers =
        [
            new(Items("x", "y"), Items("y", "z", "x")),
            new(Items("x"), Items("y")),
            new(Items("x"), null),
            new([], []),
            new(Items("x"), Items("x", "x")),
        ];
        Assert.Equal((0.8 + 0 + 0 + 1 + 1) / 5, new SamplesF1().Score(answers), 12);
        Assert.True(new SamplesF1().IsMean);
        Assert.Equal(double.NaN, new SamplesF1().Score([]));
    }

    [Fact]
    public void Field_accuracy_counts_each_field_once_absent_ones_too()
    {
        // a right, b wrong, c missing in the answer, d too much in it.
        Answer[] answers = [new([new("a", "1"), new("b", "2"), new("c.x", "3")], [new("a", "1"), new("b", "9"), new("d", "4")])];
        Assert.Equal(0.25, new FieldAccuracy().Score(answers));
    }

    [Fact]
    public void Rouge_l_is_the_f1_of_the_longest_common_subsequence_of_words()
    {
        // "the cat sat" in "the black cat sat down": 3 common of 3 and 5.
        Assert.Equal(6.0 / 8, new RougeL().Score([new([new("t", "The cat sat.")], [new("t", "the black cat sat down")])]), 12);
        Assert.Equal(2 * 2.0 / 5, new RougeL().Score([new([new("t", "付款期")], [new("t", "付款")])]), 12);
    }

    [Theory]
    [InlineData("دفع المشتري الثمن كاملا", "سلم البائع البضاعة متأخرا", 0)]
    [InlineData("הקונה שילם היום", "המוכר לא הגיע", 0)]
    [InlineData("राम ने आम खाया", "सीता घर गयी", 0)]
    [InlineData("Покупатель оплатил сегодня", "Продавец не пришёл", 0)]
    [InlineData("M\u00fcller schlie\u00dft K\u00f6ln", "Mu\u0308ller schlie\u00dft Ko\u0308ln", 1)]
    [InlineData("राम ने आम खाया", "राम ने केला खाया", 0.75)]
    [InlineData("👍", "👍", 1)]
    [InlineData("👍", "👎", 0)]
    [InlineData("", "", 1)]
    [InlineData("yes", "", 0)]
    public void Rouge_l_compares_words_of_every_script(string gold, string answer, double expected) =>
        Assert.Equal(expected, new RougeL().Score([new([new("t", gold)], [new("t", answer)])]), 12);

    [Fact]
    public void Accuracy_of_several_labels_is_the_share_of_right_sets()
    {
        Assert.Equal(0, new Accuracy().Score([new(Items("a"), Items("a", "b", "c", "d"))]));
        Assert.Equal(0.5, new Accuracy().Score([new([], Items("a", "b")), Labels("a", "a")]));
        Assert.Equal(1, new Accuracy().Score([new(Items("a", "b"), Items("b", "a")), new([], [])]));
        Assert.Equal(0, new Accuracy().Score([new(Items("a", "b"), Items("a", "a")), new([], null)]));
    }

    [Fact]
    public void Macro_f1_is_1_where_nothing_occurs_so_that_no_resampled_score_is_lost() =>
        Assert.Equal(1, new MacroF1().Score([new([], [])]));

    private static Answer Labels(string gold, string predicted) =>
        new(Items(gold), Items(predicted)) { Example = new Mood.Example(new(""), new(default)), Likelihood = (-1, 2) };

    private static OutputItem[] Items(params string[] values) => [.. values.Select(v => new OutputItem("x", v))];
}
