using System.Collections;
using System.Runtime.CompilerServices;

namespace TaskDsl.Tasks;

/// <summary>Some of a field's labels: each at most once, in the order of their declaration, equal by value.</summary>
/// <typeparam name="TLabel">The labels.</typeparam>
[CollectionBuilder(typeof(LabelSet), nameof(LabelSet.Create))]
public sealed class LabelSet<TLabel> : IReadOnlyList<TLabel>, IEquatable<LabelSet<TLabel>>
    where TLabel : struct, Enum
{
    private readonly TLabel[] labels;

    internal LabelSet(TLabel[] labels) => this.labels = labels;

    /// <inheritdoc/>
    public int Count => labels.Length;

    /// <inheritdoc/>
    public TLabel this[int index] => labels[index];

    /// <summary>Whether the label is one of these.</summary>
    public bool Contains(TLabel label) => Array.IndexOf(labels, label) >= 0;

    /// <summary>The labels.</summary>
    public ReadOnlySpan<TLabel> AsSpan() => labels;

    /// <summary>Enumerates without allocating.</summary>
    public ReadOnlySpan<TLabel>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(LabelSet<TLabel>? other)
    {
        if (other is null || other.Count != Count)
            return false;
        for (var i = 0; i < labels.Length; i++)
            if (!EqualityComparer<TLabel>.Default.Equals(labels[i], other.labels[i]))
                return false;
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSet<TLabel>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var label in labels)
            hash.Add(label);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(", ", labels)}}}";

    IEnumerator<TLabel> IEnumerable<TLabel>.GetEnumerator() => ((IEnumerable<TLabel>)labels).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => labels.GetEnumerator();
}

/// <summary>Makes label sets: what <c>[a, b]</c> calls.</summary>
public static class LabelSet
{
    /// <summary>The set of these labels, whatever their order here.</summary>
    public static LabelSet<TLabel> Create<TLabel>(ReadOnlySpan<TLabel> labels)
        where TLabel : struct, Enum
    {
        var sorted = labels.ToArray();
        Array.Sort(sorted);
        var distinct = 0;
        for (var i = 0; i < sorted.Length; i++)
            if (i == 0 || !EqualityComparer<TLabel>.Default.Equals(sorted[i], sorted[distinct - 1]))
                sorted[distinct++] = sorted[i];
        return new LabelSet<TLabel>(distinct == sorted.Length ? sorted : sorted[..distinct]);
    }
}
