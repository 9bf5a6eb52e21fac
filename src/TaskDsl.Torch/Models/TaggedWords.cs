using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TaskDsl.Tasks;
using TaskDsl.Unicode;

namespace TaskDsl.Torch.Models;

/// <summary>A text as words, each with a BIO tag: how a task with entities is put to a head over tokens.</summary>
/// <param name="Text">The text.</param>
/// <param name="Spans">Each word's first character and its length, without the space before it.</param>
/// <param name="Tag">Each word's tag, an index into <see cref="Tags"/>.</param>
/// <param name="Untagged">Entities that have no tag: another one has their words, or they do not stand in the text.</param>
/// <param name="Widened">Entities that stand only inside longer words, which have their tags: those words are what is learned.</param>
public sealed record TaggedWords(
    string Text,
    IReadOnlyList<(int Start, int Length)> Spans,
    IReadOnlyList<int> Tag,
    int Untagged,
    int Widened
)
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

    /// <summary>
    /// Splits an input, and tags it where the output is known: each entity at the first place that is not taken where it is whole words;
    /// where there is no such place at all, and after those that have one, inside longer words.
    /// </summary>
    public static TaggedWords Of(DslTask task, object input, object? output)
    {
        var field = Field(task);
        var text = TextOf(task, input);
        var spans = Split(text);
        var tags = new int[spans.Length];
        var entities = Entities(task, field, output).Select(e => (e.Kind, Places: Places(text, spans, e.Text))).ToArray();
        var whole = entities.Where(e => e.Places.Any(p => p.Whole)).ToArray();
        var inside = entities.Where(e => e.Places.Count > 0 && !e.Places.Any(p => p.Whole)).ToArray();
        var tagged = whole.Count(e => Tag(e.Kind, e.Places.Where(p => p.Whole)));
        var widened = inside.Count(e => Tag(e.Kind, e.Places));
        return new TaggedWords(text, spans, tags, entities.Length - tagged - widened, widened);

        bool Tag(int kind, IEnumerable<(int First, int Count, bool Whole)> places)
        {
            foreach (var (first, count, _) in places)
            {
                var words = tags.AsSpan(first, count);
                if (words.ContainsAnyExcept(0))
                    continue;
                words.Fill(2 + 2 * kind);
                words[0] = 1 + 2 * kind;
                return true;
            }

            return false;
        }
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

    /// <summary>The entities of an output.</summary>
    private static IEnumerable<(int Kind, string Text)> Entities(DslTask task, FieldInfo field, object? output) =>
        from item in output is null ? [] : task.Items(output)
        where item.Field.StartsWith(field.Name + "/", StringComparison.Ordinal)
        let kind = field.Labels.ToList().IndexOf(item.Field[(field.Name.Length + 1)..])
        where kind >= 0 // Not "none".
        select (kind, item.Value);

    /// <summary>The words that a text touches at each place where it stands, and whether it covers them.</summary>
    private static List<(int First, int Count, bool Whole)> Places(string text, (int Start, int Length)[] spans, string entity)
    {
        var places = new List<(int First, int Count, bool Whole)>();
        for (
            var at = entity.Length == 0 ? -1 : text.IndexOf(entity, StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf(entity, at + 1, StringComparison.Ordinal)
        )
        {
            var end = at + entity.Length;
            var first = Array.FindIndex(spans, s => s.Start + s.Length > at);
            var last = Array.FindLastIndex(spans, s => s.Start < end);
            if (first >= 0 && first <= last)
                places.Add((first, last - first + 1, spans[first].Start >= at && spans[last].Start + spans[last].Length <= end));
        }

        return places;
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
            throw new MisfitException($"task '{task.Name}' has {fields.Length} text inputs; expected one, in which the entities stand.");
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteInput(utf8, input);
        using var json = JsonDocument.Parse(utf8.WrittenMemory);
        return json.RootElement.GetProperty(fields[0].Name).GetString() ?? "";
    }

    /// <summary>Runs of letters and digits with their marks; every other sign; every letter of a script without spaces.</summary>
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
            while (at < text.Length && Rune.TryGetRuneAt(text, at, out var next) && Joins(rune, next))
                at += next.Utf16SequenceLength;
            spans.Add((start, at - start));
        }

        return [.. spans];
    }

    /// <summary>Whether a sign goes on with the word that another began.</summary>
    private static bool Joins(Rune first, Rune next) =>
        (Rune.IsLetterOrDigit(first) || IsMark(first))
        && (IsMark(next) || (Rune.IsLetterOrDigit(next) && !TextWords.HasNoSpaces(first) && !TextWords.HasNoSpaces(next)));

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
