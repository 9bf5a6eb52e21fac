using System.Globalization;
using System.Text;

namespace TaskDsl.Grammars;

/// <summary>
/// Edits of a text of so many units as the <c>edits</c> codec writes them, <c>start end:text</c> a line or <c>-</c>: within the text,
/// ascending, parted by a unit at least, and none that puts nothing in the place of nothing.
/// </summary>
internal sealed class EditSpans(int units) : Grammar
{
    private static readonly Grammar Character = Choice(
        Utf8.AnyExcept('\n', '\r', '\\'),
        Sequence(Literal("\\"), Choice(Literal("\\"), Literal("n"), Literal("r")))
    );

    internal override void Build(Automaton automaton, int from, int to)
    {
        Chain(automaton, from, to, "-");
        // One state each: an edit that begins at this unit or a later one; one that ends there or later; the text of one that ends there.
        int[] begins = States(automaton, units + 1),
            ends = States(automaton, units + 1),
            texts = States(automaton, units + 1);
        automaton.Add(from, begins[0]);
        for (var i = 0; i <= units; i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            int started = automaton.NewState(),
                inserted = automaton.NewState();
            Chain(automaton, begins[i], started, number + " ");
            Chain(automaton, ends[i], texts[i], number + ":");
            Chain(automaton, started, inserted, number + ":");
            Character.Build(automaton, inserted, texts[i]);
            Character.Build(automaton, texts[i], texts[i]);
            automaton.Add(texts[i], to);
            if (i == units)
                break;
            automaton.Add(begins[i], begins[i + 1]);
            automaton.Add(ends[i], ends[i + 1]);
            automaton.Add(started, ends[i + 1]);
            Chain(automaton, texts[i], begins[i + 1], "\n");
        }
    }

    private static int[] States(Automaton automaton, int count)
    {
        var states = new int[count];
        for (var i = 0; i < count; i++)
            states[i] = automaton.NewState();
        return states;
    }

    private static void Chain(Automaton automaton, int from, int to, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            var next = i == bytes.Length - 1 ? to : automaton.NewState();
            automaton.Add(from, bytes[i], bytes[i], next);
            from = next;
        }
    }
}
