using TaskDsl.Tasks;

namespace TaskDsl.Prompts.Templates;

/// <summary>
/// What compiled templates call for <c>array.*</c>: each does what Scriban's function of that name does; an absent list is an empty one.
/// </summary>
public static class ListFunctions
{
    /// <summary>The items of a list that may be absent.</summary>
    public static ReadOnlySpan<T> Items<T>(ValueList<T>? list) => list is null ? default : list.AsSpan();

    /// <summary>The labels of a set that may be absent.</summary>
    public static ReadOnlySpan<TLabel> Items<TLabel>(LabelSet<TLabel>? labels)
        where TLabel : struct, Enum => labels is null ? default : labels.AsSpan();

    /// <summary><c>array.limit</c>.</summary>
    public static ReadOnlySpan<T> Limit<T>(ReadOnlySpan<T> items, int count) => items[..Math.Clamp(count, 0, items.Length)];

    /// <summary>A loop's <c>limit</c>: 0 or less is none.</summary>
    public static ReadOnlySpan<T> LimitIfPositive<T>(ReadOnlySpan<T> items, int count) => count > 0 ? Limit(items, count) : items;

    /// <summary><c>array.offset</c>.</summary>
    public static ReadOnlySpan<T> Offset<T>(ReadOnlySpan<T> items, int index) => items[Math.Clamp(index, 0, items.Length)..];

    /// <summary><c>array.reverse</c>.</summary>
    public static ReadOnlySpan<T> Reverse<T>(ReadOnlySpan<T> items)
    {
        var reversed = items.ToArray();
        Array.Reverse(reversed);
        return reversed;
    }

    /// <summary>The item at an index, counted from the end where it is negative; null where there is none.</summary>
    public static T? At<T>(ReadOnlySpan<T> items, int index)
        where T : class
    {
        if (index < 0)
            index += items.Length;
        return (uint)index < (uint)items.Length ? items[index] : null;
    }

    /// <summary>The value at an index, counted from the end where it is negative; null where there is none.</summary>
    public static T? ValueAt<T>(ReadOnlySpan<T> items, int index)
        where T : struct
    {
        if (index < 0)
            index += items.Length;
        return (uint)index < (uint)items.Length ? items[index] : null;
    }

    /// <summary><c>array.contains</c>.</summary>
    public static bool Contains(ReadOnlySpan<string> items, string? item) => item is not null && items.Contains(item);

    /// <summary><c>array.join</c>.</summary>
    /// <param name="items">The items.</param>
    /// <param name="separator">What stands between them.</param>
    /// <param name="print">How an item is printed.</param>
    public static string Join<T>(ReadOnlySpan<T> items, string? separator, Func<T, string?> print)
    {
        var texts = new string?[items.Length];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = print(items[i]);
        return string.Join(separator, texts);
    }

    /// <summary>The surface forms of labels.</summary>
    public static ReadOnlySpan<string> Words<TLabel>(ReadOnlySpan<TLabel> labels, string[] words)
        where TLabel : struct, Enum
    {
        var surfaces = new string[labels.Length];
        for (var i = 0; i < surfaces.Length; i++)
            surfaces[i] = words[System.Runtime.CompilerServices.Unsafe.BitCast<TLabel, int>(labels[i])];
        return surfaces;
    }

    /// <summary><c>first..last</c>, downwards where the first is the greater; <c>first..&lt;last</c> leaves the last out.</summary>
    public static ReadOnlySpan<long> Range(long first, long last, bool inclusive)
    {
        var count = Math.Abs(checked(last - first)) + (inclusive ? 1 : 0);
        // The bound of Scriban's: a template that counts further has a mistake.
        if (count > 1000)
            throw new InvalidOperationException($"the range {first}..{last} has more than 1000 numbers.");
        var numbers = new long[count];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = first < last ? first + i : first - i;
        return numbers;
    }
}
