using System.Text.Json;
using CsCheck;
using TaskDsl.Data;
using TaskDsl.Data.Stages;
using TaskDsl.Data.Stages.Hashing;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Data;

/// <summary>Stages leave out what they say and count it; what they keep depends on nothing but the examples.</summary>
public sealed class StageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("taskdsl-stages-").FullName;

    private DataOptions Options => new() { ProjectDirectory = folder };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_lambda_filters_and_its_text_is_the_reason()
    {
        using var data = await Run(100, b => b.Filter(e => e.Input.Urgency > 3));
        Assert.All(All(data), e => Assert.True(e.Input.Urgency > 3));
        Assert.Equal(100 - data.Report.Kept, data.Report.Dropped["filter: not e => e.Input.Urgency > 3"]);
        Assert.InRange(data.Report.Kept, 20, 80);
    }

    [Fact]
    public async Task A_lambda_maps_and_what_no_longer_fits_is_a_bad_record()
    {
        using var data = await Run(50, b =>
            b.Map(e => e with { Input = e.Input with { Subject = e.Input.Urgency == 1 ? "two\nlines" : e.Input.Subject + "!" } })
        );
        Assert.All(All(data), e => Assert.EndsWith("!", e.Input.Subject, StringComparison.Ordinal));
        Assert.True(data.Report.Dropped["does not fit the task"] > 0);
        Assert.Contains("subject", File.ReadAllText(Path.Combine(folder, "ticket.rejects.jsonl")), StringComparison.Ordinal);
        Assert.Contains("after a stage has changed the record", data.Report.DroppedSamples[0], StringComparison.Ordinal);
        Assert.Contains(All(data), e => e.Language == "en" && e.Origin.Line == 3);
    }

    [Fact]
    public async Task Entities_must_still_stand_in_a_text_that_was_mapped()
    {
        using var data = await Run(20, b => b.Map(e => e with { Input = e.Input with { Body = "nothing of it" } }));
        Assert.All(All(data), e => Assert.Empty(e.Output.Names));
        Assert.Contains(data.Report.DroppedSamples, s => s.Contains("a piece of 'body'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sample_is_as_large_as_asked_in_order_and_part_of_a_larger_one()
    {
        using var small = await Run(3000, b => b.With(new Sample { Count = 100 }));
        using var large = await Run(3000, b => b.With(new Sample { Count = 1000 }));
        using var tenth = await Run(3000, b => b.With(new Sample { Fraction = 0.1 }));
        using var other = await Run(3000, b => b.With(new Sample { Count = 100, Seed = 1 }));
        Assert.Equal((100, 1000, 100), (small.Report.Kept, large.Report.Kept, other.Report.Kept));
        Assert.Equal(2900, small.Report.Dropped["not in the sample"]);
        Assert.InRange(tenth.Report.Kept, 230, 370);
        Assert.Subset(Lines(large), Lines(small));
        Assert.Subset(Lines(large), Lines(tenth));
        Assert.InRange(Lines(other).Intersect(Lines(small)).Count(), 0, 15);
        // The split draws by a hash too: it must be another.
        using var half = await Run(3000, b => b.With(new Sample { Fraction = 0.5 }));
        Assert.InRange(half.Test.Count / (double)half.Report.Kept, 0.16, 0.24);
        foreach (var part in (IReadOnlyList<Ticket.Example>[])[small.Train, small.Test])
            Assert.Equal(part.Select(e => e.Origin.Line).Order(), part.Select(e => e.Origin.Line));
    }

    [Theory, InlineData(null, 150), InlineData(40, 120), InlineData(10_000, 900)]
    public async Task Balance_gives_every_value_the_same(int? most, int kept)
    {
        // 150 billing, 300 technical, 450 other.
        string[] teams = ["billing", "technical", "technical", "other", "other", "other"];
        Write("a.jsonl", Enumerable.Range(0, 900).Select(i => Line($"s{i}", $"b{i}", teams[i % 6])));
        var balance = new Balance { By = TextExpression.Of((Ticket.Example e) => e.Output.Team.ToString()), Most = most };
        using var data = await Ticket.Build().FromJsonl("a.jsonl").With(balance).ToDatasetAsync(Options);
        var counts = All(data).CountBy(e => e.Output.Team).ToDictionary();
        Assert.All(counts.Values, count => Assert.Equal(Math.Min(most ?? 150, count), count));
        Assert.Equal(most is null ? 450 : kept, data.Report.Kept);
        Assert.Equal(900, data.Report.Kept + data.Report.Dropped.Values.Sum());
        if (most == 40)
            Assert.Contains(data.Report.DroppedSamples, s => s.Contains("450 are 'Other' and 40 stay", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Shuffling_keeps_all_in_another_order_by_the_seed()
    {
        using var plain = await Run(500, b => b);
        using var one = await Run(500, b => b.With(new Shuffle()));
        using var again = await Run(500, b => b.With(new Shuffle()));
        using var two = await Run(500, b => b.With(new Shuffle { Seed = 1 }));
        Assert.Equal(Lines(plain), Lines(one));
        Assert.Equal(one.Train.Select(e => e.Origin.Line), again.Train.Select(e => e.Origin.Line));
        Assert.Equal(one.Fingerprint, again.Fingerprint);
        Assert.Equal(3, new[] { plain.Fingerprint, one.Fingerprint, two.Fingerprint }.Distinct().Count());
        // Not even roughly in order: neighbours are a third of the length apart on average.
        var lines = one.Train.Select(e => e.Origin.Line).ToList();
        Assert.InRange(lines.Zip(lines.Skip(1), (a, b) => Math.Abs(a - b)).Average(), 120, 220);
    }

    [Fact]
    public async Task Deduplicating_many_agrees_with_a_dictionary()
    {
        var random = new Random(5);
        var rows = Enumerable
            .Range(0, 30_000)
            .Select(_ => (Body: $"b{random.Next(12_000)}", Team: random.Next(3) == 0 ? "billing" : "other"))
            .ToList();
        Write("a.jsonl", rows.Select(r => Line("s", r.Body, r.Team)));
        using var data = await Ticket.Build().FromJsonl("a.jsonl").Deduplicate().ToDatasetAsync(Options);
        var first = new Dictionary<string, string>();
        var (same, conflicting) = (0, 0);
        foreach (var (body, team) in rows)
        {
            if (first.TryAdd(body, team))
                continue;
            if (first[body] == team)
                same++;
            else
                conflicting++;
        }

        Assert.Equal(
            (first.Count, same, conflicting),
            (data.Report.Kept, data.Report.Dropped["duplicate"], data.Report.Dropped["duplicate input with another output"])
        );
    }

    [Fact]
    public void A_hash_index_finds_what_a_dictionary_of_lists_finds() =>
        // Few hashes, so that they meet; zero and the bits that choose the table among them.
        Gen.Select(Gen.OneOf(Gen.ULong[0, 40], Gen.ULong[0, 40].Select(h => h << 12), Gen.ULong), Gen.UInt)
            .Array[0, 400]
            .Sample(
                pairs =>
                {
                    var index = new HashIndex();
                    var expected = new Dictionary<ulong, List<uint>>();
                    foreach (var (hash, value) in pairs)
                    {
                        index.Add(hash, value);
                        // The highest bit is not kept.
                        var key = hash & ~(1UL << 63);
                        if (!expected.TryGetValue(key, out var values))
                            expected.Add(key, values = []);
                        values.Add(value);
                    }

                    foreach (var (hash, values) in expected)
                    {
                        var found = new List<uint>();
                        for (var at = index.Find(hash); at.MoveNext(); )
                            found.Add(at.Current);
                        Assert.Equal(values, found);
                    }

                    Assert.False(index.Find(pairs.Aggregate(1UL, (h, p) => unchecked(h * 31 + p.Item1))).MoveNext() && expected.Count == 0);
                },
                iter: 200
            );

    [Fact]
    public async Task Every_stage_of_the_yaml_runs_as_compiled()
    {
        Write(
            "a.jsonl",
            [
                """{"subject":" Ａ  b ","body":"an invoice\r\n\r\n\r\nfor x","team":"technical","tags":[],"urgency":3,"vip":true}""",
                """{"subject":"b","body":"broken, the other thing","team":"technical","tags":["new"]}""",
                """{"subject":"c","body":"a third one entirely","team":"other","tags":[]}""",
                """{"subject":"d","body":"no","team":"billing","tags":[]}""",
                """{"subject":"e","body":"a fifth with the urgency of ten","team":"billing","tags":[],"urgency":9}""",
                """{"subject":"f","body":"a sixth with both tags on it","team":"billing","tags":["new","old"]}""",
            ]
        );
        using var data = await Triage.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options);
        var all = data.Train.Concat(data.Validation).Concat(data.Test).OrderBy(e => e.Origin.Line).ToList();
        Assert.Equal([1, 2], all.Select(e => e.Origin.Line));
        Assert.Equal(new Triage.Input("A b (en)", "an invoice\n\nfor x", 4, true), all[0].Input);
        Assert.Equal(new Triage.Output(Triage.Team.Billing, 0.5, []), all[0].Output);
        Assert.Equal(new Triage.Input("b (en)", "broken, the other thing", null, false), all[1].Input);
        Assert.Equal(4, data.Report.Dropped["filter: not body.size > 3 && team != 'other' && (urgency ?? 0) < 10 && tags.size < 2"]);
    }

    /// <summary>Values are computed from the example as it was: that is how input and output are exchanged.</summary>
    [Fact]
    public async Task A_map_exchanges_fields()
    {
        Write(
            "a.jsonl",
            ["""{"source":"  Le chat\ndort. ","target":"The {{ cat }} sleeps."}""", """{"source":"Oui.","note":"n","target":"Yes."}"""]
        );
        using var data = await Swapped.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options);
        var all = data.Train.Concat(data.Validation).Concat(data.Test).OrderBy(e => e.Origin.Line).ToList();
        Assert.Equal(
            [(new("The {{ cat }} sleeps.", null), new("  Le chat\ndort. ")), (new("Yes.", "n"), new("Oui."))],
            all.Select(e => (e.Input, e.Output)).ToArray()
        );
    }

    [Fact]
    public async Task Arithmetic_that_cannot_be_done_names_the_record()
    {
        Make(3);
        var error = await Assert.ThrowsAsync<DataException>(() =>
            Ticket.Build().FromJsonl("a.jsonl").Filter(e => 1 / (e.Input.Body.Length - e.Input.Body.Length) > 0).ToDatasetAsync(Options)
        );
        Assert.StartsWith("a.jsonl(1): error: 'e => 1 / ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a  b\t c", "a b c")]
    [InlineData("  a \r\n\r\n\r\n b  ", "a\n\nb")]
    [InlineData("a\rb\u2028c", "a\nb\nc")]
    [InlineData("a\u0000b\u200Bc\uFEFF\u00ADd", "abcd")]
    [InlineData("e\u0301\u00A0x", "é x")]
    [InlineData("ﬁ①Ａ", "ﬁ①Ａ")]
    [InlineData("中　文", "中 文")]
    [InlineData("a\u200Db", "a\u200Db")]
    [InlineData(" ", "")]
    public void Texts_are_written_in_one_way(string text, string expected) => Assert.Equal(expected, new NormalizeText().Apply(text));

    [Fact]
    public void Options_of_normalisation_stand_alone()
    {
        Assert.Equal("fi1A", new NormalizeText { Form = NormalForm.Nfkc }.Apply("ﬁ①Ａ"));
        Assert.Equal(" a  b\r\n", new NormalizeText { WhiteSpace = false }.Apply(" a  b\r\n"));
        Assert.Equal("a\u0000b", new NormalizeText { ControlCharacters = false }.Apply("a\u0000b"));
    }

    [Fact]
    public void Normalising_twice_is_normalising_once() =>
        Gen.OneOf(' ', '\t', '\n', '\r', '\u00A0', '\u0301', 'e', '\u200B', 'ﬁ', '한', '\u1100', '\u1161', '中', '\u0000')
            .Array[0, 20]
            .Sample(chars =>
            {
                foreach (var form in Enum.GetValues<NormalForm>())
                {
                    var stage = new NormalizeText { Form = form };
                    var once = stage.Apply(new string(chars));
                    if (stage.Apply(once) != once)
                        return false;
                }

                return true;
            });

    [Fact]
    public async Task Entities_are_normalised_with_the_text_they_stand_in()
    {
        Write(
            "a.jsonl",
            ["""{"subject":"s","body":"Jose\u0301  Diaz came","team":"other","names":[{"kind":"person","text":"Jose\u0301  Diaz"}]}"""]
        );
        using var data = await Ticket.Build().FromJsonl("a.jsonl").With(new NormalizeText()).ToDatasetAsync(Options);
        var example = Assert.Single(All(data));
        Assert.Equal(("José Diaz came", "José Diaz"), (example.Input.Body, example.Output.Names[0].Text));
    }

    [Fact]
    public async Task Labels_in_a_list_stay_as_they_are()
    {
        Write("a.jsonl", ["{\"body\":\"Ａ\",\"picks\":[\"Ａ\"]}"]);
        using var data = await Picks
            .Build()
            .FromJsonl("a.jsonl")
            .With(new NormalizeText { Form = NormalForm.Nfkc })
            .ToDatasetAsync(Options);
        Assert.Equal("A", Assert.Single(data.Train.Concat(data.Validation).Concat(data.Test)).Input.Body);
    }

    private async Task<Dataset<Ticket.Example>> Run(int count, Func<DatasetBuilder<Ticket.Example>, DatasetBuilder<Ticket.Example>> build)
    {
        Make(count);
        var data = await build(Ticket.Build().FromJsonl("a.jsonl")).ToDatasetAsync(Options);
        Assert.Equal(count, data.Report.Kept + data.Report.Dropped.Values.Sum());
        return data;
    }

    private void Make(int count)
    {
        var random = new Random(1);
        string[] teams = ["billing", "technical", "other"];
        Write(
            "a.jsonl",
            Enumerable
                .Range(0, count)
                .Select(i =>
                    Line(
                        $"s{i}",
                        $"Ann wrote about thing {random.Next(count)} of many",
                        teams[random.Next(3)],
                        random.Next(8),
                        i % 4 == 0 ? "Ann" : null
                    )
                )
        );
    }

    private static string Line(string subject, string body, string team, int? urgency = null, string? name = null) =>
        JsonSerializer.Serialize(
            new
            {
                subject,
                body,
                team,
                urgency,
                names = name is null ? [] : new object[] { new { kind = "person", text = name } },
            }
        );

    private static HashSet<long> Lines(Dataset<Ticket.Example> data) => [.. All(data).Select(e => e.Origin.Line)];

    private static IEnumerable<Ticket.Example> All(Dataset<Ticket.Example> data) => data.Train.Concat(data.Validation).Concat(data.Test);

    private void Write(string name, IEnumerable<string> lines) => File.WriteAllLines(Path.Combine(folder, name), lines);
}
