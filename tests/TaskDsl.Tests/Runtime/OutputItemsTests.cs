using TaskDsl.Tasks;

namespace TaskDsl.Tests.Runtime;

/// <summary>Outputs as items that metrics compare.</summary>
public class OutputItemsTests
{
    [Fact]
    public void A_label_is_its_key() =>
        Assert.Equal([new OutputItem("mood", "so_so")], Mood.Task.Items(new Mood.Output(Mood.MoodLabel.SoSo)));

    [Fact]
    public void Labels_lines_and_entities_are_an_item_each()
    {
        Assert.Equal(
            [new OutputItem("topics", "law"), new OutputItem("topics", "reverted_card_payment?")],
            Topics.Task.Items(new Topics.Output([Topics.TopicsLabel.RevertedCardPayment, Topics.TopicsLabel.Law]))
        );
        Assert.Equal([new OutputItem("terms", "b"), new OutputItem("terms", "a")], Terms.Task.Items(new Terms.Output(["b", "a"])));
        Assert.Equal(
            [new OutputItem("mentions/person", "Ann")],
            Mentions.Task.Items(new Mentions.Output([new(Mentions.MentionsKind.Person, "Ann")]))
        );
        Assert.Empty(Terms.Task.Items(new Terms.Output([])));
        Assert.Empty(Topics.Task.Items(new Topics.Output([])));
        Assert.Empty(Mentions.Task.Items(new Mentions.Output([])));
    }

    [Fact]
    public void Fields_of_a_JSON_answer_are_paths_and_an_absent_one_counts()
    {
        var items = Small.Task.Items(
            new Small.Output(Small.Kind.Payment, -3, null, true, [], [new(Small.FactsKind.Sum, "5")], new Small.Buyer("x", ["a", "b"]))
        );
        Assert.Equal(
            [
                new("kind", "payment"),
                new("count", "-3"),
                new("score/none", ""),
                new("sure", "true"),
                new("topics/none", ""),
                new("facts/sum", "5"),
                new("buyer.name", "x"),
                new("buyer.roles", "a"),
                new OutputItem("buyer.roles", "b"),
            ],
            items
        );
    }

    [Fact]
    public void Lists_of_lists_and_of_records_are_laid_flat()
    {
        var output = new Everything.Output(
            "",
            null,
            1,
            null,
            0.1,
            null,
            false,
            null,
            default,
            null,
            [],
            null,
            [],
            null,
            [],
            [
                [1, 2],
                [3],
            ],
            [Everything.Choices.Left],
            new("", null, new("s", 4)),
            [new("n", 1e17)]
        );
        var items = Everything.Task.Items(output);
        Assert.Equal(["1", "2", "3"], items.Where(i => i.Field == "grid").Select(i => i.Value));
        Assert.Equal(["4"], items.Where(i => i.Field == "buyer.address.number").Select(i => i.Value));
        Assert.Equal(["1E+17"], items.Where(i => i.Field == "items.price").Select(i => i.Value));
        Assert.Equal(["0.1"], items.Where(i => i.Field == "score").Select(i => i.Value));
    }
}
