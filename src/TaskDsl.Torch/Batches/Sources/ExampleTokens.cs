using System.Text;
using TaskDsl.Data;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Batches.Sources;

/// <summary>One example on its way to tokens: an objective says which of its texts it learns from.</summary>
public readonly ref struct ExampleTokens
{
    private readonly PromptBuffer buffer;
    private readonly Tokenizer tokenizer;
    private readonly Prompt prompt;
    private readonly ChatFormat? chat;
    private readonly int phrasing;
    private readonly ReadOnlySpan<Example> shown;
    private readonly bool separate;

    internal ExampleTokens(
        Example example,
        Prompt prompt,
        int phrasing,
        ReadOnlySpan<Example> shown,
        ChatFormat? chat,
        Tokenizer tokenizer,
        PromptBuffer buffer,
        bool separate
    )
    {
        (Example, this.prompt, this.phrasing, this.chat, this.tokenizer, this.buffer, this.separate) = (
            example,
            prompt,
            phrasing,
            chat,
            tokenizer,
            buffer,
            separate
        );
        this.shown = shown;
    }

    /// <summary>The example.</summary>
    public Example Example { get; }

    /// <summary>Its task.</summary>
    public DslTask Task => prompt.Task;

    /// <summary>The values of the answer's first field, one behind the other.</summary>
    public IReadOnlyList<string> Answer => ValuesOf(Task.Items(Example.OutputValue), Task.OutputFields[0].Name);

    /// <summary>The prompt, completed by the example's answer.</summary>
    /// <exception cref="DataException">The answer is empty.</exception>
    public TokenSequence PromptAndCompletion()
    {
        var tokens = Render(Example.OutputValue, null);
        return Array.IndexOf(tokens.CompletionMask, true) >= 0
            ? tokens
            : throw new DataException(
                $"{Example.Origin}: error: prompt '{prompt.Name}' writes no answer for this example, so there is nothing to learn from it."
            );
    }

    /// <summary>The prompt, completed by another answer.</summary>
    public TokenSequence PromptAndCompletion(string text) => Render(null, text);

    /// <summary>The prompt alone, as one whole text.</summary>
    public TokenSequence PromptOnly()
    {
        var tokens = Render(null, null);
        return separate
            ? tokens
            : tokens with
            {
                Ids = [.. tokens.Ids, .. tokenizer.Suffix],
                CompletionMask = new bool[tokens.Ids.Length + tokenizer.Suffix.Count],
            };
    }

    /// <summary>Some words as one whole text, each split by itself.</summary>
    /// <param name="words">The words, with the space before each.</param>
    /// <returns>The sequence, and for each word the place of its first token.</returns>
    public (TokenSequence Sequence, int[] First) Words(IEnumerable<string> words)
    {
        var ids = new List<int>(tokenizer.Prefix);
        var first = new List<int>();
        foreach (var word in words)
        {
            first.Add(ids.Count);
            tokenizer.Encode(Encoding.UTF8.GetBytes(word), special: false, ids);
        }

        ids.AddRange(tokenizer.Suffix);
        return (new TokenSequence([.. ids], new bool[ids.Count], Example.Origin), [.. first]);
    }

    /// <summary>The words of the task's only text input as one whole text, each word's first token with the answer's tag.</summary>
    public TokenSequence Tagged()
    {
        var tagged = TaggedWords.Of(Task, Example.InputValue, Example.OutputValue);
        var (sequence, first) = Words(tagged.Words);
        var tags = new int[sequence.Ids.Length];
        Array.Fill(tags, -100);
        for (var i = 0; i < first.Length; i++)
            tags[first[i]] = tagged.Tag[i];
        return sequence with { Tags = tags, Untagged = tagged.Untagged, Widened = tagged.Widened };
    }

    private static string[] ValuesOf(IEnumerable<OutputItem> items, string name) =>
        [.. items.Where(item => item.Field == name).Select(item => item.Value)];

    private TokenSequence Render(object? output, string? answer)
    {
        buffer.Clear();
        if (answer is null)
            prompt.Render(buffer, Example.InputValue, output, Example.Language, phrasing, shown, chat);
        else
            prompt.RenderAnswered(buffer, Example.InputValue, answer, Example.Language, phrasing, shown, chat);
        var tokens = tokenizer.Encode(buffer);
        if (!separate)
            return new TokenSequence(tokens.Ids, tokens.CompletionMask, Example.Origin);
        // Two texts, each cut into tokens as a whole one: what ends a text stands behind the first too.
        var at = Array.IndexOf(tokens.CompletionMask, true) is >= 0 and var first ? first : tokens.Ids.Length;
        var completion = new List<int>();
        foreach (var segment in buffer.Segments)
        {
            if (!segment.Kind.HasFlag(SegmentKind.Answer))
                continue;
            if (segment.Kind.HasFlag(SegmentKind.EndOfText))
                completion.Add(tokenizer.EndOfText);
            else
                tokenizer.Encode(buffer.Utf8.Slice(segment.Start, segment.Length), segment.Kind.HasFlag(SegmentKind.Control), completion);
        }

        return new TokenSequence(
            [.. tokens.Ids[..at], .. tokenizer.Suffix, .. completion],
            [.. new bool[at + tokenizer.Suffix.Count], .. Enumerable.Repeat(true, completion.Count)],
            Example.Origin
        );
    }
}
