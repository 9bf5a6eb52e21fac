using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace TaskDsl.HuggingFace.Tokenizers.Text;

/// <summary>A text or expression, and what stands in its place.</summary>
internal sealed class Replacement
{
    private readonly byte[] pattern = [],
        content;
    private readonly Regex? expression;

    private Replacement(string? pattern, Regex? expression, string content)
    {
        this.expression = expression;
        if (pattern is not null)
            this.pattern = Encoding.UTF8.GetBytes(pattern);
        this.content = Encoding.UTF8.GetBytes(content);
    }

    public static Replacement Read(JsonPart json)
    {
        var pattern = json.Only("content", "pattern")["pattern"].Only("Regex", "String");
        var content = json["content"].String();
        return pattern.Has("Regex")
            ? new(null, Expression.Read(pattern["Regex"]), content)
            : new(pattern["String"].String(), null, content);
    }

    public ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8)
    {
        if (expression is not null)
        {
            var view = new Pieces();
            view.Begin(utf8, Place.Beginning);
            var (replaced, done) = (new ArrayBufferWriter<byte>(utf8.Length + 16), 0);
            foreach (var match in expression.EnumerateMatches(view.Text))
            {
                replaced.Write(view.Bytes((done, match.Index - done)));
                replaced.Write(content);
                done = match.Index + match.Length;
            }

            replaced.Write(view.Bytes((done, view.Text.Length - done)));
            return replaced.WrittenSpan;
        }

        var at = pattern.Length == 0 ? -1 : utf8.IndexOf(pattern);
        if (at < 0)
            return utf8;
        var output = new ArrayBufferWriter<byte>(utf8.Length * 2);
        for (; at >= 0; at = utf8.IndexOf(pattern))
        {
            output.Write(utf8[..at]);
            output.Write(content);
            utf8 = utf8[(at + pattern.Length)..];
        }

        output.Write(utf8);
        return output.WrittenSpan;
    }
}
