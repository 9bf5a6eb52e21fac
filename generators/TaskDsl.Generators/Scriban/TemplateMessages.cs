using Scriban.Parsing;
using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Scriban;

/// <summary>Says Scriban's syntax errors in words for the person who wrote the template.</summary>
internal static class TemplateMessages
{
    public static Problem Explain(LogMessage message, TemplateText text, string path)
    {
        var open = Unclosed(text.Text);
        if (open >= 0)
            return NeverClosed(open, text, path);
        var words = message.Message.TrimEnd('.', ' ');
        return new Problem(Rules.BrokenTemplate, path, text.Span(message.Span.Start.Offset, message.Span.End.Offset + 1), words);
    }

    public static Problem NeverClosed(int open, TemplateText text, string path) =>
        new(Rules.BrokenTemplate, path, text.Span(open, open + 2), "this {{ is never closed by }}");

    /// <summary>The tag that another one, or the end, follows before it is closed; -1 where there is none.</summary>
    private static int Unclosed(string text)
    {
        var open = -1;
        for (var i = 0; i + 1 < text.Length; i++)
        {
            if (open >= 0 && text[i] is '"' or '\'' or '`')
            {
                // A string may hold braces.
                var end = i + 1;
                while (end < text.Length && text[end] != text[i])
                    end += text[end] == '\\' && text[i] != '`' ? 2 : 1;
                if (end >= text.Length)
                    return open;
                i = end;
            }
            else if (text[i] == '{' && text[i + 1] == '{')
            {
                if (open >= 0)
                    return open;
                open = i++;
            }
            else if (text[i] == '}' && text[i + 1] == '}')
            {
                open = -1;
                i++;
            }
        }

        return open;
    }
}
