using System.Buffers;
using System.Text;
using CsCheck;
using TaskDsl.Grammars;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Codecs;

/// <summary>What is written reads back, is accepted by the grammar, and whatever the grammar accepts can be read.</summary>
public class CodecTests
{
    [Fact]
    public void Text_reads_back() => ReadsBack(Rewrite.Task, Samples.Rewrite);

    [Fact]
    public void Label_reads_back() => ReadsBack(Mood.Task, Samples.Mood);

    [Fact]
    public void Labels_read_back() => ReadsBack(Topics.Task, Samples.Topics);

    [Fact]
    public void Lines_read_back() => ReadsBack(Terms.Task, Samples.Terms);

    [Fact]
    public void Entities_read_back() => ReadsBack(Mentions.Task, Samples.Mentions);

    [Fact]
    public void Json_reads_back() =>
        Samples.Everything.Sample(
            example =>
            {
                foreach (var language in Everything.Task.Languages)
                    Assert.Equal(example.Output, ReadBack(Everything.Task, example.Output, language));
            },
            iter: 300
        );

    [Fact]
    public void Json_is_accepted_by_its_grammar() =>
        Samples.Everything.Sample(
            example =>
            {
                // Where a piece may be cut is the grammar's own decision, tested apart.
                var output = example.Output with { Facts = [] };
                var matcher = new GrammarMatcher(Everything.Task.OutputGrammar(example.Input, "zh"));
                Assert.True(matcher.IsMatch(Written(Everything.Task, output, "zh")));
            },
            iter: 200
        );

    [Fact]
    public void Whatever_the_grammar_of_text_accepts_parses() => Parses(Rewrite.Task, new Rewrite.Input(""));

    [Fact]
    public void Whatever_the_grammar_of_edits_accepts_parses() =>
        Parses(Corrected.Task, new Corrected.Input("Ann paid 付款, today.", null));

    [Fact]
    public void Whatever_the_grammar_of_label_accepts_parses() => Parses(Mood.Task, new Mood.Input(""));

    [Fact]
    public void Whatever_the_grammar_of_labels_accepts_parses() => Parses(Topics.Task, new Topics.Input(""));

    [Fact]
    public void Whatever_the_grammar_of_lines_accepts_parses() => Parses(Terms.Task, new Terms.Input(""));

    [Fact]
    public void Whatever_the_grammar_of_entities_accepts_parses() => Parses(Mentions.Task, new Mentions.Input(""));

    [Fact]
    public void Whatever_the_grammar_of_json_accepts_parses() =>
        Parses(Everything.Task, new Everything.Input("say \"so\"\n\\付款 & \t😀 a-b", null, [], Everything.Class.A));

    [Fact]
    public void Labels_are_decoded_each_once_in_their_order()
    {
        var matcher = new GrammarMatcher(Topics.Task.OutputGrammar(new object(), "en"));
        Assert.True(matcher.IsMatch("law\nreverted_card_payment?"u8));
        Assert.False(matcher.IsMatch("money\nlaw"u8));
        Assert.False(matcher.IsMatch("law\nlaw"u8));
        Assert.False(matcher.IsMatch("law\n"u8));
        Assert.False(matcher.IsMatch(""u8));
        Assert.True(Topics.Task.TryParseOutput("money\nlaw\nlaw"u8, new object(), "en", out var output, out _));
        Assert.Equal(new Topics.Output([Topics.TopicsLabel.Law, Topics.TopicsLabel.Money]), output);
    }

    [Fact]
    public void Copied_entities_are_pieces_of_the_text()
    {
        var input = new Facts.Input("Ann met \"Bo\\b\"\nin 上海 today.");
        Parses(Facts.Task, input);
        var matcher = new GrammarMatcher(Facts.Task.OutputGrammar(input, "en"));
        Assert.True(matcher.IsMatch("person: Ann\nplace: 上海\nplace: 海"u8));
        Assert.True(matcher.IsMatch("-"u8));
        Assert.True(matcher.IsMatch("person: Bo\\\\b\"\\nin"u8));
        Assert.False(matcher.IsMatch("person: Anna"u8));
        Assert.False(matcher.IsMatch("person: An"u8));
        Assert.False(matcher.IsMatch("city: Ann"u8));
    }

    [Fact]
    public void An_empty_text_has_no_pieces_to_copy()
    {
        var matcher = new GrammarMatcher(Facts.Task.OutputGrammar(new Facts.Input(""), "en"));
        Assert.True(matcher.IsMatch("-"u8));
        Assert.Equal(1, matcher.Distance(matcher.Start));
        Assert.Equal(GrammarMatcher.Dead, matcher.Next(matcher.Start, (byte)'p'));
    }

    [Theory]
    [InlineData("mood", "en", "goods", "'goods' is no label; expected one of good, bad, so-so; did you mean 'good'?")]
    [InlineData("mood", "en", "好", "'好' is no label")]
    [InlineData("mood", "en", " good", "is no label")]
    [InlineData("topics", "en", "law\nlaws", "'laws' is no label; expected one of law, money")]
    [InlineData("topics", "en", "", "'' is no label")]
    [InlineData("terms", "en", "a\\b", "a backslash stands alone")]
    [InlineData("terms", "en", "a\\", "a backslash stands alone")]
    [InlineData("terms", "en", "a\r\nb", "a carriage return")]
    [InlineData("mentions", "en", "person Ann", "'person Ann' is no entity, which is written 'kind: text'")]
    [InlineData(
        "mentions",
        "en",
        "person: Ann\nplaces: Rome",
        "'places' is no label; expected one of person, place; did you mean 'place'?"
    )]
    public void What_is_wrong_with_an_answer_is_said(string task, string language, string answer, string error)
    {
        Assert.False(
            TaskCatalog
                .Default.Tasks.Single(t => t.Name == task)
                .TryParseOutput(Encoding.UTF8.GetBytes(answer), new object(), language, out var output, out var said)
        );
        Assert.Null(output);
        Assert.Contains(error, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rewrite")]
    [InlineData("mood")]
    [InlineData("topics")]
    [InlineData("terms")]
    [InlineData("mentions")]
    [InlineData("everything")]
    public void Invalid_UTF8_is_no_answer(string task) =>
        Assert.False(
            TaskCatalog.Default.Tasks.Single(t => t.Name == task).TryParseOutput([(byte)'a', 0xC3], new object(), "en", out _, out _)
        );

    [Fact]
    public void Answers_are_written_as_people_read_them()
    {
        Assert.Equal("好", Encoding.UTF8.GetString(Written(Mood.Task, new Mood.Output(Mood.MoodLabel.Good), "zh")));
        Assert.Equal(
            "law\nRefund_not_showing_up",
            Encoding.UTF8.GetString(
                Written(Topics.Task, new Topics.Output([Topics.TopicsLabel.RefundNotShowingUp, Topics.TopicsLabel.Law]), "en")
            )
        );
        Assert.Equal("-", Encoding.UTF8.GetString(Written(Topics.Task, new Topics.Output([]), "en")));
        Assert.Equal("\\-\na\\nb\\\\\n", Encoding.UTF8.GetString(Written(Terms.Task, new Terms.Output(["-", "a\nb\\", ""]), "en")));
        Assert.Equal(
            "人: Ann\n地点: 上海",
            Encoding.UTF8.GetString(
                Written(
                    Mentions.Task,
                    new Mentions.Output([new(Mentions.MentionsKind.Person, "Ann"), new(Mentions.MentionsKind.Place, "上海")]),
                    "zh"
                )
            )
        );
        var output = new Everything.Output(
            "名\n",
            null,
            1,
            null,
            0.5,
            1e17,
            true,
            null,
            Everything.Kind.SaySo,
            Everything.Unit.周,
            [],
            null,
            [new(Everything.FactsKind.Party, "\"")],
            null,
            [],
            null,
            [],
            new("😀", null, null),
            []
        );
        Assert.Equal(
            """{"name":"名\n","note":null,"count":1,"limit":null,"score":0.5,"weight":1E+17,"sure":true,"checked":null"""
                + ""","kind":"say \"so\" \\ now","unit":"周","topics":[],"tags":null,"facts":[{"kind":"party","text":"\""}],"free":null"""
                + ""","lines":[],"grid":null,"choices":[],"buyer":{"name":"😀","role":null,"address":null},"items":[]}""",
            Encoding.UTF8.GetString(Written(Everything.Task, output, "en"))
        );
    }

    [Fact]
    public void A_number_that_JSON_cannot_say_is_refused() =>
        Assert.Contains(
            "NaN cannot be written as JSON",
            Assert
                .Throws<ArgumentException>(() =>
                {
                    Everything.Output output = new(
                        "",
                        null,
                        1,
                        null,
                        double.NaN,
                        null,
                        true,
                        null,
                        default,
                        null,
                        [],
                        null,
                        [],
                        null,
                        [],
                        null,
                        [],
                        new("", null, null),
                        []
                    );
                    Written(Everything.Task, output, "en");
                })
                .Message,
            StringComparison.Ordinal
        );

    private static void ReadsBack<T>(DslTask task, Gen<T> outputs)
        where T : class
    {
        var matchers = task.Languages.ToDictionary(l => l, l => new GrammarMatcher(task.OutputGrammar(new object(), l)));
        outputs.Sample(
            output =>
            {
                foreach (var language in task.Languages)
                {
                    Assert.Equal(output, ReadBack(task, output, language));
                    lock (matchers)
                        Assert.True(matchers[language].IsMatch(Written(task, output, language)));
                }
            },
            iter: 2000
        );
    }

    /// <summary>Walks the grammar at random and parses where the text may end.</summary>
    private static void Parses(DslTask task, object input)
    {
        var random = new Random(7);
        foreach (var language in task.Languages)
        {
            var matcher = new GrammarMatcher(task.OutputGrammar(input, language));
            for (var i = 0; i < 300; i++)
            {
                var text = Walk(matcher, random, random.Next(1, 60));
                Assert.True(
                    task.TryParseOutput(text, input, language, out var output, out var error),
                    $"{Encoding.UTF8.GetString(text)}: {error}"
                );
                Assert.Equal(output, ReadBack(task, output, language, input));
            }
        }
    }

    private static byte[] Walk(GrammarMatcher matcher, Random random, int length)
    {
        var text = new List<byte>();
        var state = matcher.Start;
        var options = new List<byte>();
        while (text.Count < length || !matcher.IsAccepting(state))
        {
            // Beyond the length, the shortest way to an end.
            options.Clear();
            for (var b = 0; b < 256; b++)
            {
                var next = matcher.Next(state, (byte)b);
                if (next != GrammarMatcher.Dead && (text.Count < length || matcher.Distance(next) < matcher.Distance(state)))
                    options.Add((byte)b);
            }

            if (options.Count == 0)
                break;
            var chosen = options[random.Next(options.Count)];
            text.Add(chosen);
            state = matcher.Next(state, chosen);
        }

        return [.. text];
    }

    private static object? ReadBack(DslTask task, object output, string language, object? input = null)
    {
        var text = Written(task, output, language, input);
        Assert.True(
            task.TryParseOutput(text, input ?? new object(), language, out var read, out var error),
            $"{Encoding.UTF8.GetString(text)}: {error}"
        );
        return read;
    }

    private static byte[] Written(DslTask task, object output, string language, object? input = null)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteOutput(utf8, input ?? new object(), output, language);
        return utf8.WrittenSpan.ToArray();
    }
}
