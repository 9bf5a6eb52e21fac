using System.Text;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Tests.Runtime;

/// <summary>Lists and sets that are values, tables of labels, and the nearest word.</summary>
public class ValueTests
{
    [Fact]
    public void Lists_are_equal_by_their_items()
    {
        ValueList<string> a = ["x", "y"],
            b = [.. new List<string> { "x", "y" }],
            c = ["y", "x"];
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, c);
        Assert.True(new Terms.Output(a) == new Terms.Output(b));
        Assert.Equal("[x, y]", a.ToString());
        ValueList<string> none = [];
        Assert.Empty(none);
        Assert.NotEqual(a, none);
    }

    [Fact]
    public void A_list_does_not_change_with_what_it_was_made_from()
    {
        var items = new[] { 1, 2 };
        ValueList<int> list = [.. items];
        var made = ValueList.Create<int>(items);
        items[0] = 9;
        Assert.Equal(1, list[0]);
        Assert.Equal(1, made[0]);
    }

    [Fact]
    public void Label_sets_know_no_order_and_no_repetition()
    {
        LabelSet<Topics.TopicsLabel> a = [Topics.TopicsLabel.Money, Topics.TopicsLabel.Law, Topics.TopicsLabel.Money],
            b = [Topics.TopicsLabel.Law, Topics.TopicsLabel.Money];
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.Equal([Topics.TopicsLabel.Law, Topics.TopicsLabel.Money], a);
        Assert.True(a.Contains(Topics.TopicsLabel.Law));
        Assert.False(a.Contains(Topics.TopicsLabel.RefundNotShowingUp));
    }

    [Fact]
    public void Labels_are_read_by_key_then_surface_and_answers_by_surface_alone()
    {
        // The key of one label is the surface form of another.
        var table = new LabelTable<Mood.MoodLabel>(["en", "zh"], ["good", "bad", "好"], ["bad", "good", "坏"], ["so_so", "so-so", "so-so"]);
        Assert.True(table.TryRead("good", "en", out var label));
        Assert.Equal(Mood.MoodLabel.Good, label);
        Assert.True(table.TryParse("good", "en", out label));
        Assert.Equal(Mood.MoodLabel.Bad, label);
        Assert.True(table.TryRead("坏", "en", out label));
        Assert.Equal(Mood.MoodLabel.Bad, label);
        Assert.False(table.TryParse("坏", "en", out _));
        Assert.False(table.TryParse("so_so", "en", out _));
        Assert.False(table.TryParse(Encoding.UTF8.GetBytes(new string('x', 5000)), "en", out _));
        Assert.Equal("坏", table.Surface(Mood.MoodLabel.Bad, "zh"));
        Assert.Contains(
            "no language 'de', only en, zh",
            Assert.Throws<ArgumentException>(() => table.Surface(label, "de")).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("paymnt", "payment")]
    [InlineData("PAYMENT", "payment")]
    [InlineData("tremination", "termination")]
    [InlineData("xy", null)]
    [InlineData("", null)]
    [InlineData("completely different", null)]
    public void The_nearest_word_is_one_that_was_probably_meant(string word, string? nearest) =>
        Assert.Equal(nearest, NearestWord.To(word, ["payment", "termination", "zh"]));
}
