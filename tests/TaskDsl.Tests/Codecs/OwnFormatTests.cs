using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using TaskDsl.Grammars;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Tests.Codecs;

/// <summary>A format of a project's own, with a property.</summary>
public class OwnFormatTests
{
    [Fact]
    public void Writes_reads_and_constrains()
    {
        var utf8 = new ArrayBufferWriter<byte>();
        Quote.Task.WriteOutput(utf8, new Quote.Input(""), new Quote.Output("so"), "en");
        Assert.Equal("> so", Encoding.UTF8.GetString(utf8.WrittenSpan));
        Assert.True(Quote.Task.TryParseOutput(utf8.WrittenSpan, new Quote.Input(""), "en", out var output, out _));
        Assert.Equal(new Quote.Output("so"), output);
        Assert.False(Quote.Task.TryParseOutput("so"u8, new Quote.Input(""), "en", out _, out var error));
        Assert.Equal("the answer begins with '> '", error);
        var matcher = new GrammarMatcher(Quote.Task.OutputGrammar(new Quote.Input(""), "en"));
        Assert.True(matcher.IsMatch("> so"u8));
        Assert.False(matcher.IsMatch("so"u8));
        Assert.Equal([new ExactMatch()], Quote.Task.Metrics);
    }
}

/// <summary>A text behind a sign.</summary>
[Keyword("quoted"), Writes("string")]
public sealed record QuotedFormat : OutputFormat
{
    public required string Sign { get; init; }

    public override IReadOnlyList<Metric> Metrics => [new ExactMatch()];

    public void Write(IBufferWriter<byte> utf8, string value) => Encoding.UTF8.GetBytes(Sign + value, utf8);

    public bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? value, [NotNullWhen(false)] out string? error)
    {
        var text = Encoding.UTF8.GetString(utf8);
        var begins = text.StartsWith(Sign, StringComparison.Ordinal);
        (value, error) = begins ? (text[Sign.Length..], (string?)null) : (null, $"the answer begins with '{Sign}'");
        return begins;
    }

    public Grammar Grammar() => Grammars.Grammar.Sequence(Grammars.Grammar.Literal(Sign), Grammars.Grammar.Line);
}
