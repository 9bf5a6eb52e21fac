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
    public void Lists_of_lists_and_of_records_are_laid_flat_with_their_places()
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
        Assert.Equal([("grid[0]", "1"), ("grid[0]", "2"), ("grid[1]", "3")], Under("grid"));
        Assert.Equal([("buyer.address.number", "4")], Under("buyer.address.number"));
        Assert.Equal([("items[0].to_string", "n"), ("items[0].price", "1E+17")], Under("items"));
        Assert.Equal([("score", "0.1")], Under("score"));

        (string, string)[] Under(string field) =>
            [.. items.Where(i => i.Field.StartsWith(field, StringComparison.Ordinal)).Select(i => (i.Field, i.Value))];
    }

    [Fact]
    public void One_field_that_is_absent_or_empty_is_no_item_in_JSON_either()
    {
        Assert.Empty(Tags.Task.Items(new Tags.Output(null)));
        Assert.Empty(Tags.Task.Items(new Tags.Output([])));
        Assert.Empty(Rows.Task.Items(new Rows.Output([])));
        Assert.Equal(
            [
                new("parcels[0].to/none", ""),
                new("parcels[0].weights", "1"),
                new OutputItem("parcels[1].to", "x"),
                new("parcels[1].weights/none", ""),
            ],
            Parcels.Task.Items(new Parcels.Output([new(null, [1]), new("x", [])]))
        );
    }

    [Fact]
    public void Outputs_that_differ_have_other_items()
    {
        Differ(
            Rows.Task,
            new Rows.Output([
                [1],
                [2],
            ]),
            new Rows.Output([
                [1, 2],
            ]),
            new Rows.Output([
                [2],
                [1],
            ])
        );
        Differ(
            Parcels.Task,
            new Parcels.Output([new("x", [1]), new("x", [2])]),
            new Parcels.Output([new("x", [1, 2])]),
            new Parcels.Output([new("x", [1, 2]), new("x", [])]),
            new Parcels.Output([])
        );

        static void Differ(DslTask task, params object[] outputs) =>
            Assert.Equal(outputs.Length, outputs.Select(output => string.Join(' ', task.Items(output))).Distinct().Count());
    }
}
