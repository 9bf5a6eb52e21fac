using System.Collections;
using System.Globalization;

namespace TaskDsl.Tasks;

/// <summary>Gathers the items of an output: what generated code fills.</summary>
/// <param name="countsAbsent">Whether a field without a value (null, or a list without items) is an item too, as <c>field/none</c>: where
/// an output has several fields, that one has none is part of the answer.
/// </param>
public sealed class OutputItems(bool countsAbsent = false) : IReadOnlyList<OutputItem>
{
    private readonly List<OutputItem> items = [];

    /// <inheritdoc/>
    public int Count => items.Count;

    /// <inheritdoc/>
    public OutputItem this[int index] => items[index];

    /// <summary>Adds a text.</summary>
    public void Add(string field, string? value)
    {
        if (value is null)
            AddAbsent(field);
        else
            items.Add(new OutputItem(field, value));
    }

    /// <summary>Adds a whole number.</summary>
    public void Add(string field, int? value) => Add(field, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds a number.</summary>
    public void Add(string field, double? value) => Add(field, value?.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Adds true or false.</summary>
    public void Add(string field, bool? value) =>
        Add(
            field,
            value switch
            {
                true => "true",
                false => "false",
                null => null,
            }
        );

    /// <summary>Adds a label.</summary>
    public void Add<TLabel>(string field, LabelTable<TLabel> labels, TLabel? value)
        where TLabel : struct, Enum => Add(field, value is { } label ? labels.Key(label) : null);

    /// <summary>Adds labels, each as an item.</summary>
    public void Add<TLabel>(string field, LabelTable<TLabel> labels, LabelSet<TLabel>? value)
        where TLabel : struct, Enum
    {
        foreach (var label in value ?? [])
            Add(field, labels.Key(label));
        if (value is null or { Count: 0 })
            AddAbsent(field);
    }

    /// <summary>Adds entities, each as an item of <c>field/kind</c>.</summary>
    public void Add<TKind>(string field, LabelTable<TKind> kinds, ValueList<Entity<TKind>>? value)
        where TKind : struct, Enum
    {
        foreach (var (kind, text) in value ?? [])
            Add($"{field}/{kinds.Key(kind)}", text);
        if (value is null or { Count: 0 })
            AddAbsent(field);
    }

    /// <summary>Adds a list whose elements are one item each.</summary>
    public void Add<T>(string field, ValueList<T>? value, Action<OutputItems, string, T> add)
    {
        foreach (var item in value ?? [])
            add(this, field, item);
        if (value is null or { Count: 0 })
            AddAbsent(field);
    }

    /// <summary>Adds a list whose elements are any number of items each: their path says of which, as <c>rows[1]</c>.</summary>
    public void AddEach<T>(string field, ValueList<T>? value, Action<OutputItems, string, T> add)
    {
        for (var i = 0; i < value?.Count; i++)
            add(this, string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]"), value[i]);
        if (value is null or { Count: 0 })
            AddAbsent(field);
    }

    /// <summary>Adds a field without a value.</summary>
    public void AddAbsent(string field)
    {
        if (countsAbsent)
            items.Add(new OutputItem($"{field}/none", ""));
    }

    /// <inheritdoc/>
    public IEnumerator<OutputItem> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
