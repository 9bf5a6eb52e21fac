using System.Buffers;
using System.Text;
using CsCheck;
using TaskDsl.Codecs;
using TaskDsl.Data;
using TaskDsl.Grammars;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Codecs;

/// <summary>Options of a record: texts in data, letters in prompts and answers, in an order that the record alone draws.</summary>
public class LetteredOptionsTests
{
    private static readonly Gen<Exam.Input> Inputs = Gen.Select(
        Samples.Text,
        Samples.Text.Where(text => !string.IsNullOrWhiteSpace(text)).ArrayUnique[1, 26],
        (question, options) => new Exam.Input(question, [.. options])
    );

    [Fact]
    public void Each_option_is_written_as_its_letter_and_read_back() =>
        Inputs.Sample(
            input =>
            {
                var shown = Options(input).Shown;
                Assert.Equal(input.Options.Count, shown.Count);
                foreach (var option in input.Options)
                {
                    var letter = Written(Exam.Task, input, new Exam.Output(option));
                    Assert.Contains($"{letter}. {option}", shown);
                    Assert.True(Exam.Task.TryParseOutput(Encoding.UTF8.GetBytes(letter), input, "zh", out var output, out _));
                    Assert.Equal(new Exam.Output(option), output);
                }
            },
            iter: 300
        );

    [Fact]
    public void Every_constrained_answer_is_one_of_the_options_and_each_is_reached() =>
        Inputs.Sample(
            input =>
            {
                var answers = new GrammarMatcher(Exam.Task.OutputGrammar(input, "en")).Texts(100)!;
                var texts = answers.Select(answer =>
                {
                    Assert.True(Exam.Task.TryParseOutput(answer, input, "en", out var output, out var error), error);
                    return ((Exam.Output)output).Answer;
                });
                Assert.Equal(input.Options.Order(StringComparer.Ordinal), texts.Order(StringComparer.Ordinal));
            },
            iter: 300
        );

    [Fact]
    public void Grammars_of_as_many_options_are_one_object() =>
        Assert.Same(
            Exam.Task.OutputGrammar(new Exam.Input("a", ["x", "y"]), "en"),
            Exam.Task.OutputGrammar(new Exam.Input("b", ["v", "w"]), "zh")
        );

    [Fact]
    public void The_order_is_the_records_own_and_falls_evenly()
    {
        ValueList<string> options = ["yes", "no", "maybe"];
        var orders = Enumerable
            .Range(0, 6000)
            .Select(i => string.Join(' ', Options(new Exam.Input($"Is {i} even?", options)).Shown))
            .CountBy(order => order)
            .ToList();
        // Six orders, each of about a thousand: five deviations of a binomial are 144.
        Assert.Equal(6, orders.Count);
        Assert.All(orders, order => Assert.InRange(order.Value, 850, 1150));
    }

    [Fact]
    public void The_order_stays_what_it_was() =>
        // What a model has learned, and what a run that is resumed reads, has these letters.
        Assert.Equal(
            ["A. Rhine", "B. Nile", "C. Po", "D. Oder"],
            Options(new Exam.Input("Which river is the longest?", ["Rhine", "Nile", "Po", "Oder"])).Shown
        );

    [Theory]
    [InlineData("", "'' is none of the letters 'A', 'B', 'C'")]
    [InlineData("D", "'D' is none of the letters 'A', 'B', 'C'")]
    [InlineData("a", "'a' is none of the letters 'A', 'B', 'C'")]
    [InlineData("A.", "'A.' is none of the letters 'A', 'B', 'C'")]
    [InlineData("yes", "'yes' is none of the letters 'A', 'B', 'C'")]
    public void What_is_no_letter_is_told(string answer, string expected)
    {
        var input = new Exam.Input("?", ["yes", "no", "maybe"]);
        Assert.False(Exam.Task.TryParseOutput(Encoding.UTF8.GetBytes(answer), input, "en", out _, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData(
        """{"question": "?", "options": ["yes", "no"], "answer": "maybe"}""",
        "field 'answer': found 'maybe', expected one of the options in 'options', letter by letter as it stands there: 'yes', 'no'"
    )]
    [InlineData(
        """{"question": "?", "options": ["yes", "no"], "answer": "A"}""",
        "field 'answer': found 'A', expected one of the options in 'options', letter by letter as it stands there: 'yes', 'no'"
    )]
    [InlineData(
        """{"question": "?", "options": ["yes", "no"], "answer": 0}""",
        "field 'answer': found the number 0, expected the text of an option, and not its number"
    )]
    [InlineData(
        """{"question": "?", "options": ["yes", "no"], "answer": ["yes"]}""",
        "field 'answer': found a list, expected the text of one option (a field with any_of: true takes several)"
    )]
    [InlineData(
        """{"question": "?", "options": [], "answer": "yes"}""",
        "field 'options': found no options, expected from 1 to 26, as many as letters"
    )]
    [InlineData(
        """{"question": "?", "options": ["yes", " "], "answer": "yes"}""",
        "field 'options[1]': found a blank option, expected a text that says something"
    )]
    [InlineData(
        """{"question": "?", "options": ["yes", "no", "yes"], "answer": "yes"}""",
        "field 'options[2]': found 'yes' a second time, expected each option once"
    )]
    public void A_record_that_does_not_hang_together_is_told(string record, string expected)
    {
        var error = Assert.Throws<RecordException>(() => Read(Exam.Task, record));
        Assert.Equal(expected, error.Message);
    }

    [Fact]
    public void More_options_than_letters_are_told_with_gold_and_without()
    {
        var options = string.Join(", ", Enumerable.Range(0, 27).Select(i => $"\"{i}\""));
        var record = $$"""{"question": "?", "options": [{{options}}], "answer": "3"}""";
        const string expected = "field 'options': found 27 options, expected from 1 to 26, as many as letters";
        Assert.Equal(expected, Assert.Throws<RecordException>(() => Read(Exam.Task, record)).Message);
        Assert.Equal(
            expected,
            Assert
                .Throws<RecordException>(() =>
                {
                    var reader = new RecordReader(Encoding.UTF8.GetBytes(record), null, textValues: false, "en");
                    Exam.Task.ReadInput(ref reader);
                })
                .Message
        );
    }

    [Fact]
    public void An_input_of_ones_own_without_options_is_told() =>
        Assert.Equal(
            "task 'exam': field 'options': found no options, expected from 1 to 26, as many as letters.",
            Assert.Throws<InputException>(() => Exam.Task.OutputGrammar(new Exam.Input("?", []), "en")).Message
        );

    [Fact]
    public void Of_several_right_options_any_counts_and_one_is_drawn_to_learn()
    {
        var firsts = 0;
        for (var i = 0; i < 1000; i++)
        {
            var input = new Precedent.Input($"Case {i}.", ["affirmed", "reversed", "remanded"]);
            ValueList<string> right = ["affirmed", "remanded"];
            var letter = Written(Precedent.Task, input, new Precedent.Output(right));
            Assert.True(Precedent.Task.TryParseOutput(Encoding.UTF8.GetBytes(letter), input, "en", out var output, out _));
            var learned = Assert.Single(((Precedent.Output)output).Holding);
            Assert.Contains(learned, right);
            firsts += learned == "affirmed" ? 1 : 0;
        }

        Assert.InRange(firsts, 420, 580);
        Assert.Equal(0.5, Score(["affirmed", "remanded"], "remanded", "reversed"));
        Assert.Equal(1, Score(["affirmed", "remanded"], "remanded", "affirmed"));
        Assert.Equal(0, Score(["affirmed", "remanded"], "reversed", null));

        static double Score(ValueList<string> right, params string?[] answers) =>
            new Accuracy().Score([
                .. answers.Select(answer =>
                    Answer.Of(Precedent.Task, new Precedent.Output(right), answer is null ? null : new Precedent.Output([answer]))
                ),
            ]);
    }

    [Theory]
    [InlineData("\"affirmed\"", "affirmed")]
    [InlineData("[\"affirmed\"]", "affirmed")]
    [InlineData("[\"remanded\", \"affirmed\"]", "remanded|affirmed")]
    [InlineData("[]", "!field 'holding': found no option, expected at least one that is right")]
    [InlineData("[\"affirmed\", \"affirmed\"]", "!field 'holding[1]': found 'affirmed' a second time, expected each right option once")]
    [InlineData(
        "[\"affirmed\", \"denied\"]",
        "!field 'holding[1]': found 'denied', expected one of the options in 'holdings', letter by letter as it stands there: "
            + "'affirmed', 'remanded'"
    )]
    public void Several_right_options_are_read(string gold, string expected)
    {
        var record = $$"""{"opinion": "?", "holdings": ["affirmed", "remanded"], "holding": {{gold}}}""";
        if (expected[0] == '!')
        {
            Assert.Equal(expected[1..], Assert.Throws<RecordException>(() => Read(Precedent.Task, record)).Message);
            return;
        }

        var example = (Precedent.Example)Read(Precedent.Task, record);
        Assert.Equal(expected.Split('|'), example.Output.Holding);
        var utf8 = new ArrayBufferWriter<byte>();
        Precedent.Task.WriteExample(utf8, example.Input, example.Output);
        Assert.Equal(example, Read(Precedent.Task, Encoding.UTF8.GetString(utf8.WrittenSpan)));
    }

    [Fact]
    public void Beside_other_fields_letters_stand_in_json_and_texts_in_data()
    {
        var input = new Ruling.Input("The court \"affirms\".", ["affirmed", "reversed"], ["Ann", "Bo", "Cy"]);
        var output = new Ruling.Output("so", ["reversed"], "Bo");
        var (holding, dissent) = (Letter(input, "holdings", input.Holdings, "reversed"), Letter(input, "judges", input.Judges, "Bo"));
        var json = Written(Ruling.Task, input, output);
        Assert.Equal($$"""{"reason":"so","holding":"{{holding}}","dissent":"{{dissent}}"}""", json);
        Assert.True(Ruling.Task.TryParseOutput(Encoding.UTF8.GetBytes(json), input, "en", out var read, out _));
        Assert.Equal(output, read);
        var matcher = new GrammarMatcher(Ruling.Task.OutputGrammar(input, "en"));
        Assert.True(matcher.IsMatch(Encoding.UTF8.GetBytes(json)));
        Assert.True(matcher.IsMatch("""{"reason":"","holding":"B","dissent":null}"""u8));
        Assert.False(matcher.IsMatch("""{"reason":"","holding":"C","dissent":null}"""u8));
        Assert.False(Ruling.Task.TryParseOutput("""{"reason":"","holding":"C","dissent":null}"""u8, input, "en", out _, out var error));
        Assert.Equal("field 'holding': found 'C', expected one of the letters 'A', 'B'", error);
        Assert.Equal(
            ["holding: reversed", "dissent: Bo"],
            Ruling.Task.Items(output).Where(item => item.Field != "reason").Select(item => $"{item.Field}: {item.Value}")
        );
    }

    private static LetteredOptions Options(Exam.Input input) => LetteredOptions.Of(Exam.Task, input, "options", input.Options);

    private static string Letter(Ruling.Input input, string field, ValueList<string> options, string text) =>
        LetteredOptions.Of(Ruling.Task, input, field, options).Letter(text)!;

    private static Example Read(DslTask task, string record)
    {
        var reader = new RecordReader(Encoding.UTF8.GetBytes(record), null, textValues: false, "en");
        return task.ReadExample(ref reader, "en");
    }

    private static string Written(DslTask task, object input, object output)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteOutput(utf8, input, output, "en");
        return Encoding.UTF8.GetString(utf8.WrittenSpan);
    }
}
