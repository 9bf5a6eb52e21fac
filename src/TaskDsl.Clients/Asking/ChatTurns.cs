using System.Text;
using TaskDsl.Prompts;
using TaskDsl.Tasks;

namespace TaskDsl.Clients.Asking;

/// <summary>A prompt as a conversation, for those who lay it out themselves.</summary>
public static class ChatTurns
{
    /// <summary>A prompt's messages: the system's where it has one, each demonstration's two, the user's.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="input">The input, of the task's input type.</param>
    /// <param name="language">The language tag.</param>
    /// <param name="phrasing">Which phrasing.</param>
    /// <param name="demonstrations">Worked examples to show first, in order.</param>
    /// <exception cref="ClientException">The prompt begins the answer itself, which a client cannot go on with.</exception>
    public static IReadOnlyList<ChatTurn> Of(
        Prompt prompt,
        object input,
        string language,
        int phrasing = 0,
        IReadOnlyList<Example>? demonstrations = null
    )
    {
        ArgumentNullException.ThrowIfNull(prompt);
        using var buffer = new PromptBuffer();
        prompt.Render(buffer, input, output: null, language, phrasing, [.. demonstrations ?? []], new Bare());
        var turns = Read(buffer);
        var begun = turns[^1].Text;
        return string.IsNullOrWhiteSpace(begun)
            ? turns[..^1]
            : throw new ClientException(
                $"the prompt '{prompt.Name}' begins the answer with '{begun.Trim()}', and a client begins its answers itself. Put that at "
                    + "the end of the user's message, and let 'assistant' be the output alone."
            );
    }

    private static List<ChatTurn> Read(PromptBuffer buffer)
    {
        var turns = new List<ChatTurn>();
        foreach (var segment in buffer.Segments)
        {
            var utf8 = buffer.Utf8.Slice(segment.Start, segment.Length);
            if (segment.Kind.HasFlag(SegmentKind.Control))
                foreach (var role in utf8)
                    turns.Add(new ChatTurn((Role)role, ""));
            else
                turns[^1] = turns[^1] with { Text = turns[^1].Text + Encoding.UTF8.GetString(utf8) };
        }

        return turns;
    }

    /// <summary>No layout: a byte that is the role, marked as control, then what is said.</summary>
    private sealed record Bare : ChatFormat
    {
        public override void BeginMessage(PromptBuffer buffer, Role role)
        {
            buffer.Begin(SegmentKind.Control);
            buffer.Append([(byte)role]);
        }

        public override void EndMessage(PromptBuffer buffer, Role role, bool answer) { }
    }
}
