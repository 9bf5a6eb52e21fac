using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Models;

/// <summary>A text as words, each with a BIO tag: how a task with entities is put to a head over tokens.</summary>
/// <param name="Text">The text.</param>
/// <param name="Spans">Each word's first character and its length, without the space before it.</param>
/// <param name="Tag">Each word's tag, an index into <see cref="Tags"/>.</param>
/// <param name="Untagged">Entities that have no tag: another one has their words, or they do not stand in the text.</param>
public sealed record TaggedWords(string Text, IReadOnlyList<(int Start, int Length)> Spans, IReadOnlyList<int> Tag, int Untagged)
{
    /// <summary>The words, each with the space that parts it from the one before.</summary>
    public IEnumerable<string> Words =>
        Spans.Select(
            (span, i) =>
                (i > 0 && Spans[i - 1].Start + Spans[i - 1].Length < span.Start ? " " : "") + Text[span.Start..(span.Start + span.Length)]
        );

    /// <summary>O, then B and I of each kind.</summary>
    public static IReadOnlyList<string> Tags(DslTask task) =>
        ["O", .. Field(task).Labels.SelectMany(kind => new[] { $"B-{kind}", $"I-{kind}" })];

    /// <summary>Splits an input, and tags it where the output is known: each entity at its first place that is not taken.</summary>
    public static TaggedWords Of(DslTask task, object input, object? output)
    {
        var field = Field(task);
        var text = TextOf(task, input);
        var spans = Split(text);
        var tags = new int[spans.Length];
        var untagged = 0;
        foreach (var item in output is null ? [] : task.Items(output))
        {
            if (!item.Field.StartsWith(field.Name + "/", StringComparison.Ordinal))
                continue;
            var kind = field.Labels.ToList().IndexOf(item.Field[(field.Name.Length + 1)..]);
            if (kind < 0)
                continue; // "none"
            untagged++;
            for (
                var at = text.IndexOf(item.Value, StringComparison.Ordinal);
                at >= 0;
                at = text.IndexOf(item.Value, at + 1, StringComparison.Ordinal)
            )
            {
                var covered = Enumerable
                    .Range(0, spans.Length)
                    .Where(i => spans[i].Start < at + item.Value.Length && spans[i].Start + spans[i].Length > at)
                    .ToArray();
                if (covered.Length == 0 || covered.Any(i => tags[i] != 0))
                    continue;
                for (var i = 0; i < covered.Length; i++)
                    tags[covered[i]] = 1 + 2 * kind + (i == 0 ? 0 : 1);
                untagged--;
                break;
            }
        }

        return new TaggedWords(text, spans, tags, untagged);
    }

    /// <summary>The entities that tags say, as kind and text. An I without its B begins one.</summary>
    public IEnumerable<(int Kind, string Text)> Entities(IReadOnlyList<int> tags)
    {
        for (var i = 0; i < tags.Count; i++)
        {
            if (tags[i] == 0)
                continue;
            var (kind, end) = ((tags[i] - 1) / 2, i + 1);
            while (end < tags.Count && tags[end] == 2 + 2 * kind)
                end++;
            yield return (kind, Text[Spans[i].Start..(Spans[end - 1].Start + Spans[end - 1].Length)]);
            i = end - 1;
        }
    }

    private static FieldInfo Field(DslTask task) =>
        task.OutputFields is [{ Type: "entities" } only]
            ? only
            : throw new MisfitException(
                $"token_classification: task '{task.Name}' has outputs of type {string.Join(", ", task.OutputFields.Select(f => f.Type))}; "
                    + "expected one of type entities."
            );

    private static string TextOf(DslTask task, object input)
    {
        var fields = task.InputFields.Where(f => f.Type is "text" or "string").ToArray();
        if (fields.Length != 1)
            throw new MisfitException(
                $"token_classification: task '{task.Name}' has {fields.Length} text inputs; expected one, in which the entities stand."
            );
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteInput(utf8, input);
        using var json = JsonDocument.Parse(utf8.WrittenMemory);
        return json.RootElement.GetProperty(fields[0].Name).GetString() ?? "";
    }

    /// <summary>Runs of letters and digits are words; so is every other character, and every one of a script without spaces.</summary>
    private static (int Start, int Length)[] Split(string text)
    {
        var spans = new List<(int Start, int Length)>();
        for (var at = 0; at < text.Length; )
        {
            var start = at;
            if (!Rune.TryGetRuneAt(text, at, out var rune))
                rune = Rune.ReplacementChar; // Half a pair.
            at +=
                Rune.IsValid(text[start]) ? 1
                : rune == Rune.ReplacementChar ? 1
                : 2;
            if (Rune.IsWhiteSpace(rune))
                continue;
            while (IsOfWord(rune) && at < text.Length && Rune.TryGetRuneAt(text, at, out var next) && IsOfWord(next))
                at += next.Utf16SequenceLength;
            spans.Add((start, at - start));
        }

        return [.. spans];
    }

    private static bool IsOfWord(Rune rune) =>
        (
            Rune.IsLetterOrDigit(rune)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        ) && rune.Value is not ((>= 0x2E80 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF));
}
