using System.Collections;
using System.Collections.Immutable;

namespace TaskDsl.Generators.Values;

/// <summary>An immutable array that equals another with equal items: what the incremental pipeline needs to compare by.</summary>
public readonly struct EquatableArray<T>(ImmutableArray<T> items) : IEquatable<EquatableArray<T>>, IReadOnlyList<T>
    where T : IEquatable<T>
{
    private readonly ImmutableArray<T> items = items;

    public EquatableArray(IEnumerable<T> items)
        : this(items.ToImmutableArray()) { }

    public int Count => items.IsDefault ? 0 : items.Length;

    public T this[int index] => items[index];

    public static bool operator ==(EquatableArray<T> left, EquatableArray<T> right) => left.Equals(right);

    public static bool operator !=(EquatableArray<T> left, EquatableArray<T> right) => !left.Equals(right);

    public bool Equals(EquatableArray<T> other)
    {
        // What no edit touched is the same array: a look at a thousand items is spared.
        if (items == other.items)
            return true;
        if (Count != other.Count)
            return false;
        for (var i = 0; i < Count; i++)
            if (!items[i].Equals(other.items[i]))
                return false;
        return true;
    }

    public override bool Equals(object? obj) => obj is EquatableArray<T> other && Equals(other);

    public override int GetHashCode()
    {
        var hash = 17;
        for (var i = 0; i < Count; i++)
            hash = unchecked((hash * 31) + items[i].GetHashCode());
        return hash;
    }

    public IEnumerator<T> GetEnumerator() => (items.IsDefault ? Enumerable.Empty<T>() : items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
