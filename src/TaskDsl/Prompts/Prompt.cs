using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Prompts;

/// <summary>A compiled prompt. The generator derives one sealed class from it per <c>*.prompt.yaml</c>.</summary>
public abstract class Prompt : INamed
{
    // What the YAML leaves out stays as the definition has it: defaults stand there and nowhere else.
    private static readonly PromptDefinition Unsaid = (PromptDefinition)Words.Default(typeof(PromptDefinition));

    /// <summary>The name in the YAML.</summary>
    public abstract string Name { get; }

    /// <summary>What the prompt is for.</summary>
    public abstract string Summary { get; }

    /// <summary>The task that it is for.</summary>
    public abstract DslTask Task { get; }

    /// <summary>How messages are laid out, unless the model says otherwise.</summary>
    public virtual ChatFormat ChatFormat => Unsaid.ChatFormat;

    /// <summary>Which examples are shown before the question.</summary>
    public virtual DemonstrationPlan Demonstrations => Unsaid.Demonstrations;

    /// <summary>A fingerprint of everything in the prompt's YAML that shapes its text.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>How many phrasings the prompt has in a language; at least 1 for each of the task's languages.</summary>
    public abstract int Phrasings(string language);

    /// <summary>Whether there is a system message in a language.</summary>
    protected abstract bool HasSystem(string language);

    /// <summary>Renders the system message's content.</summary>
    protected abstract void RenderSystem(PromptBuffer buffer, object input, string language);

    /// <summary>Renders the user message's content.</summary>
    protected abstract void RenderUser(PromptBuffer buffer, object input, string language, int phrasing);

    /// <summary>Renders what stands before the answer in the assistant's message (often nothing).</summary>
    protected abstract void RenderAnswerPrefix(PromptBuffer buffer, object input, string language);

    /// <summary>What a prompt answers to a language that it does not have.</summary>
    protected ArgumentException UnknownLanguage(string language) =>
        new($"the prompt '{Name}' has no language '{language}', only {string.Join(", ", Task.Languages)}.", nameof(language));

    /// <summary>What a prompt answers to a phrasing that it does not have.</summary>
    protected ArgumentException UnknownPhrasing(string language, int phrasing) =>
        new(
            $"the prompt '{Name}' has {Phrasings(language)} phrasing(s) in '{language}', and none with the number {phrasing} (they "
                + "count from 0).",
            nameof(phrasing)
        );

    /// <summary>Renders one example: demonstrations, system, user and, unless a prediction is asked for, the answer.</summary>
    /// <param name="buffer">Receives the text; it is not cleared first.</param>
    /// <param name="input">The input, of the task's input type.</param>
    /// <param name="output">The answer; null to stop where the model must go on.</param>
    /// <param name="language">The language tag.</param>
    /// <param name="phrasing">Which phrasing.</param>
    /// <param name="demonstrations">Worked examples to show first, in order.</param>
    /// <param name="chat">The layout. Default: the prompt's own.</param>
    public void Render(
        PromptBuffer buffer,
        object input,
        object? output,
        string language,
        int phrasing = 0,
        ReadOnlySpan<Example> demonstrations = default,
        ChatFormat? chat = null
    ) => Render(buffer, input, output, null, language, phrasing, demonstrations, chat);

    /// <summary>Renders one example with any text as its answer, as where two answers are compared.</summary>
    /// <param name="buffer">Receives the text; it is not cleared first.</param>
    /// <param name="input">The input, of the task's input type.</param>
    /// <param name="answer">The answer's text.</param>
    /// <param name="language">The language tag.</param>
    /// <param name="phrasing">Which phrasing.</param>
    /// <param name="demonstrations">Worked examples to show first, in order.</param>
    /// <param name="chat">The layout. Default: the prompt's own.</param>
    public void RenderAnswered(
        PromptBuffer buffer,
        object input,
        string answer,
        string language,
        int phrasing = 0,
        ReadOnlySpan<Example> demonstrations = default,
        ChatFormat? chat = null
    ) => Render(buffer, input, null, answer, language, phrasing, demonstrations, chat);

    private void Render(
        PromptBuffer buffer,
        object input,
        object? output,
        string? answer,
        string language,
        int phrasing,
        ReadOnlySpan<Example> demonstrations,
        ChatFormat? chat
    )
    {
        chat ??= ChatFormat;
        var start = buffer.Length;
        var hasSystem = HasSystem(language);
        chat.BeginConversation(buffer, hasSystem);
        if (hasSystem)
        {
            chat.BeginMessage(buffer, Role.System);
            buffer.Begin(SegmentKind.Prompt);
            var content = buffer.Length;
            RenderSystem(buffer, input, language);
            buffer.TrimEnd(content);
            chat.EndMessage(buffer, Role.System, answer: false);
        }

        foreach (var demonstration in demonstrations)
        {
            RenderTurn(buffer, chat, demonstration.InputValue, language, phrasing);
            Task.WriteOutput(buffer, demonstration.InputValue, demonstration.OutputValue, language);
            chat.EndMessage(buffer, Role.Assistant, answer: false);
        }

        RenderTurn(buffer, chat, input, language, phrasing);
        if (output is not null || answer is not null)
        {
            buffer.Begin(SegmentKind.Answer);
            if (output is null)
                buffer.Append(answer);
            else
                Task.WriteOutput(buffer, input, output, language);
            chat.EndMessage(buffer, Role.Assistant, answer: true);
        }

        chat.EndConversation(buffer, start);
    }

    private void RenderTurn(PromptBuffer buffer, ChatFormat chat, object input, string language, int phrasing)
    {
        chat.BeginMessage(buffer, Role.User);
        buffer.Begin(SegmentKind.Prompt);
        var content = buffer.Length;
        RenderUser(buffer, input, language, phrasing);
        // A block of YAML ends with a newline; how messages are parted is the format's to say.
        buffer.TrimEnd(content);
        chat.EndMessage(buffer, Role.User, answer: false);
        chat.BeginMessage(buffer, Role.Assistant);
        buffer.Begin(SegmentKind.Prompt);
        RenderAnswerPrefix(buffer, input, language);
    }
}
