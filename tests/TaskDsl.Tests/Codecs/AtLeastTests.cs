using System.Text;
using System.Text.Json;
using TaskDsl.Codecs;
using TaskDsl.Data;
using TaskDsl.Formats;
using TaskDsl.Grammars;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Codecs;

/// <summary><c>at_least</c>: what has fewer labels is neither written, parsed nor read.</summary>
public class AtLeastTests
{
    private enum Four;

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(4)]
    public void Sets_with_fewer_labels_are_none(int least)
    {
        var table = new LabelTable<Four>(["en"], ["a"], ["b"], ["aa"], ["c"]) { AtLeast = least };
        var (lines, json) = (
            new GrammarMatcher(new LabelsFormat().Grammar(table, "en")),
            new GrammarMatcher(JsonGrammar.Labels(table, "en"))
        );
        for (var set = 0; set < 16; set++)
        {
            string[] labels = [.. table.Keys.Where((_, i) => (set >> i & 1) != 0)];
            var isOne = labels.Length >= least;
            var line = Encoding.UTF8.GetBytes(labels.Length == 0 ? "-" : string.Join('\n', labels));
            var list = JsonSerializer.SerializeToUtf8Bytes(labels);
            Assert.Equal(isOne, lines.IsMatch(line));
            Assert.Equal(isOne, json.IsMatch(list));
            Assert.Equal(isOne, new LabelsFormat().TryParse(line, table, "en", out var parsed, out var error));
            Assert.Equal(isOne, error is null);
            if (isOne)
                Assert.Equal(labels, parsed!.Select(label => table.Key(label)));
        }
    }

    [Theory]
    [InlineData("[]", "field 'about': found no label, expected at least one label")]
    [InlineData("[\"law\"]", null)]
    [InlineData("null", "field 'about'")]
    public void A_record_with_none_is_wrong(string list, string? expected)
    {
        var record = Encoding.UTF8.GetBytes($"{{\"text\": \"a\", \"about\": {list}}}");
        var read = () =>
        {
            var reader = RecordReader.Data(record, textValues: false, "en");
            return Named.Task.ReadExample(ref reader, "en");
        };
        if (expected is null)
            Assert.Single(((Named.Output)read().OutputValue).About);
        else
            Assert.Contains(expected, Assert.Throws<RecordException>(read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_of_none_does_not_parse()
    {
        var task = Named.Task;
        Assert.False(task.TryParseOutput("-"u8, new Named.Input("a"), "en", out _, out var error));
        Assert.Equal("no label; expected at least one label", error);
        Assert.True(task.TryParseOutput("money\nlaw"u8, new Named.Input("a"), "en", out _, out _));
        Assert.False(new GrammarMatcher(task.OutputGrammar(new Named.Input("a"), "en")).IsMatch("-"u8));
    }
}
