using System.Text;
using TaskDsl.Formats;
using TaskDsl.Grammars;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Codecs;

/// <summary>Grammars grow with the labels, not with their square.</summary>
public class ManyLabelsTests
{
    private enum Many;

    [Fact]
    public void Two_thousand_labels_are_decoded()
    {
        var rows = Enumerable.Range(0, 2000).Select(i => new[] { $"label_{i}" }).ToArray();
        var table = new LabelTable<Many>(["en"], rows);
        var matcher = new GrammarMatcher(new LabelsFormat().Grammar(table, "en"));
        Assert.True(matcher.IsMatch("label_0\nlabel_77\nlabel_1999"u8));
        Assert.False(matcher.IsMatch("label_78\nlabel_77"u8));
        Assert.Equal(GrammarMatcher.Dead, matcher.Next(matcher.Start, "label_1999\n"u8));
        Assert.True(new LabelsFormat().TryParse(Encoding.UTF8.GetBytes(string.Join('\n', table.Keys)), table, "en", out var set, out _));
        Assert.Equal(2000, set.Count);
    }
}
