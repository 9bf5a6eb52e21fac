using TaskDsl.Data;
using TaskDsl.Data.Shapes;
using TaskDsl.Data.Sources;
using TaskDsl.Data.Stages;

namespace TaskDsl.Tests.Data;

/// <summary>What is empty is not there: no example is made of nothing.</summary>
public sealed class BlankTextTests : SourceTest
{
    private const string Required = "expected a text that says something (where it may be blank, make it optional: type 'text?')";

    [Theory]
    [InlineData("a.jsonl", "{\"text\":\"\",\"mood\":\"good\"}\n", "a.jsonl(1): error: field 'text': found an empty text")]
    [InlineData(
        "a.jsonl",
        "{\"text\":\" \\n\u200B\",\"mood\":\"good\"}\n",
        "a.jsonl(1): error: field 'text': found a text of blanks alone"
    )]
    [InlineData("a.csv", "text,mood\n,good\n", "a.csv(2): error: field 'text': found an empty text")]
    public async Task A_required_text_says_something(string name, string text, string message)
    {
        Write(name, text);
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().From(ByPath(name)).ToDatasetAsync(Options));
        Assert.StartsWith($"{message}, {Required}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_optional_text_may_be_empty_and_so_may_what_stands_in_lists()
    {
        Write("a.jsonl", """{"body":"b","line":"","kind":"pay","buyer":{"name":"n","roles":[""]}}""");
        Assert.Equal("", Assert.Single((await Small.Build().From(Train("a.jsonl")).ToDatasetAsync(Options)).Train).Input.Line);
        Write("a.csv", "body,line,kind\nb,,pay\n");
        Assert.Null(Assert.Single((await Small.Build().From(Train("a.csv")).ToDatasetAsync(Options)).Train).Input.Line);
    }

    [Fact]
    public async Task A_stage_that_leaves_nothing_of_a_text_is_told()
    {
        Write("a.jsonl", """{"text":"sun","mood":"good"}""");
        var error = await Assert.ThrowsAsync<DataException>(() =>
            Note.Build().FromJsonl("a.jsonl").Map(e => e with { Input = e.Input with { Text = "" } }).ToDatasetAsync(Options)
        );
        Assert.StartsWith($"a.jsonl(1): error: field 'text': found an empty text, {Required}", error.Message, StringComparison.Ordinal);
        Write("a.jsonl", """{"text":"\u0000\u00AD","mood":"good"}""");
        await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("a.jsonl").With(new NormalizeText()).ToDatasetAsync(Options));
    }

    [Theory]
    [InlineData("""{"instruction":"Which mood?","output":"good"}""")]
    [InlineData("""{"instruction":"Which mood?","input":"","output":"good"}""")]
    [InlineData("""{"instruction":"Which mood?","input":" ","output":"good"}""")]
    [InlineData("""{"instruction":"Which mood?","input":null,"output":"good"}""")]
    public async Task An_empty_input_of_Alpaca_is_an_absent_one(string record)
    {
        Write("a.jsonl", record);
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().From(Alpaca()).ToDatasetAsync(Options));
        Assert.StartsWith(
            "a.jsonl(1): error: field 'text (column 'input')': found nothing, expected a text (where the instruction may say it all, 'prompt' "
                + "is the column of both)",
            error.Message,
            StringComparison.Ordinal
        );
        var data = await Note.Build().From(Alpaca(("text", "prompt"))).ToDatasetAsync(Options);
        Assert.Equal("Which mood?", Assert.Single(data.Train).Input.Text);
    }

    [Fact]
    public async Task Instruction_and_input_are_read_together_and_an_optional_field_goes_without()
    {
        Write("a.jsonl", """{"instruction":"Which mood?","input":"sun","output":"good"}""");
        var data = await Note.Build().From(Alpaca(("text", "prompt"))).ToDatasetAsync(Options);
        Assert.Equal("Which mood?\n\nsun", Assert.Single(data.Train).Input.Text);

        Write("a.jsonl", """{"instruction":"b","input":"","output":"{\"kind\":\"pay\"}"}""");
        var small = await Small.Build().From(Alpaca(("body", "instruction"), ("line", "input"))).ToDatasetAsync(Options);
        Assert.Equal(new Small.Input("b", null), Assert.Single(small.Train).Input);
    }

    [Theory]
    [InlineData("""{"instruction":"i","input":"sun","output":" "}""", "field 'output': found a text of blanks alone, expected the answer")]
    [InlineData("""{"instruction":"","input":"","output":"good"}""", "field 'text (column 'prompt')': found nothing")]
    public async Task An_answer_and_a_prompt_say_something(string record, string message)
    {
        Write("a.jsonl", record);
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().From(Alpaca(("text", "prompt"))).ToDatasetAsync(Options));
        Assert.StartsWith($"a.jsonl(1): error: {message}", error.Message, StringComparison.Ordinal);
        Write("b.jsonl", """{"instruction":"i","input":"sun","output":""}""");
        error = await Assert.ThrowsAsync<DataException>(() =>
            Rewrite.Build().From(new JsonLines { Path = "b.jsonl", Shape = new Alpaca() }).ToDatasetAsync(Options)
        );
        Assert.StartsWith(
            "b.jsonl(1): error: field 'output': found an empty text, expected the answer",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("user", "", "good", "field 'messages[1].content': found an empty text, expected what the user says")]
    [InlineData("user", "sun", "\u00A0", "field 'messages[2].content': found a text of blanks alone, expected what the assistant says")]
    public async Task A_turn_says_something(string role, string question, string answer, string message)
    {
        Write("a.jsonl", Chat("", role, question, answer));
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().From(Messages("text", "user")).ToDatasetAsync(Options));
        Assert.StartsWith($"a.jsonl(1): error: {message}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_system_turn_is_none()
    {
        Write("a.jsonl", Chat("", "user", "sun", "good"));
        Assert.Equal("sun", Assert.Single((await Note.Build().From(Messages("text", "user")).ToDatasetAsync(Options)).Train).Input.Text);
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().From(Messages("text", "system")).ToDatasetAsync(Options));
        Assert.Contains("field 'text (column 'system')': found nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_and_an_entity_say_something()
    {
        Write("a.jsonl", """{"text":"sun","mood":"good","client":""}""");
        var error = await Assert.ThrowsAsync<DataException>(() =>
            Note.Build().From(new JsonLines { Path = "a.jsonl", Group = "client" }).ToDatasetAsync(Options)
        );
        Assert.Contains("field 'client': found nothing, expected a value", error.Message, StringComparison.Ordinal);
        Write("a.jsonl", """{"body":"sun","mentions":[{"kind":"place","text":" "}]}""");
        error = await Assert.ThrowsAsync<DataException>(() => Mentions.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.Contains(
            "field 'mentions[0].text': found a text of blanks alone, expected the text of an entity",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private static string Chat(string system, string role, string question, string answer) =>
        System.Text.Json.JsonSerializer.Serialize(
            new
            {
                messages = new[]
                {
                    new { role = "system", content = system },
                    new { role, content = question },
                    new { role = "assistant", content = answer },
                },
            }
        );

    private static DataSource Train(string path) => ByPath(path) with { Split = SplitName.Train };

    private static DataSource Alpaca(params (string Field, string Column)[] columns) =>
        Train("a.jsonl") with
        {
            Shape = new Alpaca(),
            Columns = columns.ToDictionary(c => c.Field, c => c.Column),
        };

    private static DataSource Messages(string field, string column) =>
        Train("a.jsonl") with
        {
            Shape = new Messages(),
            Columns = new Dictionary<string, string> { [field] = column },
        };
}
