using System.Text.Json.Nodes;
using Papers.Sources;
using TaskDsl.Data;
using Xunit;

namespace Papers.Tests;

/// <summary>The laws of the data of papers 20, 23, 47 and 66, and what is held out by construction.</summary>
public class SelfMadeSourcesTests
{
    [Fact]
    public void A_list_has_what_is_asked_for_in_the_order_of_its_style()
    {
        var (own, gold) = (
            new Listings { Odd = 0.2, Even = 0.2 },
            new Listings
            {
                Odd = 0.2,
                Even = 0.2,
                Style = ListStyle.Gold,
            }
        );
        var questions = new Dictionary<string, int>();
        for (var i = 0; i < 2000; i++)
        {
            var (record, other) = (own.Record(i), gold.Record(i));
            var (question, text, items) = ((string)record["question"]!, (string)record["text"]!, Items(record, "items"));
            questions[question] = questions.GetValueOrDefault(question) + 1;
            Assert.Equal(6, text.Distinct().Count());
            string expected = question switch
            {
                "odd" => "acegik",
                "even" => "bdfhjl",
                "low" => "abcdef",
                "high" => "ghijkl",
                _ => text[3..],
            };
            Assert.Equal(text.Where(expected.Contains).Select(letter => $"{letter}"), items);
            Assert.Equal(items.OrderDescending(StringComparer.Ordinal), Items(record, "reference"));
            Assert.Equal(Items(record, "reference"), Items(other, "items"));
        }

        Assert.Equal(["even", "high", "late", "low", "odd"], questions.Keys.Order(StringComparer.Ordinal));
        Assert.All(questions.Values, count => Assert.InRange(count, 340, 460));
        Assert.Empty(Texts(own, "text").Intersect(Texts(own with { HeldOut = true }, "text")));

        static string[] Items(JsonObject record, string column) => [.. record[column]!.AsArray().Select(item => (string)item!)];
    }

    [Fact]
    public void An_operation_is_an_order_of_places_and_those_for_tests_are_never_learnt()
    {
        var (learnt, tested) = (new ShownOperations(), new ShownOperations { For = OperationUse.Tests });
        var worked = new ShownOperations { For = OperationUse.WorkedExamples, Count = 20 };
        var (known, held) = (new HashSet<string>(), new HashSet<string>());
        for (var i = 0; i < 2000; i++)
        {
            known.Add(Of(learnt.Record(i)));
            held.Add(Of(tested.Record(i)));
            var lines = ((string)tested.Record(i)["shown"]!).Split('\n');
            Assert.Equal(8, lines.Distinct().Count());
            Assert.DoesNotContain((string)tested.Record(i)["text"]!, lines);
        }

        Assert.Equal((19, 5), (known.Count, held.Count));
        Assert.Equal(24, known.Union(held).Count());

        // The worked examples as examples: four of each of the five.
        var records = Enumerable.Range(0, 20).Select(worked.Record).ToList();
        Assert.All(records, record => Assert.Contains($"{record["text"]}\n{record["result"]}", (string)record["shown"]!));
        Assert.Equal(20, records.Select(record => record.ToJsonString()).Distinct().Count());
        Assert.Equal(Texts(tested, "shown"), records.Select(record => (string)record["shown"]!).ToHashSet());
        Assert.Equal(Texts(tested, "shown"), Texts(tested with { Seed = 9 }, "shown"));
        Assert.Throws<DataException>(() => (worked with { Count = 21 }).Record(0));

        // The one order that makes all results of all texts.
        static string Of(JsonObject record) =>
            ((string)record["shown"]!)
                .Split('\n')
                .Append((string)record["text"]!)
                .Append((string)record["result"]!)
                .Chunk(2)
                .Select(pair => string.Concat(pair[1].Select(letter => pair[0].IndexOf(char.ToLowerInvariant(letter)))))
                .Distinct()
                .Single();
    }

    [Fact]
    public void A_page_answers_its_question_and_domains_share_no_word()
    {
        var words = new HashSet<string>[2];
        foreach (var domain in (Domain[])[Domain.Known, Domain.New])
        {
            words[(int)domain] = [];
            var answers = new Dictionary<string, int>();
            for (var i = 0; i < 2000; i++)
            {
                var record = new Pages { Domain = domain }.Record(i);
                var (page, question, answer) = ((string)record["page"]!, (string)record["question"]!, (string)record["answer"]!);
                Assert.Equal(page, $"{record["first"]} {record["rest"]}");
                string[] lines = [.. page.Split('\n').Chunk(2).Select(fact => string.Join(' ', fact))];
                Assert.Equal(3, lines.Select(line => line.Split(' ')[0]).Distinct().Count());
                if ((string)record["type"]! == "what")
                    Assert.Contains($"{question} {answer}", lines);
                else
                {
                    Assert.Equal(lines.Contains(question), answer == "yes");
                    answers[answer] = answers.GetValueOrDefault(answer) + 1;
                }

                words[(int)domain].UnionWith(page.Split(' ', '\n'));
            }

            Assert.Equal(["no", "yes"], answers.Keys.Order(StringComparer.Ordinal));
            Assert.All(answers.Values, count => Assert.InRange(count, 430, 570));
        }

        Assert.Empty(words[0].Intersect(words[1]));
    }

    [Fact]
    public void Exercises_come_to_what_their_family_says_and_tests_have_texts_of_their_own()
    {
        var source = new Exercises();
        Assert.Equal(
            ["bcdea", "cdeab", "Abcde", "abcdE", "aabcde", "abcdee", "bcde", "abcd"],
            Enumerable.Range(0, 8).Select(i => Exercises.Result((string)source.Record(i)["family"]!, "abcde"))
        );
        Assert.Equal((null, null), (Exercises.Result("turn three", "abcde"), Exercises.Result("turn one", "abcd")));
        Assert.All(Enumerable.Range(0, 400).Select(source.Record), record =>
            Assert.Equal(Exercises.Result((string)record["family"]!, (string)record["text"]!), (string)record["result"]!)
        );
        Assert.Equal(["copy last"], Texts(source with { Families = ["copy last"] }, "family"));
        Assert.Empty(Texts(source, "text").Intersect(Texts(source with { HeldOut = true }, "text")));
        Assert.Throws<DataException>(() => (source with { Families = ["copy lats"] }).Record(0));
        // The number says nothing of the family.
        var even = Enumerable.Range(0, 4000).Select(source.Record).Where(record => (int)record["number"]! % 8 == 3);
        Assert.Equal(8, even.Select(record => (string)record["family"]!).Distinct().Count());
    }

    private static HashSet<string> Texts(SyntheticSource source, string column) =>
        [.. Enumerable.Range(0, 3000).Select(i => (string)source.Record(i)[column]!)];
}
