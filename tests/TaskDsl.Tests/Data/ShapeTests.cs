using System.Text;
using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Shapes;
using TaskDsl.Data.Sources;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Data;

/// <summary>Records of instruction sets and chats become a task's examples; what does not fit says where.</summary>
public sealed class ShapeTests : SourceTest
{
    [Fact]
    public async Task Alpaca_gives_the_input_and_the_answer_in_the_tasks_format()
    {
        Write(
            "a.json",
            """[{"instruction": "Which mood?", "input": "sun", "output": "good"}, {"instruction": "Which mood?", "input":"""
                + """ "rain", "output": "bad", "id": 7}]"""
        );
        var data = await Note.Build()
            .From(
                new Json
                {
                    Path = "a.json",
                    Shape = new Alpaca(),
                    Ignore = ["id"],
                    Split = SplitName.Train,
                }
            )
            .ToDatasetAsync(Options);
        Assert.Equal([("sun", Note.Mood.Good), ("rain", Note.Mood.Bad)], data.Train.Select(e => (e.Input.Text, e.Output.Mood)));

        Write("b.jsonl", """{"instruction": "sun?", "output": "good"}""");
        data = await Note.Build()
            .From(
                new JsonLines
                {
                    Path = "b.jsonl",
                    Shape = new Alpaca(),
                    Columns = new Dictionary<string, string> { ["text"] = "instruction" },
                    Split = SplitName.Train,
                }
            )
            .ToDatasetAsync(Options);
        Assert.Equal("sun?", Assert.Single(data.Train).Input.Text);
    }

    [Fact]
    public async Task Conversations_and_messages_give_the_same()
    {
        Write(
            "a.jsonl",
            """{"conversations": [{"from": "system", "value": "s"}, {"from": "human", "value": "sun"}, {"from": "gpt", "value": "good"}]}"""
        );
        Write(
            "b.jsonl",
            """{"messages": [{"role": "user", "content": "sun"}, {"role": "assistant", "content": "good", "tool_calls": null}]}"""
        );
        Write(
            "c.jsonl",
            """{"messages": [{"role": "user", "content": "sun"}, {"role": "assistant", "content": "and?"}, {"role": "user","""
                + """ "content": "more"}, {"role": "assistant", "content": "bad"}]}"""
        );
        var data = await Note.Build()
            .From(
                new JsonLines
                {
                    Path = "a.jsonl",
                    Shape = new ShareGpt(),
                    Split = SplitName.Train,
                },
                new JsonLines
                {
                    Path = "b.jsonl",
                    Shape = new Messages(),
                    Split = SplitName.Train,
                },
                new JsonLines
                {
                    Path = "c.jsonl",
                    Shape = new Messages(),
                    Columns = new Dictionary<string, string> { ["text"] = "dialogue" },
                    Split = SplitName.Train,
                }
            )
            .ToDatasetAsync(Options);
        Assert.Equal(["sun", "sun", "user: sun\nassistant: and?\nuser: more"], data.Train.Select(e => e.Input.Text));
        Assert.Equal([Note.Mood.Good, Note.Mood.Good, Note.Mood.Bad], data.Train.Select(e => e.Output.Mood));
    }

    [Fact]
    public async Task A_chat_in_any_format_is_the_same_data_set_as_the_fields_themselves()
    {
        await Same(
            Facts.Task,
            """{"body":"Ada met Bob in Oslo: 5 EUR.","facts":[{"kind":"person","text":"Ada"},{"kind":"place","text":"Oslo"}]}""",
            """{"body":"none","facts":[]}"""
        );
        await Same(Topics.Task, """{"body":"a","topics":["law","money"]}""", """{"body":"b","topics":[]}""");
        await Same(Terms.Task, """{"body":"a","terms":["one","two, three"]}""", """{"body":"b","terms":[]}""");
        await Same(
            Small.Task,
            """{"body":"a, b","line":"l","kind":"payment","count":5,"facts":[{"kind":"sum","text":"b"}]"""
                + ""","buyer":{"name":"x","roles":["y"]}}"""
        );
        await Same(Rewrite.Task, """{"body":"a\nb","answer":"c\n\"d\""}""");
    }

    [Fact]
    public async Task What_an_answer_copies_must_stand_in_the_input_as_in_any_other_record()
    {
        Write("a.jsonl", Chat("Ada met Bob.", "person: Eve"));
        var error = await Assert.ThrowsAsync<DataException>(() =>
            Facts.Build().From(new JsonLines { Path = "a.jsonl", Shape = new Messages() }).ToDatasetAsync(Options)
        );
        Assert.StartsWith(
            "a.jsonl(1): error: field 'facts[0].text': found 'Eve', expected a piece of 'body', letter by letter",
            error.Message,
            StringComparison.Ordinal
        );
    }

    // Each record as a chat: the first input field is what the user says, the others stay columns.
    private async Task Same(DslTask task, params string[] records)
    {
        Write("own.jsonl", string.Join('\n', records));
        var own = await new DatasetBuilder<Example>(task).FromJsonl("own.jsonl").ToDatasetAsync(Options);
        var chats = new List<string>();
        foreach (var record in records)
        {
            var reader = new RecordReader(Encoding.UTF8.GetBytes(record), null, textValues: false, task.Languages[0]);
            var example = task.ReadExample(ref reader, task.Languages[0]);
            var answer = new System.Buffers.ArrayBufferWriter<byte>();
            task.WriteOutput(answer, example.InputValue, example.OutputValue, task.Languages[0]);
            var fields = System.Text.Json.Nodes.JsonNode.Parse(record)!;
            var chat = System.Text.Json.Nodes.JsonNode.Parse(
                Chat((string)fields[task.InputFields[0].Name]!, Encoding.UTF8.GetString(answer.WrittenSpan))
            )!;
            foreach (var field in task.InputFields.Skip(1))
                chat[field.Name] = fields[field.Name]?.DeepClone();
            chats.Add(chat.ToJsonString());
        }

        Write("chat.jsonl", string.Join('\n', chats));
        var columns = new Dictionary<string, string> { [task.InputFields[0].Name] = "user" };
        var read = await new DatasetBuilder<Example>(task)
            .From(
                new JsonLines
                {
                    Path = "chat.jsonl",
                    Shape = new Messages(),
                    Columns = columns,
                }
            )
            .ToDatasetAsync(Options);
        Assert.Equal((own.Fingerprint, records.Length), (read.Fingerprint, (int)read.Report.Kept));
    }

    private static string Chat(string user, string assistant) =>
        JsonSerializer.Serialize(
            new { messages = new[] { new { role = "user", content = user }, new { role = "assistant", content = assistant } } }
        );

    [Theory]
    [InlineData(
        """{"messages": [{"role": "user", "content": "sun"}, {"role": "assistant", "content": "god"}]}""",
        "field 'messages[1].content': found 'god', expected an answer of the task 'note' in its format"
    )]
    [InlineData(
        """{"messages": [{"role": "user", "content": "sun"}, {"role": "asistant", "content": "good"}]}""",
        "field 'messages[1].role': found 'asistant', expected one of system, user (human), assistant (gpt); did you mean 'assistant'?"
    )]
    [InlineData(
        """{"messages": [{"role": "user", "content": "sun"}]}""",
        "field 'messages': found turns of user, expected a user's turn and, last, the assistant's"
    )]
    [InlineData(
        """{"messages": [{"role": "developer", "content": "s"}, {"role": "user", "content": "a"}, {"role": "assistant","""
            + """ "content": " good\n"}]}""",
        "(' good ' is no label; expected one of good, bad; it is 'good' but for the blanks around it)"
    )]
    [InlineData("""{"messages": []}""", "field 'messages': found no turns")]
    [InlineData("""{"messages": "sun"}""", "field 'messages': found '\"sun\"', expected a list of turns")]
    [InlineData("""{"text": "sun"}""", "field 'messages': found nothing, expected a list of turns: the field is missing")]
    [InlineData(
        """{"messages": [{"role": "user", "content": ["sun"]}, {"role": "assistant", "content": "good"}]}""",
        "field 'messages[0].content': found a list, expected a text"
    )]
    [InlineData(
        """{"messages": [{"role": "user"}, {"role": "assistant", "content": "good"}]}""",
        "field 'messages[0].content': found nothing, expected a text"
    )]
    [InlineData(
        """{"messages": [{"role": "user", "content": "sun", "weight": 0}, {"role": "assistant", "content": "good"}]}""",
        "field 'messages[0].weight': found a field that is not declared, expected role and content"
    )]
    [InlineData(
        """{"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}, {"role": "assistant", "content": "good"}]}""",
        "field 'text (column 'user')': found nothing, expected one question before the answer ('dialogue' is the column of all the turns)"
    )]
    [InlineData(
        """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "good"}], "id": 7}""",
        "field 'id': found a field that is not declared"
    )]
    [InlineData(
        """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "good"}], "mood": "bad"}""",
        "field 'mood': found a field beside the answer"
    )]
    [InlineData(
        """{"messages": [{"role": "user", "content": "\ud800"}, {"role": "assistant", "content": "good"}]}""",
        "field 'messages[0].content': found a text with invalid UTF-8 or half a surrogate pair"
    )]
    [InlineData(
        """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "good"}], "messages": []}""",
        "field 'messages': found the field a second time, expected each field once"
    )]
    [InlineData(
        """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "role": "user", "content": "good"}]}""",
        "field 'messages[1].role': found the field a second time, expected each field once"
    )]
    [InlineData("""{"messages": [{"role": """, "broken JSON")]
    [InlineData("[1]", "found a list, expected an object")]
    [InlineData(
        """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "good"}], "\ud800": 1}""",
        "a name or a text that cannot be read"
    )]
    public async Task What_does_not_fit_names_the_place(string record, string message)
    {
        Write(
            "a.jsonl",
            "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"good\"}]}\n" + record
        );
        var error = await Assert.ThrowsAsync<DataException>(() =>
            Note.Build().From(new JsonLines { Path = "a.jsonl", Shape = new Messages() }).ToDatasetAsync(Options)
        );
        Assert.StartsWith("a.jsonl(2): error: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
