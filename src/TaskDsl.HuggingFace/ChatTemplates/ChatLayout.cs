using System.Text;
using TaskDsl.HuggingFace.ChatTemplates.Jinja;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts;

namespace TaskDsl.HuggingFace.ChatTemplates;

/// <summary>
/// A chat format as the texts that stand around messages, and, made of them, as a template in the languages of other programs: any format
/// that lays out each message by its role alone. What a template writes is held to what the format writes.
/// </summary>
public sealed class ChatLayout
{
    private static readonly Role[] Roles = [Role.System, Role.User, Role.Assistant];

    private ChatLayout(string jinja, string? go, string stop) => (Jinja, Go, Stop) = (jinja, go, stop);

    /// <summary>The template in Jinja, as <c>tokenizer_config.json</c> and GGUF have it.</summary>
    public string Jinja { get; }

    /// <summary>The template in Go's language, as Ollama has it; null = the layout is a template of the model's own, in Jinja.</summary>
    public string? Go { get; }

    /// <summary>The text of the token that ends an answer.</summary>
    public string Stop { get; }

    /// <summary>A model's own template, as it is.</summary>
    /// <param name="template">The template.</param>
    /// <param name="format">The format that lays messages out by it.</param>
    /// <param name="tokenizer">The tokenizer, which says what ends a text.</param>
    public static ChatLayout Of(ChatTemplate template, ChatFormat format, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(format);
        return new(template.Source, null, Written(End(tokenizer), format.EndAnswer, SegmentKind.Answer).Trim());
    }

    /// <summary>Takes a format apart.</summary>
    /// <param name="format">The format.</param>
    /// <param name="tokenizer">The tokenizer, which says what ends a text.</param>
    /// <exception cref="ChatTemplateException">What the format writes of a message depends on more than its role.</exception>
    public static ChatLayout Of(ChatFormat format, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(format);
        var end = End(tokenizer);
        string Begin(bool hasSystem) => Written(end, buffer => format.BeginConversation(buffer, hasSystem));
        var before = Roles.ToDictionary(role => role, role => Written(end, buffer => format.BeginMessage(buffer, role)));
        var behind = Roles.ToDictionary(role => role, role => Written(end, buffer => format.EndMessage(buffer, role, answer: false)));
        var jinja = AsJinja(Begin(true), Begin(false), before, behind);
        Check(format, jinja, end);
        return new(jinja, AsGo(Begin(true), Begin(false), before, behind), Written(end, format.EndAnswer, SegmentKind.Answer));
    }

    private static string End(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer.TokenText(tokenizer.EndOfText)!;
    }

    private static string AsJinja(string withSystem, string without, Dictionary<Role, string> before, Dictionary<Role, string> behind)
    {
        var text = new StringBuilder();
        if (withSystem == without)
            text.Append(Say(without));
        else
            text.Append("{% if messages[0]['role'] == 'system' %}")
                .Append(Say(withSystem))
                .Append("{% else %}")
                .Append(Say(without))
                .Append("{% endif %}");
        text.Append("{% for message in messages %}");
        foreach (var role in Roles)
            text.Append(role == Role.System ? "{% if" : "{% elif")
                .Append($" message['role'] == '{Name(role)}' %}}")
                .Append(Say(before[role]))
                .Append("{{ message['content'] | trim }}")
                .Append(Say(behind[role]));
        return text.Append("{% endif %}{% endfor %}{% if add_generation_prompt %}")
            .Append(Say(before[Role.Assistant]))
            .Append("{% endif %}")
            .ToString();

        static string Say(string text) =>
            text.Length == 0
                ? ""
                : "{{ '"
                    + text.Replace("\\", "\\\\", StringComparison.Ordinal)
                        .Replace("'", "\\'", StringComparison.Ordinal)
                        .Replace("\n", "\\n", StringComparison.Ordinal)
                    + "' }}";
    }

    /// <summary>Nothing is left out between actions, so that no white space is added or taken away.</summary>
    private static string AsGo(string withSystem, string without, Dictionary<Role, string> before, Dictionary<Role, string> behind)
    {
        var text = new StringBuilder();
        if (withSystem == without)
            text.Append(without);
        else
            text.Append("{{ if eq (index .Messages 0).Role \"system\" }}")
                .Append(withSystem)
                .Append("{{ else }}")
                .Append(without)
                .Append("{{ end }}");
        text.Append("{{ range $i, $message := .Messages }}{{ $last := eq (len (slice $.Messages $i)) 1 }}");
        foreach (var role in Roles)
        {
            text.Append(role == Role.System ? "{{ if" : "{{ else if")
                .Append($" eq $message.Role \"{Name(role)}\" }}}}")
                .Append(before[role])
                .Append("{{ $message.Content }}");
            // An answer that was begun is gone on with.
            text.Append(role == Role.Assistant ? $"{{{{ if not $last }}}}{behind[role]}{{{{ end }}}}" : behind[role]);
        }

        return text.Append("{{ end }}{{ if and $last (ne $message.Role \"assistant\") }}")
            .Append(before[Role.Assistant])
            .Append("{{ end }}{{ end }}")
            .ToString();
    }

    /// <summary>Holds the template to the format, by conversations of all shapes.</summary>
    private static void Check(ChatFormat format, string jinja, string end)
    {
        var template = ChatTemplate.Of(jinja);
        (Role Role, string Content)[] all =
        [
            (Role.System, "Be brief."),
            (Role.User, "a 'quoted' question\n\nof two lines"),
            (Role.Assistant, "an answer"),
            (Role.User, "another"),
        ];
        foreach (var messages in new[] { all, all[1..], all[1..2], all[..2], all[..3] })
        foreach (var prompting in new[] { true, false })
        {
            var expected = Written(end, buffer =>
            {
                format.BeginConversation(buffer, messages[0].Role == Role.System);
                foreach (var (role, content) in messages)
                {
                    format.BeginMessage(buffer, role);
                    buffer.Append(content);
                    format.EndMessage(buffer, role, answer: false);
                }

                if (prompting)
                    format.BeginMessage(buffer, Role.Assistant);
                format.EndConversation(buffer, 0);
            });
            var written = template.Render(messages.Select(m => (m.Role, Text.From(m.Content, Origin.Message))), prompting).Value;
            if (written != expected)
                throw new ChatTemplateException(
                    $"the chat format {format} cannot be said as a template: it writes \"{expected}\", where each message by itself "
                        + $"comes to \"{written}\"."
                );
        }
    }

    /// <summary>What a format writes, with the end of a text spelt out; where a kind is given, of that kind alone.</summary>
    private static string Written(string end, Action<PromptBuffer> write, SegmentKind kind = default)
    {
        using var buffer = new PromptBuffer();
        write(buffer);
        var text = new StringBuilder();
        foreach (var segment in buffer.Segments)
            if (segment.Kind.HasFlag(kind))
                text.Append(
                    segment.Kind.HasFlag(SegmentKind.EndOfText)
                        ? end
                        : Encoding.UTF8.GetString(buffer.Utf8.Slice(segment.Start, segment.Length))
                );
        return text.ToString();
    }

    private static string Name(Role role) =>
        role switch
        {
            Role.System => "system",
            Role.User => "user",
            _ => "assistant",
        };
}
