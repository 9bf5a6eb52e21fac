using System.Buffers;
using System.Globalization;
using System.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Text;

/// <summary>
/// A text and the pieces it is cut into. Expressions and rules see one <c>char</c> per character: .NET's expressions see a character
/// beyond the basic plane as two halves that are no letters, so such a character is shown as one of the same category in the plane.
/// Reused from text to text; not thread-safe.
/// </summary>
internal sealed class Pieces
{
    private static readonly char[] Representatives = [.. Enum.GetValues<UnicodeCategory>().Select(Representative)];

    private byte[] utf8 = [];
    private char[] characters = [];
    private int[] offsets = []; // of each character, and the end
    private int length,
        count;
    private List<(int Start, int Length)> ranges = [],
        next = [];

    /// <summary>Where the text stands.</summary>
    public Place Place { get; private set; }

    /// <summary>The pieces, as ranges of <see cref="Text"/>.</summary>
    public List<(int Start, int Length)> Ranges => ranges;

    /// <summary>The characters.</summary>
    public ReadOnlySpan<char> Text => characters.AsSpan(0, count);

    /// <summary>Matches, for rules that need all of them before they cut; empty between uses.</summary>
    public List<(int Start, int Length, bool IsMatch)> Matches { get; } = [];

    /// <summary>Begins with a text as one piece.</summary>
    public void Begin(ReadOnlySpan<byte> text, Place place)
    {
        Place = place;
        Read(text);
        ranges.Clear();
        if (count > 0)
            ranges.Add((0, count));
    }

    /// <summary>A piece's bytes.</summary>
    public ReadOnlySpan<byte> Bytes((int Start, int Length) piece) =>
        utf8.AsSpan(offsets[piece.Start]..offsets[piece.Start + piece.Length]);

    /// <summary>Begins a list of new pieces.</summary>
    public List<(int Start, int Length)> BeginCut()
    {
        next.Clear();
        return next;
    }

    /// <summary>Puts the new pieces in place of the old.</summary>
    public void EndCut() => (ranges, next) = (next, ranges);

    /// <summary>Puts new texts in place of the pieces' texts.</summary>
    public void Rewrite(Func<Pieces, (int Start, int Length), bool, ArrayBufferWriter<byte>, int> write)
    {
        var output = new ArrayBufferWriter<byte>(length + 16);
        var cut = BeginCut();
        var at = 0;
        foreach (var piece in ranges)
        {
            var characterCount = write(this, piece, piece.Start == 0, output);
            if (characterCount > 0)
                cut.Add((at, characterCount));
            at += characterCount;
        }

        Read(output.WrittenSpan);
        EndCut();
    }

    /// <summary>Shows each byte as a character of the byte alphabet from here on, as behind a <c>ByteLevel</c> stage.</summary>
    public void ShowBytes()
    {
        var cut = BeginCut();
        foreach (var (start, size) in ranges)
            cut.Add((offsets[start], offsets[start + size] - offsets[start]));
        EndCut();
        Grow(length);
        for (count = 0; count < length; count++)
            (characters[count], offsets[count]) = (ByteAlphabet.Character(utf8[count]), count);
        offsets[count] = length;
    }

    private void Read(ReadOnlySpan<byte> text)
    {
        length = text.Length;
        if (utf8.Length < length)
            utf8 = new byte[length * 2];
        text.CopyTo(utf8);
        Grow(length);
        count = 0;
        for (var at = 0; at < text.Length; count++)
        {
            offsets[count] = at;
            if (text[at] < 0x80)
            {
                characters[count] = (char)text[at++];
                continue;
            }

            Rune.DecodeFromUtf8(text[at..], out var rune, out var used);
            characters[count] = rune.IsBmp ? (char)rune.Value : Representative(rune);
            at += used;
        }

        offsets[count] = length;
    }

    private void Grow(int size)
    {
        if (characters.Length < size)
            characters = new char[size * 2];
        if (offsets.Length < size + 1)
            Array.Resize(ref offsets, size * 2 + 1);
    }

    private static char Representative(Rune rune)
    {
        var category = Rune.GetUnicodeCategory(rune);
        // Letters in circles and squares are symbols that count as word characters: shown as Ⓐ.
        return category == UnicodeCategory.OtherSymbol && Characters.IsWord(rune) ? '\u24B6' : Representatives[(int)category];
    }

    private static char Representative(UnicodeCategory category)
    {
        // Late ones first: early characters have meanings of their own (digits, the apostrophe, line ends).
        for (var c = 0xFFFD; c > 0; c--)
            if (CharUnicodeInfo.GetUnicodeCategory((char)c) == category && !char.IsSurrogate((char)c))
                return (char)c;
        return '\uFFFD';
    }
}
