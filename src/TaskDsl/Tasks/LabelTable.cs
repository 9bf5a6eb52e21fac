using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using TaskDsl.Unicode;
using TaskDsl.Vocabulary;

namespace TaskDsl.Tasks;

/// <summary>How the labels of one field are written: a key that all languages share, and a surface form per language.</summary>
/// <typeparam name="TLabel">The field's labels: an enum whose values count from 0 in the order of the rows.</typeparam>
public sealed class LabelTable<TLabel>
    where TLabel : struct, Enum
{
    // Labels are short: what does not fit is none.
    private const int LongestLabel = 1024;

    private readonly string[] languages;
    private readonly Column keys;
    private readonly Column[] surfaces;

    /// <summary>Makes a table.</summary>
    /// <param name="languages">The task's languages.</param>
    /// <param name="rows">One row per label, in the enum's order: its key and then its surface form in each language; a row of the key
    /// alone means that all languages write the key.
    /// </param>
    public LabelTable(IReadOnlyList<string> languages, params ReadOnlySpan<string[]> rows)
    {
        this.languages = [.. languages];
        keys = new Column(rows, 0);
        surfaces = new Column[languages.Count];
        for (var i = 0; i < surfaces.Length; i++)
            surfaces[i] = new Column(rows, i + 1);
    }

    /// <summary>How many labels there are.</summary>
    public int Count => keys.Words.Length;

    /// <summary>How many of them a set has at least; of a single label it means nothing.</summary>
    public int AtLeast { get; init; }

    /// <summary>How many labels a set has, in words, where they are too few; else null.</summary>
    internal string? Lacking(int count) => count >= AtLeast ? null : Labels(count);

    /// <summary>How many labels there have to be, for messages.</summary>
    internal string Wanted => $"at least {Labels(AtLeast)}";

    private static string Labels(int count) =>
        count switch
        {
            0 => "no label",
            1 => "one label",
            _ => $"{count} labels",
        };

    /// <summary>The keys, in order.</summary>
    public IReadOnlyList<string> Keys => keys.Words;

    /// <summary>The surface forms of a language, in order.</summary>
    public IReadOnlyList<string> Surfaces(string language) => In(language).Words;

    /// <summary>A label's key.</summary>
    public string Key(TLabel label) => keys.Words[Index(label)];

    /// <summary>A label's surface form.</summary>
    public string Surface(TLabel label, string language) => In(language).Words[Index(label)];

    internal ReadOnlySpan<byte> KeyUtf8(TLabel label) => keys.Utf8[Index(label)];

    internal ReadOnlySpan<byte> SurfaceUtf8(TLabel label, string language) => In(language).Utf8[Index(label)];

    /// <summary>Reads what data says: a key, else a surface form of the language, else one of any language.</summary>
    public bool TryRead(ReadOnlySpan<char> word, string language, out TLabel label)
    {
        var found = keys.TryFind(word, out var index) || In(language).TryFind(word, out index);
        for (var i = 0; !found && i < surfaces.Length; i++)
            found = surfaces[i].TryFind(word, out index);
        label = Label(index);
        return found;
    }

    /// <summary>Reads what an answer says: a surface form of the language, exactly as it is declared.</summary>
    public bool TryParse(ReadOnlySpan<char> word, string language, out TLabel label)
    {
        var found = In(language).TryFind(word, out var index);
        label = Label(index);
        return found;
    }

    /// <summary>Reads what an answer says, in UTF-8.</summary>
    public bool TryParse(ReadOnlySpan<byte> word, string language, out TLabel label)
    {
        label = default;
        if (word.Length > LongestLabel)
            return false;
        Span<char> chars = stackalloc char[word.Length];
        return Encoding.UTF8.TryGetChars(word, chars, out var length) && TryParse(chars[..length], language, out label);
    }

    /// <summary>Why an answer is no label, for messages.</summary>
    internal string Unknown(ReadOnlySpan<byte> word, string language)
    {
        var text = Encoding.UTF8.GetString(word.Length > 100 ? word[..100] : word);
        return $"'{Visible.Of(text.ReplaceLineEndings(" "))}' is no label; expected {Expected(text, language)}";
    }

    /// <summary>What may stand for a label, for messages: the first words, and the one that was probably meant.</summary>
    internal string Expected(ReadOnlySpan<char> word, string? language)
    {
        var words = language is null ? keys.Words : In(language).Words;
        var first = string.Join(", ", words.Take(8));
        var text = word.ToString();
        var alike = (language is null ? keys.Words.Concat(surfaces.SelectMany(s => s.Words)) : words).FirstOrDefault(w =>
            LookAlike.Are(w, text)
        );
        var meant = alike is null
            ? NearestWord.Suggestion(word, words)
            : $"; it is '{alike}' but for {LookAlike.Difference(text, alike)}{(language is null ? LookAlike.Cure(text, alike) : "")}";
        return $"one of {first}{(words.Length > 8 ? $", … ({words.Length} labels)" : "")}{meant}";
    }

    private Column In(string language)
    {
        for (var i = 0; i < languages.Length; i++)
            if (languages[i] == language)
                return surfaces[i];
        return ThrowUnknownLanguage(language);
    }

    [DoesNotReturn]
    private Column ThrowUnknownLanguage(string language) =>
        throw new ArgumentException($"the labels have no language '{language}', only {string.Join(", ", languages)}.", nameof(language));

    private int Index(TLabel label) =>
        Unsafe.BitCast<TLabel, int>(label) is var index && (uint)index < (uint)Count
            ? index
            : throw new ArgumentOutOfRangeException(
                nameof(label),
                label,
                $"The value is none of the {Count} labels of {typeof(TLabel).Name}."
            );

    private static TLabel Label(int index) => Unsafe.BitCast<int, TLabel>(index);

    /// <summary>One way to write all labels.</summary>
    private sealed class Column
    {
        private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> byWord;

        public Column(ReadOnlySpan<string[]> rows, int column)
        {
            Words = new string[rows.Length];
            Utf8 = new byte[rows.Length][];
            var words = new Dictionary<string, int>(rows.Length, StringComparer.Ordinal);
            for (var i = 0; i < rows.Length; i++)
            {
                var word = rows[i][rows[i].Length == 1 ? 0 : column];
                Words[i] = word;
                Utf8[i] = Encoding.UTF8.GetBytes(word);
                words.TryAdd(word, i);
            }

            byWord = words.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public string[] Words { get; }

        public byte[][] Utf8 { get; }

        public bool TryFind(ReadOnlySpan<char> word, out int index) => byWord.TryGetValue(word, out index);
    }
}
