using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TaskDsl.Data.Stages.Hashing;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Leaves examples out until no value has more than the rarest one, or than a given number: <c>balance: type</c>,
/// <c>balance: {by: language, most: 5000}</c>. Which ones stay is drawn by a hash of the input; their order stays.
/// </summary>
/// <remarks>The examples lie on the disk meanwhile; 12 bytes of memory are taken for each, and each value's text.</remarks>
[Keyword("balance")]
public sealed record Balance : Stage
{
    /// <summary>What is balanced: an expression over the fields, as <c>type</c> or <c>language + '/' + type</c>.</summary>
    [Shorthand]
    public required TextExpression By { get; init; }

    /// <summary>The most examples that each value keeps. Default: as many as the rarest value has.</summary>
    [Range(1, int.MaxValue)]
    public int? Most { get; init; }

    /// <summary>Another seed keeps others.</summary>
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var file = new ExampleFile<T>(context.Task);
        var hash = new ExampleHash(context.Task);
        var values = new List<(string Text, int Count)>();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var (valueOf, drawn) = (new List<int>(), new List<uint>());
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var text = By.Of(example) ?? "";
            if (!numbers.TryGetValue(text, out var number))
            {
                numbers.Add(text, number = values.Count);
                values.Add((text, 0));
            }

            values[number] = (text, values[number].Count + 1);
            valueOf.Add(number);
            drawn.Add((uint)hash.Draw(example, "balance", Seed));
            file.Add(example);
        }

        if (file.Count == 0)
            yield break;
        var most = Most ?? values.Min(value => value.Count);
        var kept = Kept(valueOf, drawn, values.Count, most);
        for (var i = 0; i < file.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (kept[i])
                yield return file[i];
            else
                context.Drop(
                    file.OriginOf(i),
                    "beyond the balance",
                    $"beyond the balance of {By}: {values[valueOf[i]].Count} are '{values[valueOf[i]].Text}' and {most} stay"
                );
        }
    }

    /// <summary>The examples whose numbers are among the smallest of their value's.</summary>
    private static System.Collections.BitArray Kept(List<int> valueOf, List<uint> drawn, int values, int most)
    {
        var order = new int[drawn.Count];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        var numbers = CollectionsMarshal.AsSpan(drawn);
        numbers.Sort(order.AsSpan());
        // Of equal numbers the first example comes first.
        for (int from = 0, to = 0; from < order.Length; from = to)
        {
            while (to < order.Length && numbers[to] == numbers[from])
                to++;
            if (to > from + 1)
                order.AsSpan(from..to).Sort();
        }

        var counts = new int[values];
        var kept = new System.Collections.BitArray(order.Length);
        foreach (var index in order)
            kept[index] = counts[valueOf[index]]++ < most;
        return kept;
    }
}
