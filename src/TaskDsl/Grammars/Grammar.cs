using System.Text;

namespace TaskDsl.Grammars;

/// <summary>
/// A regular language over bytes: the texts that a codec can parse. Immutable and composable; constrained decoding walks it byte by byte
/// through a <see cref="GrammarMatcher"/>. Whatever is composed, only valid UTF-8 is accepted.
/// </summary>
public abstract class Grammar
{
    /// <summary>Nothing but the empty text.</summary>
    public static Grammar Empty { get; } = new Sequenced([]);

    /// <summary>Any text, of any length.</summary>
    public static Grammar Text { get; } = Repeat(Utf8.Any, 0);

    /// <summary>
    /// One line as the <c>lines</c> codec writes it: no line breaks, a backslash only in <c>\\</c>, <c>\n</c>, <c>\r</c> and <c>\-</c>, and
    /// not a lone <c>-</c>, which stands for an empty list.
    /// </summary>
    public static Grammar Line { get; } = LineGrammar();

    /// <summary>A JSON string (RFC 8259) with its quotes.</summary>
    public static Grammar JsonString { get; } = JsonStringGrammar();

    /// <summary>A whole number in the range of <see cref="int"/>.</summary>
    public static Grammar JsonInteger { get; } = Choice(NaturalUpTo("2147483647"), Sequence(Literal("-"), PositiveUpTo("2147483648")));

    /// <summary>A JSON number that is a finite <see cref="double"/>, in as many digits as one needs.</summary>
    public static Grammar JsonNumber { get; } = JsonNumberGrammar();

    /// <summary>This text and no other.</summary>
    public static Grammar Literal(string text) => Sequence([.. Encoding.UTF8.GetBytes(text).Select(b => new Range(b, b))]);

    /// <summary>One of these.</summary>
    public static Grammar Choice(params IReadOnlyList<Grammar> options) => options.Count == 1 ? options[0] : new Chosen(options);

    /// <summary>One after the other.</summary>
    public static Grammar Sequence(params IReadOnlyList<Grammar> parts) => parts.Count == 1 ? parts[0] : new Sequenced(parts);

    /// <summary>This, or nothing.</summary>
    public static Grammar Optional(Grammar grammar) => Choice(grammar, Empty);

    /// <summary>This, over and over.</summary>
    /// <param name="grammar">What is repeated.</param>
    /// <param name="minimum">The least times.</param>
    /// <param name="maximum">The most times. Default: no limit.</param>
    /// <param name="separator">What stands between. Default: nothing.</param>
    public static Grammar Repeat(Grammar grammar, int minimum, int? maximum = null, Grammar? separator = null) =>
        new Repeated(grammar, minimum, maximum, separator);

    /// <summary>One or more of these, each at most once, in this order.</summary>
    /// <param name="options">The options.</param>
    /// <param name="separator">What stands between.</param>
    /// <param name="least">How many there are at least.</param>
    public static Grammar SomeOf(IReadOnlyList<Grammar> options, Grammar separator, int least = 1) =>
        new Subset(options, separator, Math.Max(1, least));

    /// <summary>
    /// A piece of a text, as the <c>lines</c> codec writes it: not empty, without white space at its ends, cut at word borders (around
    /// every ideograph and punctuation mark there is one).
    /// </summary>
    public static Grammar SubstringOf(string text) => new Substring(text, json: false);

    /// <summary>The same pieces of a text, as they stand inside a JSON string.</summary>
    public static Grammar JsonSubstringOf(string text) => new Substring(text, json: true);

    /// <summary>Edits of a text of so many units, as the <c>edits</c> codec writes them: in it, ascending, none touching another.</summary>
    public static Grammar EditsOf(int units) => new EditSpans(units);

    /// <summary>Adds the states that lead from one state to another by this language.</summary>
    internal abstract void Build(Automaton automaton, int from, int to);

    internal static Grammar Bytes(byte first, byte last) => new Range(first, last);

    private static Grammar LineGrammar()
    {
        var plain = Utf8.AnyExcept('\n', '\r', '\\');
        var escaped = Sequence(Literal("\\"), Choice(Literal("\\"), Literal("n"), Literal("r"), Literal("-")));
        var any = Choice(plain, escaped);
        var notDash = Choice(Utf8.AnyExcept('\n', '\r', '\\', '-'), escaped);
        return Choice(Empty, Sequence(notDash, Repeat(any, 0)), Sequence(Literal("-"), Repeat(any, 1)));
    }

    private static Grammar JsonStringGrammar()
    {
        Grammar hex = Choice(Bytes((byte)'0', (byte)'9'), Bytes((byte)'a', (byte)'f'), Bytes((byte)'A', (byte)'F'));
        Grammar d = Choice(Literal("d"), Literal("D"));
        Grammar high = Sequence(d, Choice(Bytes((byte)'8', (byte)'9'), Bytes((byte)'a', (byte)'b'), Bytes((byte)'A', (byte)'B')), hex, hex);
        Grammar low = Sequence(d, Choice(Bytes((byte)'c', (byte)'f'), Bytes((byte)'C', (byte)'F')), hex, hex);
        Grammar notD = Choice(
            Bytes((byte)'0', (byte)'9'),
            Bytes((byte)'a', (byte)'c'),
            Bytes((byte)'e', (byte)'f'),
            Bytes((byte)'A', (byte)'C'),
            Bytes((byte)'E', (byte)'F')
        );
        var unicode = Choice(
            Sequence(notD, hex, hex, hex),
            Sequence(d, Bytes((byte)'0', (byte)'7'), hex, hex),
            Sequence(high, Literal("\\u"), low)
        );
        var escape = Sequence(Literal("\\"), Choice([.. "\"\\/bfnrt".Select(c => Literal(c.ToString())), Sequence(Literal("u"), unicode)]));
        char[] special = [.. Enumerable.Range(0, ' ').Select(c => (char)c), '"', '\\'];
        return Sequence(Literal("\""), Repeat(Choice(Utf8.AnyExcept(special), escape), 0), Literal("\""));
    }

    private static Grammar JsonNumberGrammar()
    {
        Grammar digit = Bytes((byte)'0', (byte)'9'),
            one = Bytes((byte)'1', (byte)'9');
        var fraction = Optional(Sequence(Literal("."), Repeat(digit, 1, 24)));
        var plain = Sequence(Choice(Literal("0"), Sequence(one, Repeat(digit, 0, 17))), fraction);
        var e = Choice(Literal("e"), Literal("E"));
        var plus = Sequence(e, Optional(Literal("+")));
        var scientific = Sequence(
            digit,
            fraction,
            Choice(
                Sequence(
                    plus,
                    Choice(
                        Repeat(digit, 1, 2),
                        Sequence(Bytes((byte)'1', (byte)'2'), digit, digit),
                        Sequence(Literal("30"), Bytes((byte)'0', (byte)'7'))
                    )
                ),
                Sequence(e, Literal("-"), Repeat(digit, 1, 3))
            )
        );
        // The last decade of double.
        var greatest = Sequence(Literal("1"), Optional(Sequence(Literal("."), FractionUpTo("7976931348623157"))), plus, Literal("308"));
        return Sequence(Optional(Literal("-")), Choice(plain, scientific, greatest));
    }

    private static Grammar NaturalUpTo(string greatest) => Choice(Literal("0"), PositiveUpTo(greatest));

    /// <summary>The numbers from 1 to a greatest, without leading zeros.</summary>
    private static Grammar PositiveUpTo(string greatest)
    {
        Grammar digit = Bytes((byte)'0', (byte)'9');
        var options = new List<Grammar> { Sequence(Bytes((byte)'1', (byte)'9'), Repeat(digit, 0, greatest.Length - 2)) };
        for (var i = 0; i < greatest.Length; i++)
        {
            // The same digits up to here, then a smaller one, then any.
            var least = i == 0 ? '1' : '0';
            if (greatest[i] > least)
                options.Add(
                    Sequence(
                        Literal(greatest[..i]),
                        Bytes((byte)least, (byte)(greatest[i] - 1)),
                        Repeat(digit, greatest.Length - i - 1, greatest.Length - i - 1)
                    )
                );
        }

        options.Add(Literal(greatest));
        return Choice(options);
    }

    /// <summary>The digits behind a point that are no more than a greatest fraction.</summary>
    private static Grammar FractionUpTo(string greatest)
    {
        Grammar digit = Bytes((byte)'0', (byte)'9');
        var options = new List<Grammar>();
        for (var i = 0; i < greatest.Length; i++)
        {
            if (greatest[i] > '0')
                options.Add(Sequence(Literal(greatest[..i]), Bytes((byte)'0', (byte)(greatest[i] - 1)), Repeat(digit, 0, 23 - i)));
            options.Add(Literal(greatest[..(i + 1)]));
        }

        return Choice(options);
    }

    private sealed class Range(byte first, byte last) : Grammar
    {
        internal override void Build(Automaton automaton, int from, int to) => automaton.Add(from, first, last, to);
    }

    private sealed class Sequenced(IReadOnlyList<Grammar> parts) : Grammar
    {
        internal override void Build(Automaton automaton, int from, int to)
        {
            if (parts.Count == 0)
                automaton.Add(from, to);
            for (var i = 0; i < parts.Count; i++)
            {
                var next = i == parts.Count - 1 ? to : automaton.NewState();
                parts[i].Build(automaton, from, next);
                from = next;
            }
        }
    }

    private sealed class Chosen(IReadOnlyList<Grammar> options) : Grammar
    {
        internal override void Build(Automaton automaton, int from, int to)
        {
            foreach (var option in options)
            {
                // Ends of its own: a loop inside an option must not be a loop of the whole.
                int first = automaton.NewState(),
                    last = automaton.NewState();
                automaton.Add(from, first);
                automaton.Add(last, to);
                option.Build(automaton, first, last);
            }
        }
    }

    /// <summary>As many states as its options have: each can be passed over.</summary>
    private sealed class Subset(IReadOnlyList<Grammar> options, Grammar separator, int least) : Grammar
    {
        internal override void Build(Automaton automaton, int from, int to)
        {
            // Where an option may begin, by how many have to come from it on; from what is no place too few are left.
            var places = new Dictionary<(int Option, int Needed), int>();
            if (Place(0, least) is { } first)
                automaton.Add(from, first);
            for (var i = 0; i < options.Count; i++)
            for (var needed = least; needed > 0; needed--)
            {
                if (!places.TryGetValue((i, needed), out var start))
                    continue;
                var end = automaton.NewState();
                options[i].Build(automaton, start, end);
                if (needed == 1)
                    automaton.Add(end, to);
                if (Place(i + 1, needed) is { } passed)
                    automaton.Add(start, passed);
                if (Place(i + 1, Math.Max(1, needed - 1)) is { } next)
                    separator.Build(automaton, end, next);
            }

            int? Place(int option, int needed)
            {
                if (options.Count - option < needed)
                    return null;
                if (!places.TryGetValue((option, needed), out var place))
                    places.Add((option, needed), place = automaton.NewState());
                return place;
            }
        }
    }

    private sealed class Repeated(Grammar grammar, int minimum, int? maximum, Grammar? separator) : Grammar
    {
        internal override void Build(Automaton automaton, int from, int to)
        {
            if (minimum == 0)
                automaton.Add(from, to);
            if (maximum == 0)
                return;

            // Copies for what is counted; the last of them loops where there is no limit.
            var copies = maximum ?? Math.Max(1, minimum);
            var start = from;
            for (var i = 1; i <= copies; i++)
            {
                int first = automaton.NewState(),
                    last = automaton.NewState();
                if (i > 1 && separator is not null)
                    separator.Build(automaton, start, first);
                else
                    automaton.Add(start, first);
                grammar.Build(automaton, first, last);
                if (i >= minimum)
                    automaton.Add(last, to);
                if (i == copies && maximum is null)
                {
                    if (separator is null)
                        automaton.Add(last, first);
                    else
                        separator.Build(automaton, last, first);
                }

                start = last;
            }
        }
    }
}
