using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Tasks on texts of five letters: two operations, one behind the other, named by an instruction. Columns: <c>instruction</c>,
/// <c>text</c>, <c>result</c>. The first operation is the task's family. There are 30 tasks: 20 to be learnt; of each of five families one
/// that is held out; and the five of a family that is held out. The texts of the held-out instances are no training texts.
/// </summary>
[Keyword("instructions"), Revision(2)]
public sealed record Instructions : SyntheticSource
{
    private const int Letters = 10;
    private const int Length = 5;

    private static readonly (string Name, Func<string, string> Do)[] Basic =
    [
        ("reverse", text => new string([.. text.Reverse()])),
        ("capital", text => text.ToUpperInvariant()),
        ("rotate", text => text[1..] + text[..1]),
        ("double", text => string.Concat(text.Select(letter => $"{letter}{letter}"))),
        ("half", text => text[..((text.Length + 1) / 2)]),
        ("mark", text => text + "."),
    ];

    // One order for ever, whatever the seed: what is held out stays held out.
    private static readonly IReadOnlyList<(int First, int Second)> Held =
    [
        .. Enumerable.Range(0, Basic.Length - 1).Select(first => (first, (first + 1) % Basic.Length)),
    ];

    private static readonly IReadOnlyList<(int First, int Second)> HeldFamily =
    [
        .. Enumerable.Range(0, Basic.Length - 1).Select(second => (Basic.Length - 1, second)),
    ];

    // The first two, "double rotate" and "capital half", have all that "double half" and "capital rotate" are of, which are held out.
    private static readonly IReadOnlyList<(int First, int Second)> Learnt =
    [
        .. new Draw(2212_12017)
            .Permutation(Basic.Length * Basic.Length)
            .Select(task => (First: task / Basic.Length, Second: task % Basic.Length))
            .Where(task => task.First != task.Second && !Held.Contains(task) && !HeldFamily.Contains(task))
            .OrderBy(task => task is (3, 2) or (1, 4) ? 0 : 1),
    ];

    /// <summary>
    /// How many tasks there are, of those to be learnt; a smaller number is part of a larger one. Of the level <c>task</c>: the held-out
    /// tasks are those of the families of so many.
    /// </summary>
    [Range(1, 20)]
    public int Tasks { get; init; } = 20;

    /// <summary>What the records are for.</summary>
    public Level Level { get; init; } = Level.Learnt;

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var tasks = Level switch
        {
            Level.Task => [.. Held.Where(held => Learnt.Take(Tasks).Any(learnt => learnt.First == held.First))],
            Level.Family => HeldFamily,
            _ => [.. Learnt.Take(Tasks)],
        };
        var draw = new Draw(Seed, number);
        var (first, second) = tasks[draw.Below(tasks.Count)];
        var text = new char[Length];
        do for (var i = 0; i < Length; i++)
            text[i] = (char)('a' + draw.Below(Letters));
        while (IsHeldOut(text) == (Level == Level.Learnt));
        var before = new string(text);
        return new JsonObject
        {
            ["instruction"] = $"{Basic[first].Name} {Basic[second].Name}",
            ["text"] = before,
            ["result"] = Basic[second].Do(Basic[first].Do(before)),
        };
    }

    // One text of eight is for tests, whatever is asked of it.
    private static bool IsHeldOut(ReadOnlySpan<char> text) => new Draw(Draw.Seed(text)).Below(8) == 0;
}

/// <summary>What records are for.</summary>
public enum Level
{
    /// <summary>To be learnt.</summary>
    Learnt,

    /// <summary>Tests: texts that no one learns, of tasks that are learnt.</summary>
    Instance,

    /// <summary>Tests: tasks that no one learns, of families that are learnt.</summary>
    Task,

    /// <summary>Tests: tasks of a family that no one learns.</summary>
    Family,
}
