using TaskDsl.Data;
using TaskDsl.Data.Sources;

namespace TaskDsl.Tests.Data;

/// <summary>Sentences of tagged tokens.</summary>
public sealed class ConllTests : SourceTest
{
    private const string Chinese = "李 B-person\n明 I-person\n住 O\n在 O\n云 B-place\n城 I-place\n";

    [Fact]
    public async Task They_give_text_and_entities_and_a_tag_that_goes_on_with_nothing_is_refused()
    {
        Write("a.conll", "Mr\tO\nJohn\tB-person\nSmith\tI-person\n\nin\tO\nOslo\tI-place\n");
        var records = await ReadAsync(new Conll { Path = "a.conll" });
        Assert.Equal("""{"text":"Mr John Smith","entities":[{"kind":"person","text":"John Smith"}]}""", records[0]);
        Assert.Contains("token 2 'Oslo' is tagged 'I-place'", records[1], StringComparison.Ordinal);
        Assert.EndsWith("; these may be IOB1 tags: write B- where an entity begins", records[1], StringComparison.Ordinal);
        Write("b.conll", "Oslo\tS-place\n");
        Assert.EndsWith(
            "; these are BIOES or BILOU tags: write B- for S- and U-, I- for E- and L-",
            Assert.Single(await ReadAsync(new Conll { Path = "b.conll" })),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_line_of_another_width_has_lost_something()
    {
        Write("a.conll", "in IN O\nOslo NNP B-place\n\nNew York NNP B-place\n\nRome NNP B-place\n");
        var records = await ReadAsync(new Conll { Path = "a.conll" });
        Assert.Equal(3, records.Count);
        Assert.Equal(
            "4: line 4 has 4 columns where the lines before have 3; a token with a space in it needs tabs between the columns",
            records[1]
        );
    }

    [Fact]
    public async Task Characters_are_joined_by_nothing_where_the_source_says_so()
    {
        Write("a.conll", Chinese);
        Assert.Equal(
            """{"text":"李明住在云城","entities":[{"kind":"person","text":"李明"},{"kind":"place","text":"云城"}]}""",
            Assert.Single(await ReadAsync(new Conll { Path = "a.conll", Join = "" }))
        );
    }

    [Theory]
    [InlineData(Chinese, null, true)]
    [InlineData("ฉัน\tO\nรัก\tO\n", null, true)]
    [InlineData(Chinese, "", false)]
    [InlineData(Chinese, " ", false)]
    [InlineData("The\tO\nword\tO\n云\tO\n", null, false)]
    [InlineData("서울\tO\n에\tO\n", null, false)]
    public async Task Spaces_where_nobody_writes_them_are_told_once(string text, string? join, bool told)
    {
        Write("a.conll", $"{text}\n{text}");
        var data = await Mentions
            .Build()
            .From(
                new Conll
                {
                    Path = "a.conll",
                    Join = join,
                    Language = "zh",
                    Columns = new Dictionary<string, string> { ["body"] = "text", ["mentions"] = "entities" },
                }
            )
            .ToDatasetAsync(Options);
        if (told)
            Assert.StartsWith(
                "a.conll(1): its tokens are of a script that puts no space between words, and are joined by spaces, as nobody writes them; write "
                    + "\"join: ''\" at the source",
                Assert.Single(data.Report.Notices),
                StringComparison.Ordinal
            );
        else
            Assert.Empty(data.Report.Notices);
    }

    [Fact]
    public async Task A_file_without_records_is_told()
    {
        Write("a.conll", "");
        Write("b.csv", "text,mood\n");
        Write("c.jsonl", "{\"text\":\"sun\",\"mood\":\"good\"}\n");
        Write("d.jsonl", "\n");
        DataSource[] sources = [new Csv { Path = "b.csv" }, new JsonLines { Path = "*.jsonl" }];
        Assert.Equal(
            ["b.csv: it has no records.", "d.jsonl: it has no records."],
            (await Note.Build().From(sources).ToDatasetAsync(Options)).Report.Notices
        );
    }
}
