using CsCheck;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Codecs;

/// <summary>Random values of the tasks in <c>Tasks/</c>, with what breaks codecs in them.</summary>
internal static class Samples
{
    private static readonly Gen<string> Piece = Gen.OneOf(
        Gen.OneOf(
            "",
            "-",
            "--",
            "\\",
            "\\n",
            "\\-",
            "\n",
            "\r\n",
            "\r",
            "\t",
            "\"",
            "'",
            ": ",
            "{",
            "}",
            "[]",
            "null",
            "true",
            "😀",
            "👩‍👩‍👧",
            "付款",
            "é",
            "e\u0301",
            "\u2028",
            "\u0000",
            "\u001f",
            "\u007f",
            "\u0085",
            "\uFEFF",
            "\uFFFD",
            "\uFFFF",
            "person: Ann",
            "good"
        ),
        Gen.Char.AlphaNumeric.Select(c => c.ToString()),
        Gen.Int[0x20, 0x10FFFF].Where(c => c is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32)
    );

    public static readonly Gen<string> Text = Piece.Array[0, 8].Select(string.Concat);

    public static readonly Gen<double> Number = Gen.OneOf(
        Gen.Double.Where(double.IsFinite),
        Gen.OneOf<double>(
            0,
            -0.0,
            1,
            -1,
            0.1,
            1e15,
            1e16,
            1e-5,
            1e100,
            1.5e300,
            double.Epsilon,
            double.MaxValue,
            double.MinValue,
            123456789.125
        ),
        Gen.Int.Select(i => (double)i)
    );

    public static readonly Gen<int> Integer = Gen.OneOf(Gen.Int, Gen.OneOf(0, 1, -1, 10, int.MaxValue, int.MinValue, int.MaxValue - 1));

    public static readonly Gen<Mood.Output> Mood = Gen.Enum<Mood.MoodLabel>().Select(m => new Mood.Output(m));

    public static readonly Gen<Topics.Output> Topics = Labels<Topics.TopicsLabel>().Select(t => new Topics.Output(t));

    public static readonly Gen<Terms.Output> Terms = List(Text).Select(t => new Terms.Output(t));

    public static readonly Gen<Mentions.Output> Mentions = Entities<Mentions.MentionsKind>().Select(e => new Mentions.Output(e));

    public static readonly Gen<Rewrite.Output> Rewrite = Text.Select(t => new Rewrite.Output(t));

    private static readonly Gen<Everything.BuyerAddress> Address = Gen.Select(Text, Integer.Nullable(), (street, number) =>
        new Everything.BuyerAddress(street, number)
    );

    private static readonly Gen<Everything.Buyer> Buyer = Gen.Select(
        Text,
        Gen.Enum<Everything.BuyerRole>().Nullable(),
        Address.Null(),
        (name, role, address) => new Everything.Buyer(name, role, address)
    );

    private static readonly Gen<Everything.ItemsItem> Item = Gen.Select(Text, Number.Nullable(), (name, price) =>
        new Everything.ItemsItem(name, price)
    );

    private static readonly Gen<Everything.Output> Scalars = Gen.Select(
        Gen.Select(Text, Text.Null(), Integer, Integer.Nullable()),
        Gen.Select(Number, Number.Nullable(), Gen.Bool, Gen.Bool.Nullable()),
        Gen.Select(Gen.Enum<Everything.Kind>(), Gen.Enum<Everything.Unit>().Nullable(), Buyer),
        (a, b, c) =>
            new Everything.Output(
                a.Item1,
                a.Item2,
                a.Item3,
                a.Item4,
                b.Item1,
                b.Item2,
                b.Item3,
                b.Item4,
                c.Item1,
                c.Item2,
                [],
                null,
                [],
                null,
                [],
                null,
                [],
                c.Item3,
                []
            )
    );

    private static readonly Gen<Everything.Output> Whole = Gen.Select(
        Scalars,
        Gen.Select(Labels<Everything.Topics>(), Labels<Everything.Tags>().Null()),
        Gen.Select(Entities<Everything.FreeKind>().Null(), List(Text)),
        Gen.Select(List(List(Integer)).Null(), List(Gen.Enum<Everything.Choices>()), List(Item)),
        (output, labels, texts, lists) =>
            output with
            {
                Topics = labels.Item1,
                Tags = labels.Item2,
                Free = texts.Item1,
                Lines = texts.Item2,
                Grid = lists.Item1,
                Choices = lists.Item2,
                Items = lists.Item3,
            }
    );

    /// <summary>Examples whose facts are pieces of the body.</summary>
    public static readonly Gen<Everything.Example> Everything = Gen.Select(
        Gen.Select(Text, Text.Null(), List(Integer), Gen.Enum<Everything.Class>()),
        Whole,
        Gen.Select(Gen.Enum<Everything.FactsKind>(), Gen.Int[0, 100], Gen.Int[1, 100]).Array[0, 3],
        (input, output, cuts) =>
            new Everything.Example(
                new Everything.Input(input.Item1, input.Item2, input.Item3, input.Item4),
                output with
                {
                    Facts = [.. cuts.Select(cut => Cut(input.Item1, cut)).OfType<Entity<Everything.FactsKind>>()],
                }
            )
    );

    private static Entity<Everything.FactsKind>? Cut(string body, (Everything.FactsKind Kind, int Start, int Length) cut)
    {
        var runes = body.EnumerateRunes().Select(r => r.ToString()).ToArray();
        if (runes.Length == 0)
            return null;
        var start = cut.Start % runes.Length;
        return new Entity<Everything.FactsKind>(cut.Kind, string.Concat(runes.Skip(start).Take(cut.Length)));
    }

    private static Gen<ValueList<T>> List<T>(Gen<T> item) => item.Array[0, 4].Select(items => ValueList.Create<T>(items));

    private static Gen<LabelSet<T>> Labels<T>()
        where T : struct, Enum => Gen.Enum<T>().Array[0, 5].Select(labels => LabelSet.Create<T>(labels));

    private static Gen<ValueList<Entity<T>>> Entities<T>()
        where T : struct, Enum => List(Gen.Select(Gen.Enum<T>(), Text, (kind, text) => new Entity<T>(kind, text)));
}
