using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;

namespace TaskDsl.Unicode;

/// <summary>
/// Unicode's normalization forms (UAX 15). Done here, from the facts in <c>unicode.txt</c>, because .NET asks the system's ICU, which
/// programs with InvariantGlobalization do not have, and because the same file must give the same tokens everywhere.
/// </summary>
public sealed class UnicodeForm
{
    /// <summary>Composed.</summary>
    public static readonly UnicodeForm C = new(compatible: false, compose: true);

    /// <summary>Decomposed.</summary>
    public static readonly UnicodeForm D = new(compatible: false, compose: false);

    /// <summary>Composed, with compatible characters made one.</summary>
    public static readonly UnicodeForm KC = new(compatible: true, compose: true);

    /// <summary>Decomposed, with compatible characters made one.</summary>
    public static readonly UnicodeForm KD = new(compatible: true, compose: false);

    private const int Syllables = 0xAC00,
        SyllableCount = 11172,
        Leads = 0x1100,
        Vowels = 0x1161,
        Tails = 0x11A7;
    private readonly bool compatible,
        compose;
    private readonly Lazy<BitArray> changes; // whether a text with this character may be other than its normal form

    private UnicodeForm(bool compatible, bool compose)
    {
        (this.compatible, this.compose) = (compatible, compose);
        changes = new(FindChanges);
    }

    /// <summary>A text's normal form.</summary>
    public ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8)
    {
        if (!MayChange(utf8))
            return utf8;
        var runes = new List<int>(utf8.Length);
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            Decompose(rune.Value, runes);
            utf8 = utf8[used..];
        }

        Order(runes);
        if (compose)
            Compose(runes);
        var result = new ArrayBufferWriter<byte>(runes.Count * 3);
        foreach (var rune in runes)
            result.Advance(new Rune(rune).EncodeToUtf8(result.GetSpan(4)));
        return result.WrittenSpan;
    }

    /// <summary>A character's normal form, one character at a time.</summary>
    public void Decompose(int rune, List<int> into)
    {
        if (rune - Syllables is >= 0 and < SyllableCount and var syllable)
        {
            into.Add(Leads + syllable / 588);
            into.Add(Vowels + syllable % 588 / 28);
            if (syllable % 28 > 0)
                into.Add(Tails + syllable % 28);
        }
        else if (rune >= 0x80 && Facts.All.Decompositions.TryGetValue(rune, out var found) && (compatible || !found.Compatible))
        {
            foreach (var part in found.Parts)
                Decompose(part, into);
        }
        else
        {
            into.Add(rune);
        }
    }

    private bool MayChange(ReadOnlySpan<byte> utf8)
    {
        var start = utf8.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        if (start < 0)
            return false;
        for (utf8 = utf8[start..]; !utf8.IsEmpty; )
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            if (changes.Value[rune.Value])
                return true;
            utf8 = utf8[used..];
        }

        return false;
    }

    private BitArray FindChanges()
    {
        var found = new BitArray(0x110000);
        foreach (var rune in Facts.All.Classes.Keys)
            found[rune] = true;
        foreach (var (rune, (parts, isCompatible)) in Facts.All.Decompositions)
        {
            var composes = parts.Length == 2 && Facts.All.Compositions.TryGetValue((parts[0], parts[1]), out var back) && back == rune;
            if (isCompatible ? compatible : !(compose && composes))
                found[rune] = true;
            // A pair's second half may meet a first half; one that is compatible may hide behind a canonical one.
            if (compose && composes)
                found[parts[1]] = true;
            if (compatible && !isCompatible)
                found[rune] = true;
        }

        if (compose)
            for (var jamo = Vowels; jamo < Leads + 0x100; jamo++)
                found[jamo] = true;
        else
            for (var syllable = Syllables; syllable < Syllables + SyllableCount; syllable++)
                found[syllable] = true;
        return found;
    }

    /// <summary>Sorts runs of combining marks by their class; equal classes stay as they are.</summary>
    private static void Order(List<int> runes)
    {
        for (var i = 1; i < runes.Count; i++)
        {
            var mark = runes[i];
            var order = Class(mark);
            if (order == 0)
                continue;
            var at = i;
            for (; at > 0 && Class(runes[at - 1]) > order; at--)
                runes[at] = runes[at - 1];
            runes[at] = mark;
        }
    }

    private static void Compose(List<int> runes)
    {
        var (starter, written, last) = (-1, 0, -1);
        for (var i = 0; i < runes.Count; i++)
        {
            var (rune, order) = (runes[i], Class(runes[i]));
            // Blocked: something of an equal or higher class, or another starter, stands between.
            if (starter >= 0 && (last < order || last == -1) && Pair(runes[starter], rune) is { } both)
            {
                runes[starter] = both;
                continue;
            }

            if (order == 0)
                (starter, last) = (written, -1);
            else
                last = order;
            runes[written++] = rune;
        }

        runes.RemoveRange(written, runes.Count - written);
    }

    private static int? Pair(int first, int second)
    {
        if (first - Leads is >= 0 and < 19 and var lead && second - Vowels is >= 0 and < 21 and var vowel)
            return Syllables + (lead * 21 + vowel) * 28;
        if (
            first - Syllables is >= 0 and < SyllableCount and var syllable
            && syllable % 28 == 0
            && second - Tails is > 0 and < 28 and var tail
        )
            return first + tail;
        return Facts.All.Compositions.TryGetValue((first, second), out var both) ? both : null;
    }

    private static int Class(int rune) => rune >= 0x300 ? Facts.All.Classes.GetValueOrDefault(rune) : 0;

    private sealed class Facts
    {
        public static readonly Facts All = new();

        private Facts()
        {
            using var stream = typeof(Facts).Assembly.GetManifestResourceStream("TaskDsl.Unicode.unicode.txt")!;
            using var reader = new StreamReader(stream, Encoding.UTF8);
            foreach (var line in reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (char.IsAsciiDigit(line[0]))
                {
                    var space = line.IndexOf(' ');
                    var order = byte.Parse(line.AsSpan(0, space), CultureInfo.InvariantCulture);
                    foreach (var rune in line[(space + 1)..].EnumerateRunes())
                        Classes[rune.Value] = order;
                    continue;
                }

                int[] runes = [.. line[1..].EnumerateRunes().Select(r => r.Value)];
                Decompositions[runes[0]] = (runes[1..], line[0] == '~');
                if (line[0] == '=')
                    Compositions[(runes[1], runes[2])] = runes[0];
            }
        }

        public Dictionary<int, (int[] Parts, bool Compatible)> Decompositions { get; } = [];

        public Dictionary<(int First, int Second), int> Compositions { get; } = [];

        public Dictionary<int, byte> Classes { get; } = [];
    }
}
