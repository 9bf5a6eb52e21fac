using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Data.Stages;

namespace TaskDsl.Tests.Data;

/// <summary>Which terms of a dictionary stand in a text, and which records get their entries.</summary>
public sealed class LookupTests : SourceTest
{
    [Theory]
    [InlineData("The lease ends; the lease agreement stays.", "lease = Miete|lease agreement = Mietvertrag")] // The longest at each place.
    [InlineData("A release, leases and sub-lease.", "lease = Miete")] // No part of a word; a hyphen parts words.
    [InlineData("leasé lease\u0301 lease_2 lease2", "lease = Miete")] // Accents, joined or not, and digits are of the word; '_' is none.
    [InlineData("lease lease lease", "lease = Miete")] // Once.
    [InlineData("LEASE", "")]
    [InlineData("the 合同法 and 合同", "合同法 = contract law|合同 = contract")]
    [InlineData("按合同法律师", "合同法 = contract law|律师 = lawyer")] // From the left: 合同法 + 律师, not 合同 + 法律.
    [InlineData("合同lease合同", "合同 = contract|lease = Miete")] // Scripts without spaces part words of others.
    [InlineData("right of way", "right of way = Wegerecht|right of way = Wegrecht")] // Both of its entries.
    public async Task Entries_are_those_of_whole_words(string text, string expected)
    {
        Write("terms.tsv", Dictionary);
        Assert.Equal(
            expected,
            string.Join(
                '|',
                (
                    await Looked(
                        [text],
                        new()
                        {
                            In = "body",
                            From = Terms,
                            Into = "terms",
                        }
                    )
                )[0]
            )
        );
    }

    [Fact]
    public async Task Whom_the_entries_go_to_depends_on_input_and_seed_alone()
    {
        Write("terms.tsv", Dictionary);
        var half = new Lookup
        {
            In = "body",
            From = Terms,
            Into = "terms",
            Share = 0.5,
        };
        string[] texts = [.. Enumerable.Range(0, 1000).Select(i => $"lease {i}")];
        var given = (await Looked(texts, half)).Select(terms => terms.Length).ToArray();
        Assert.InRange(given.Sum(), 450, 550);
        Assert.Equal(given, (await Looked(texts, half, threads: 1)).Select(terms => terms.Length));
        Assert.Equal(given[500..], (await Looked(texts[500..], half)).Select(terms => terms.Length));
        Assert.NotEqual(given, (await Looked(texts, half with { Seed = 1 })).Select(terms => terms.Length));
        Assert.Equal(0, (await Looked(texts, half with { Share = 0 })).Sum(terms => terms.Length));
    }

    [Fact]
    public async Task The_first_entries_are_kept()
    {
        Write("terms.tsv", Dictionary);
        var two = new Lookup
        {
            In = "body",
            From = Terms,
            Into = "terms",
            Most = 2,
        };
        Assert.Equal(["合同 = contract", "lease = Miete"], (await Looked(["合同 lease right of way"], two))[0]);
    }

    [Fact]
    public void A_bare_path_is_a_dictionary_of_its_format()
    {
        var lookup = Assert.IsType<Lookup>(Assert.Single(Glossed.Task.Stages));
        Assert.Equal(("body", "terms", 4, 0.5), (lookup.In, lookup.Into, lookup.Most, lookup.Share));
        Assert.Equal("terms.tsv", Assert.IsType<Tsv>(lookup.From).Path);
        Assert.Equal([lookup.From], lookup.Sources); // By which a pipeline sees that the file has changed.
    }

    [Theory]
    [InlineData("en\tde\nlease\tMiete\n", "no text in 'term' and 'entry', only en, de. Name its columns")]
    [InlineData("term\tentry\n\tMiete\n", "terms.tsv(2): error: lookup: the dictionary's record has no text in 'term' and 'entry'")]
    [InlineData("term\tentry\n", "lookup: the dictionary has no terms")]
    public async Task A_dictionary_that_is_none_is_refused(string dictionary, string said)
    {
        Write("terms.tsv", dictionary);
        var plain = new Lookup
        {
            In = "body",
            From = new Tsv { Path = "terms.tsv" },
            Into = "terms",
        };
        var error = await Assert.ThrowsAsync<DataException>(() => Looked(["lease"], plain));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    private const string Dictionary =
        "en\tde\nlease\tMiete\nlease agreement\tMietvertrag\nright of way\tWegerecht\nright of way\tWegrecht\n合同\tcontract\n"
        + "合同法\tcontract law\n法律\tlaw\n律师\tlawyer\n";

    private static Tsv Terms =>
        new()
        {
            Path = "terms.tsv",
            Columns = new Dictionary<string, string> { ["term"] = "en", ["entry"] = "de" },
        };

    private async Task<string[][]> Looked(string[] texts, Lookup lookup, int threads = 4)
    {
        Write(
            "a.jsonl",
            string.Join(
                '\n',
                texts.Select(text => System.Text.Json.JsonSerializer.Serialize(new { body = text, terms = (string[])["old"] }))
            )
        );
        using var data = await Tests
            .Terms.Build()
            .From(new JsonLines { Path = "a.jsonl", Split = SplitName.Train })
            .With(lookup)
            .ToDatasetAsync(Options with { Threads = threads });
        return [.. data.Train.Select(example => example.Output.Terms.ToArray())];
    }
}
