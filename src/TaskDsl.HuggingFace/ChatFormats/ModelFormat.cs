using System.Buffers;
using System.Text;
using TaskDsl.HuggingFace.ChatTemplates;
using TaskDsl.HuggingFace.ChatTemplates.Jinja;
using TaskDsl.Prompts;
using TaskDsl.Vocabulary;

namespace TaskDsl.HuggingFace.ChatFormats;

/// <summary>
/// The model's own chat template, from its folder: what it was trained on, and what others send to it. The prompt is what the template
/// writes with <c>add_generation_prompt</c>; the answer follows as it is, then the token that ends it in the template. Training and
/// prediction share both, and the template never sees the answer. What messages say stays plain text, wherever the template puts it.
/// </summary>
[Keyword("model")]
public sealed record ModelFormat : ChatFormat
{
    private const string Question = "question";
    private const string Answer = "answer";
    private ChatTemplate? template;
    private string[] tokens = []; // Longest first.
    private SearchValues<string> anyToken = SearchValues.Create([], StringComparison.Ordinal);

    // What the template writes only before an answer that is there: an empty thought, a channel.
    private string opening = "";

    // What ends an answer, none for the end of text, and the white space behind it.
    private (string Token, string Behind) end;

    /// <inheritdoc/>
    public override string Fingerprint() => $"{nameof(ModelFormat)} {template?.Fingerprint} {string.Join(' ', tokens)}";

    /// <summary>This format, with a model's template.</summary>
    /// <param name="chatTemplate">The template; null where the model has none.</param>
    /// <param name="specialTokens">The special tokens of the model's tokenizer.</param>
    /// <exception cref="ChatTemplateException">There is no template, or it cannot be used.</exception>
    public ModelFormat Of(ChatTemplate? chatTemplate, IEnumerable<string> specialTokens)
    {
        if (chatTemplate is null)
            throw Missing();
        (Role, Text) question = (Role.User, Text.From(Question, Origin.Message));
        var prompt = chatTemplate.Render([question], prompting: true).Value;
        var whole = chatTemplate.Render([question, (Role.Assistant, Text.From(Answer, Origin.Answer))], prompting: false);
        var at = whole.Origins is { } origins ? Array.IndexOf(origins, Origin.Answer) : -1;
        if (
            at < 0
            || Array.LastIndexOf(whole.Origins!, Origin.Answer) != at + Answer.Length - 1
            || !whole.Value.AsSpan(at).StartsWith(Answer)
        )
            throw ChatTemplate.Unusable("it drops, repeats or changes what the assistant says.");
        string[] longestFirst = [.. specialTokens.Where(t => t.Length > 0).OrderByDescending(t => t.Length)];
        var bound = this with
        {
            template = chatTemplate,
            tokens = longestFirst,
            anyToken = SearchValues.Create(longestFirst, StringComparison.Ordinal),
            opening = Opening(prompt, whole.Value[..at]),
        };
        bound.end = bound.End(whole.Value[(at + Answer.Length)..]);
        return bound;
    }

    // A template lays out a conversation as a whole. Until its end the buffer holds the bare messages: a letter for the role, marked as
    // control, then what is said; behind an answer, an end of text.

    /// <inheritdoc/>
    public override void BeginMessage(PromptBuffer buffer, Role role)
    {
        buffer.Begin(SegmentKind.Control);
        buffer.Append(
            role switch
            {
                Role.System => "s"u8,
                Role.User => "u"u8,
                _ => "a"u8,
            }
        );
    }

    /// <inheritdoc/>
    public override void EndMessage(PromptBuffer buffer, Role role, bool answer)
    {
        if (answer)
            buffer.AppendEndOfText(answer: true);
    }

    /// <inheritdoc/>
    public override void EndConversation(PromptBuffer buffer, int start)
    {
        var (messages, last, answered) = Read(buffer, start);
        buffer.TakeBack(start);
        if (template is null)
            throw Missing();
        Write(buffer, Text.Concat(template.Render(messages, prompting: true), opening));
        foreach (var (kind, utf8) in last)
        {
            buffer.Begin(kind);
            buffer.Append(utf8);
        }

        if (answered)
            EndAnswer(buffer);
        buffer.IsWhole = start == 0;
    }

    /// <inheritdoc/>
    public override void EndAnswer(PromptBuffer buffer)
    {
        if (template is null)
            throw Missing();
        if (end.Token.Length == 0)
        {
            buffer.AppendEndOfText(answer: true);
            return;
        }

        buffer.Begin(SegmentKind.Control | SegmentKind.Answer);
        buffer.Append(end.Token);
        if (end.Behind.Length == 0)
            return;
        // The turn ends with the token: what stands behind it is nobody's to learn.
        buffer.Begin(SegmentKind.Control);
        buffer.Append(end.Behind);
    }

    /// <summary>The messages before the last one, what the last one says so far, and whether it is done.</summary>
    private static (List<(Role, Text)> Messages, List<(SegmentKind, byte[])> Last, bool Answered) Read(PromptBuffer buffer, int start)
    {
        var messages = new List<(Role Role, List<(SegmentKind, byte[])> Said)>();
        var answered = false;
        foreach (var segment in buffer.Segments)
        {
            if (segment.Start + segment.Length < start)
                continue;
            var utf8 = buffer.Utf8[Math.Max(start, segment.Start)..(segment.Start + segment.Length)];
            if (segment.Kind.HasFlag(SegmentKind.EndOfText))
                answered = segment.Start > start;
            else if (!segment.Kind.HasFlag(SegmentKind.Control))
                messages[^1].Said.Add((segment.Kind, utf8.ToArray()));
            else
                foreach (var role in utf8)
                    messages.Add(
                        (
                            role switch
                            {
                                (byte)'s' => Role.System,
                                (byte)'u' => Role.User,
                                _ => Role.Assistant,
                            },
                            []
                        )
                    );
        }

        return (
            [
                .. messages
                    .SkipLast(1)
                    .Select(m => (m.Role, Text.From(string.Concat(m.Said.Select(s => Encoding.UTF8.GetString(s.Item2))), Origin.Message))),
            ],
            messages[^1].Said,
            answered
        );
    }

    private void Write(PromptBuffer buffer, Text text)
    {
        for (int from = 0, to; from < text.Value.Length; from = to)
        {
            var origin = OriginAt(text, from);
            for (to = from + 1; to < text.Value.Length && OriginAt(text, to) == origin; to++)
                continue;
            var part = text.Value.AsSpan(from, to - from);
            while (origin == Origin.Template && part.IndexOfAny(anyToken) is >= 0 and var at)
            {
                Plain(part[..at]);
                var behind = part[(at + TokenAt(part[at..]).Length)..];
                // A token may strip the lines' ends behind it; what follows them is text like any other.
                var rest = behind[(behind[..^behind.TrimStart().Length].LastIndexOf('\n') + 1)..];
                buffer.Begin(SegmentKind.Control);
                buffer.Append(part[at..^rest.Length]);
                part = rest;
            }

            Plain(part);
        }

        // One text from token to token, whoever wrote it: so do others cut it.
        void Plain(ReadOnlySpan<char> part)
        {
            if (part.IsEmpty)
                return;
            buffer.Begin(SegmentKind.Prompt);
            buffer.Append(part);
        }
    }

    /// <summary>The special token that a text begins with; empty where it begins with none.</summary>
    private string TokenAt(ReadOnlySpan<char> text)
    {
        foreach (var token in tokens)
            if (text.StartsWith(token, StringComparison.Ordinal))
                return token;
        return "";
    }

    private static Origin OriginAt(Text text, int at) => text.Origins is { } origins ? origins[at] : Origin.Template;

    /// <summary>
    /// What a prompt lacks of what stands before an answer. White space is left out, and what a prompt has more (an opened thought) stays:
    /// what others send to the model decides. Where the two contradict each other, nobody knows what the model was trained on.
    /// </summary>
    private static string Opening(string prompt, string before)
    {
        var same = prompt.AsSpan().CommonPrefixLength(before);
        if (string.IsNullOrWhiteSpace(before[same..]))
            return "";
        if (string.IsNullOrWhiteSpace(prompt[same..]))
            return before[same..];
        throw ChatTemplate.Unusable(
            $"where the model is to answer it writes '{Shown(prompt[same..])}', but before an answer that is there "
                + $"'{Shown(before[same..])}'."
        );
    }

    private (string Token, string Behind) End(string after)
    {
        var visible = after.TrimStart();
        if (visible.Length == 0)
            return ("", "");
        var token = TokenAt(visible);
        if (token.Length == 0)
            throw ChatTemplate.Unusable($"it ends an answer by '{Shown(visible)}', which is no special token of the model's tokenizer.");
        var rest = visible[token.Length..];
        return (token, rest[..^rest.TrimStart().Length]); // What a template writes behind that in any case belongs to the next turn.
    }

    private static string Shown(string text) => (text.Length > 60 ? text[..60] + "…" : text).Replace("\n", "\\n", StringComparison.Ordinal);

    private static ChatTemplateException Missing() =>
        new(
            "the chat_format 'model' is the chat template in a model's folder, and there is none here. Give a model that has one, "
                + $"or choose another chat_format: {string.Join(", ", ChatTemplate.Others)}."
        );
}
