using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Unicode;

namespace TaskDsl.Data;

/// <summary>Terms with their entries, found in texts: at each place the longest term that stands there as whole words.</summary>
/// <remarks>
/// In scripts that are written without spaces (Chinese, Japanese, Thai, …) any letters may be a word. Terms are found as they are written;
/// capitals count.
/// </remarks>
public sealed class TermDictionary
{
    private const string Term = "term";
    private const string Entry = "entry";

    private readonly Dictionary<string, List<string>> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<char, List<string>> byFirst = [];

    /// <summary>How many terms there are.</summary>
    public int Count => entries.Count;

    /// <summary>Reads one: records with the columns <c>term</c> and <c>entry</c>, or those that the source reads them from.</summary>
    /// <exception cref="DataException">It cannot be read, a record has no term, or there is none at all.</exception>
    public static async Task<TermDictionary> ReadAsync(DataSource source, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(context);
        var dictionary = new TermDictionary();
        foreach (var file in source.Files(context.ProjectDirectory, source.Language ?? context.Task.Languages[0]))
        await foreach (var record in source.ReadAsync(file, cancellationToken).ConfigureAwait(false))
        {
            var origin = new RecordOrigin(file.Name, record.Line, record.Key);
            if (record.Error is { } error)
                throw new DataException($"{origin}: error: {error}");
            var columns = JsonNode.Parse(record.Json.Span)!.AsObject();
            if (Of(columns, Term) is not { Length: > 0 } term || Of(columns, Entry) is not { } entry)
                throw new DataException(
                    $"{origin}: error: lookup: the dictionary's record has no text in '{Column(Term)}' and '{Column(Entry)}', only "
                        + $"{string.Join(", ", columns.Select(c => c.Key))}. Name its columns: columns: {{term: …, entry: …}}."
                );
            dictionary.Add(term, entry);
        }

        return dictionary.Count > 0 ? dictionary : throw new DataException($"{source.Title}: error: lookup: the dictionary has no terms.");

        string? Of(JsonObject record, string column) =>
            record[Column(column)] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? ((string)value!).Trim() : null;

        string Column(string column) => source.Columns.GetValueOrDefault(column) ?? column;
    }

    /// <summary>Adds an entry; a term may have several.</summary>
    public void Add(string term, string entry)
    {
        ArgumentException.ThrowIfNullOrEmpty(term);
        if (entries.TryGetValue(term, out var known))
        {
            known.Add(entry);
            return;
        }

        entries.Add(term, [entry]);
        if (!byFirst.TryGetValue(term[0], out var terms))
            byFirst.Add(term[0], terms = []);
        var at = terms.FindIndex(other => other.Length < term.Length);
        terms.Insert(at < 0 ? terms.Count : at, term);
    }

    /// <summary>The entries of the terms in a text, in the order in which they first stand there; no two terms share a letter.</summary>
    public IEnumerable<(string Term, string Entry)> In(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at < text.Length; at++)
        {
            if (!byFirst.TryGetValue(text[at], out var terms) || !IsBetweenWords(text, at))
                continue;
            var term = terms.Find(term =>
                string.CompareOrdinal(text, at, term, 0, term.Length) == 0 && IsBetweenWords(text, at + term.Length)
            );
            if (term is null)
                continue;
            at += term.Length - 1;
            if (found.Add(term))
                foreach (var entry in entries[term])
                    yield return (term, entry);
        }
    }

    /// <summary>Whether a word may end, and another begin, at a place of a text.</summary>
    private static bool IsBetweenWords(string text, int at)
    {
        if (at == 0 || at >= text.Length)
            return true;
        if (char.IsLowSurrogate(text[at]) || !Rune.TryGetRuneAt(text, at, out var after))
            return false;
        Rune.DecodeLastFromUtf16(text.AsSpan(0, at), out var before, out _);
        return !IsMark(after) && !(IsOfWord(before) && IsOfWord(after));
    }

    private static bool IsOfWord(Rune rune) => (Rune.IsLetterOrDigit(rune) || IsMark(rune)) && !TextWords.HasNoSpaces(rune);

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;
}
