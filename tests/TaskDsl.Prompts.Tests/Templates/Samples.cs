namespace TaskDsl.Prompts.Tests.Templates;

/// <summary>Inputs with ordinary values and with those at the edges.</summary>
public static class Samples
{
    public static Sample Full { get; } =
        new(
            "  Hello, \"World\"\n\tnext line é中𝄞 ",
            "a note",
            7,
            3,
            2.5,
            -0.125,
            true,
            false,
            Color.Green,
            Color.Blue,
            ["one", "two \"quoted\"", "three\nlines"],
            ["x", "y"],
            [3, 1, 2],
            [0.5, 1, 1e20],
            [Color.Blue, Color.Red],
            [new(Color.Red, "apple"), new(Color.Blue, "天空")],
            new("Ann", null, 30, ["a", "b"]),
            new("Bob", "friend", 41, []),
            [new("Cy", "n", 1, ["t"]), new("Di", null, 2, [])],
            new(2026, 1, 31),
            new(2026, 2, 28),
            [new(1, 1, 1), new(9999, 12, 31)]
        );

    public static Sample Empty { get; } =
        new(
            "",
            null,
            0,
            null,
            0,
            null,
            false,
            null,
            Color.Red,
            null,
            [],
            null,
            [],
            [],
            [],
            [],
            new("", "", 0, []),
            null,
            [],
            default,
            null,
            []
        );

    public static Sample Odd { get; } =
        new(
            "word",
            "",
            -12,
            0,
            double.Epsilon,
            1 / 3.0,
            false,
            true,
            Color.Blue,
            Color.Red,
            [""],
            [],
            [int.MaxValue, int.MinValue],
            [-0.0, double.MaxValue],
            [Color.Green],
            [new(Color.Green, "")],
            new("éa b", "N", -1, ["\\"]),
            new("b", null, 0, ["q", "r", "s"]),
            [new("only", "", 5, ["m", "n"])],
            new(2026, 1, 31),
            new(2026, 1, 31),
            [new(2000, 2, 29)]
        );

    public static IReadOnlyList<Sample> All { get; } = [Full, Empty, Odd];
}
