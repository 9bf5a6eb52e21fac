using System.Buffers;
using System.Text;
using CsCheck;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Tests.Codecs;

namespace TaskDsl.Tests.Data;

/// <summary>What the generated readers accept, and what they say of what they do not.</summary>
public class RecordReaderTests
{
    [Fact]
    public void A_whole_record_is_read()
    {
        var example = Read(
            """
            { "kind": "termination", "body": "Ann\nowes £5", "line": "x", "count": -3, "score": 1e2, "sure": true, "topics": ["money", "law"],
              "facts": [{"kind": "party", "text": "Ann"}, {"text": "£5", "kind": "sum"}], "buyer": {"name": "\u00e9\ud83d\ude00", "roles": ["a", ""]} }
            """
        );
        var expected = new Small.Example(
            new Small.Input("Ann\nowes £5", "x"),
            new Small.Output(
                Small.Kind.Termination,
                -3,
                100,
                true,
                [Small.Topics.Law, Small.Topics.Money],
                [new(Small.FactsKind.Party, "Ann"), new(Small.FactsKind.Sum, "£5")],
                new Small.Buyer("é😀", ["a", ""])
            )
        );
        Assert.Equal(expected with { Language = "en" }, example);
    }

    [Fact]
    public void Optional_fields_may_be_absent_or_null()
    {
        var expected = new Small.Example(
            new Small.Input("b", null),
            new Small.Output(Small.Kind.Payment, null, null, null, null, null, null)
        )
        {
            Language = "en",
        };
        Assert.Equal(expected, Read("""{"body":"b","kind":"payment"}"""));
        Assert.Equal(
            expected,
            Read(
                """{"body":"b","line":null,"kind":"payment","count":null,"score":null,"sure":null,"topics":null,"facts":null,"buyer":null}"""
            )
        );
    }

    [Theory]
    [InlineData("payment", "en")]
    [InlineData("pay", "en")]
    [InlineData("付款", "zh")]
    [InlineData("付款", "en")]
    public void A_label_is_read_by_key_and_surface(string word, string language) =>
        Assert.Equal(Small.Kind.Payment, Read($$"""{"body":"b","kind":"{{word}}"}""", language: language).Output.Kind);

    [Fact]
    public void A_label_may_be_a_bare_number_or_truth()
    {
        var reader = new RecordReader("""{"body":"b","title":null,"numbers":[],"class":true}"""u8, null, false, "en");
        Assert.Equal(Everything.Class.True, ((Everything.Input)Everything.Task.ReadInput(ref reader)).Class);
    }

    [Theory]
    [InlineData("""{"body":"b"}""", "kind", "nothing", "a value: the field is missing")]
    [InlineData(
        """{"kind":"pay","body":"b","knd":1}""",
        "knd",
        "a field that is not declared",
        "one of body, line, kind, count, score, sure, topics, facts, buyer; did you mean 'kind'? (a column that is not wanted is "
            + "listed under 'ignore')"
    )]
    [InlineData("""{"kind":"pay","body":"b","body":"c"}""", "body", "the field a second time", "each field once")]
    [InlineData("""{"kind":"pay","body":"b","count":null,"count":1}""", "count", "the field a second time", "each field once")]
    [InlineData("""{"kind":"pay","body":12}""", "body", "the number 12", "a text")]
    [InlineData("""{"kind":"pay","body":null}""", "body", "null", "a text")]
    [InlineData("""{"kind":"pay","body":{"a":1}}""", "body", "an object", "a text")]
    [InlineData("""{"kind":"pay","body":"b","line":"a\nb"}""", "line", "a text with line breaks", "one line (type 'text' takes several)")]
    [InlineData("""{"kind":"pay","body":"b","count":"3"}""", "count", "the text '3'", "a whole number from -2147483648 to 2147483647")]
    [InlineData("""{"kind":"pay","body":"b","count":3.5}""", "count", "the number 3.5", "a whole number from -2147483648 to 2147483647")]
    [InlineData(
        """{"kind":"pay","body":"b","count":2147483648}""",
        "count",
        "the number 2147483648",
        "a whole number from -2147483648 to 2147483647"
    )]
    [InlineData("""{"kind":"pay","body":"b","score":1e999}""", "score", "the number 1e999", "a number that a double can hold")]
    [InlineData("""{"kind":"pay","body":"b","sure":1}""", "sure", "the number 1", "true or false")]
    [InlineData("""{"kind":"paymnt","body":"b"}""", "kind", "'paymnt'", "one of payment, termination; did you mean 'payment'?")]
    [InlineData("""{"kind":true,"body":"b"}""", "kind", "'true'", "one of payment, termination")]
    [InlineData("""{"kind":["pay"],"body":"b"}""", "kind", "a list", "one of payment, termination")]
    [InlineData("""{"kind":"pay","body":"b","topics":"law"}""", "topics", "the text 'law'", "a list of labels")]
    [InlineData("""{"kind":"pay","body":"b","topics":["law","lwa"]}""", "topics[1]", "'lwa'", "one of law, money; did you mean 'law'?")]
    [InlineData("""{"kind":"pay","body":"b","topics":["law","law"]}""", "topics[1]", "'law' a second time", "each label once")]
    [InlineData(
        """{"kind":"pay","body":"b","facts":[{"kind":"sum","text":"b"},{"kind":"prty","text":"b"}]}""",
        "facts[1].kind",
        "'prty'",
        "one of party, sum; did you mean 'party'?"
    )]
    [InlineData("""{"kind":"pay","body":"b","facts":[{"kind":"sum"}]}""", "facts[0].text", "nothing", "a value: the field is missing")]
    [InlineData(
        """{"kind":"pay","body":"b","facts":[{"kind":"sum","text":"b"},{"kind":"sum","text":"c"}]}""",
        "facts[1].text",
        "'c'",
        "a piece of 'body', letter by letter"
    )]
    [InlineData(
        """{"kind":"pay","body":"b","facts":[{"kind":"sum","text":""}]}""",
        "facts[0].text",
        "''",
        "a piece of 'body', letter by letter"
    )]
    [InlineData(
        """{"kind":"pay","body":"b","facts":[[0,1,"sum"]]}""",
        "facts[0]",
        "a list",
        "an entity {\"kind\": …, \"text\": …}; places in the text, as doccano writes them, are not read"
    )]
    [InlineData(
        """{"kind":"pay","body":"a Bee","facts":[{"kind":"sum","text":"bee"}]}""",
        "facts[0].text",
        "'bee'",
        "a piece of 'body', letter by letter; it stands there as 'Bee'"
    )]
    [InlineData("""{"kind":"pay","body":"b","buyer":{"name":"x","roles":["a",["b"]]}}""", "buyer.roles[1]", "a list", "a text")]
    [InlineData(
        """{"kind":"pay","body":"b","bo\ud800dy":1}""",
        "",
        "the name of a field with invalid UTF-8 or half a surrogate pair",
        "valid Unicode"
    )]
    [InlineData(
        """{"kind":"pay","body":"b","":1}""",
        "",
        "a field without a name",
        "one of body, line, kind, count, score, sure, topics, facts, buyer (a column that is not wanted is listed under 'ignore')"
    )]
    [InlineData("""{"kind":"pay","body":"b","buyer":{"roles":[]}}""", "buyer.name", "nothing", "a value: the field is missing")]
    [InlineData(
        """{"kind":"pay","body":"b","buyer":{"name":"x","nam":1}}""",
        "buyer.nam",
        "a field that is not declared",
        "one of name, roles; did you mean 'name'?"
    )]
    [InlineData("""{"kind":"pay","body":"\ud800"}""", "body", "a text with invalid UTF-8 or half a surrogate pair", "valid Unicode")]
    [InlineData("""{"kind":"\udc00","body":"b"}""", "kind", "a text with invalid UTF-8 or half a surrogate pair", "valid Unicode")]
    [InlineData("""["body"]""", "", "a list", "an object {…}")]
    [InlineData("12", "", "the number 12", "an object {…}")]
    public void What_does_not_fit_is_said(string json, string field, string found, string expected)
    {
        var error = Assert.Throws<RecordException>(() => Read(json));
        Assert.Equal((field, found, expected), (error.Field, error.Found, error.Expected));
    }

    [Theory]
    [InlineData("", "1: there is nothing")]
    [InlineData("""{"kind":"pay","body":"b""", "24: it ends inside a text: it was cut off, or a quote or a bracket is missing")]
    [InlineData("""{"kind":"pay","body":"b" """, "26: it ends before it is closed: it was cut off, or a quote or a bracket is missing")]
    [InlineData("""{"kind":"pay","body":"b"} x""", "27: 'x' behind its end; one object stands there, and nothing else")]
    [InlineData("""{"kind":"pay","body":"b"}{}""", "26: '{}' behind its end; one object stands there, and nothing else")]
    [InlineData("""{"kind":"pay","body":"b",}""", "26: a comma before '}', where nothing follows; take it out")]
    [InlineData("""{"kind":'pay'}""", "9: a text in single quotes; JSON's are double (Python's json.dumps writes them, str does not)")]
    [InlineData("""{"kind":NaN}""", "9: NaN, which is no number in JSON; write null, or leave the field out")]
    [InlineData("""{"kind":-Infinity}""", "10: Infinity, which is no number in JSON; write null, or leave the field out")]
    [InlineData("""{"kind":None}""", "9: Python's None, which is null in JSON (json.dumps writes it)")]
    [InlineData(
        """{"kind":"pay" "body":"b"}""",
        "15: a comma, a colon, a quote or a bracket is missing or too many before '\"body\":\"b\"}'"
    )]
    [InlineData("""{"kind" // a comment""", "9: a comment, which JSON does not have")]
    [InlineData(
        "{\"kind\":\"a\tb\"}",
        "11: a line break or another control character inside a text; JSON writes it as \\n, \\t or \\u0000"
    )]
    [InlineData("""{"kind":"C:\data"}""", "13: '\\d' inside a text; a backslash is written '\\\\'")]
    [InlineData("""{"count":01}""", "11: a comma, a colon, a quote or a bracket is missing or too many before '1}'")]
    public void Broken_JSON_is_said(string json, string found) =>
        Assert.Equal($"broken JSON at byte {found}", Assert.Throws<RecordException>(() => Read(json)).Found);

    [Fact]
    public void Deep_nesting_is_an_error_and_not_a_crash()
    {
        var deep = """{"kind":"pay","unwanted":""" + new string('[', 100_000);
        Assert.EndsWith(
            ": lists and objects more than 64 deep",
            Assert.Throws<RecordException>(() => Read(deep, new JsonLines { Path = "", Ignore = ["unwanted"] })).Found,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Invalid_UTF8_is_an_error()
    {
        byte[] json = [.. "{\"kind\":\"pay\",\"body\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        var error = Assert.Throws<RecordException>(() => Read(json, null, false, "en"));
        Assert.Equal("body", error.Field);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() => Assert.Equal("b", Read("\uFEFF{\"kind\":\"pay\",\"body\":\"b\"}").Input.Body);

    [Fact]
    public void Columns_are_renamed_and_passed_over()
    {
        var source = new JsonLines
        {
            Path = "",
            Columns = new Dictionary<string, string> { ["body"] = "text", ["kind"] = "category" },
            Ignore = ["id", "body"],
        };
        var example = Read("""{"id":[1,{"body":2}],"text":"b","category":"pay","body":"not this"}""", source);
        Assert.Equal("b", example.Input.Body);
        Assert.Equal("kind", Assert.Throws<RecordException>(() => Read("""{"text":"b","category":"x"}""", source)).Field);
        Assert.Equal("kind (column 'category')", Assert.Throws<RecordException>(() => Read("""{"text":"b"}""", source)).Field);
        // A field that is read from elsewhere does not stand under its own name.
        Assert.Equal("kind", Assert.Throws<RecordException>(() => Read("""{"text":"b","category":"pay","kind":"pay"}""", source)).Field);
        // The map is of the record, not of what is inside it.
        Assert.Equal(
            "buyer.id",
            Assert.Throws<RecordException>(() => Read("""{"text":"b","category":"pay","buyer":{"name":"x","id":1}}""", source)).Field
        );
    }

    [Fact]
    public void Values_of_a_file_of_text_are_read_from_text()
    {
        var example = Read(
            """{"body":"","line":"","kind":"pay","count":"-12","score":"1.5e3","sure":"True","topics":"","facts":"","buyer":""}""",
            textValues: true
        );
        Assert.Equal(
            new Small.Example(new Small.Input("", null), new Small.Output(Small.Kind.Payment, -12, 1500, true, null, null, null))
            {
                Language = "en",
            },
            example
        );
    }

    [Theory]
    [InlineData("count", "1.5", "a whole number from -2147483648 to 2147483647")]
    [InlineData("score", "1,5", "a number that a double can hold")]
    [InlineData("score", "Infinity", "a number that a double can hold")]
    [InlineData("sure", "yes", "true or false")]
    [InlineData("topics", "law", "a list of labels, which a file of plain columns cannot hold (JSON Lines can)")]
    public void Wrong_text_values_are_said(string field, string value, string expected)
    {
        var error = Assert.Throws<RecordException>(() => Read($$"""{"body":"b","kind":"pay","{{field}}":"{{value}}"}""", textValues: true));
        Assert.Equal((field, $"the text '{value}'", expected), (error.Field, error.Found, error.Expected));
    }

    [Fact]
    public void An_input_is_read_alone_and_what_belongs_to_the_output_is_passed_over()
    {
        var reader = new RecordReader("""{"kind":{"whatever":[]},"body":"b"}"""u8, null, false, "en");
        Assert.Equal(new Small.Input("b", null), Small.Task.ReadInput(ref reader));
        Assert.Equal(
            "extra",
            Assert
                .Throws<RecordException>(() =>
                {
                    var other = new RecordReader("""{"body":"b","extra":1}"""u8, null, false, "en");
                    Small.Task.ReadInput(ref other);
                })
                .Field
        );
    }

    [Fact]
    public void What_is_written_as_a_record_reads_back() =>
        Samples.Everything.Sample(
            example =>
            {
                // A 'string' has one line in data.
                example = new Everything.Example(
                    example.Input with
                    {
                        Title = Line(example.Input.Title),
                    },
                    example.Output with
                    {
                        Name = Line(example.Output.Name)!,
                        Buyer = new(
                            Line(example.Output.Buyer.Name)!,
                            example.Output.Buyer.Role,
                            example.Output.Buyer.Address is { } a ? a with { Street = Line(a.Street)! } : null
                        ),
                        Items = [.. example.Output.Items.Select(i => i with { ToStringValue = Line(i.ToStringValue)! })],
                    }
                );
                var utf8 = new ArrayBufferWriter<byte>();
                Everything.Task.WriteExample(utf8, example.Input, example.Output);
                var reader = new RecordReader(utf8.WrittenSpan, null, false, "zh");
                Assert.Equal(example with { Language = "zh" }, Everything.Task.ReadExample(ref reader, "zh"));

                utf8.ResetWrittenCount();
                Everything.Task.WriteInput(utf8, example.Input);
                reader = new RecordReader(utf8.WrittenSpan, null, false, "en");
                Assert.Equal(example.Input, Everything.Task.ReadInput(ref reader));
            },
            iter: 500
        );

    private static string? Line(string? text) => text?.Replace('\n', ' ').Replace('\r', ' ');

    private static Small.Example Read(string json, DataSource? source = null, bool textValues = false, string language = "en") =>
        Read(Encoding.UTF8.GetBytes(json), source, textValues, language);

    private static Small.Example Read(byte[] json, DataSource? source, bool textValues, string language)
    {
        var reader = new RecordReader(json, source, textValues, language);
        return (Small.Example)Small.Task.ReadExample(ref reader, language);
    }
}
