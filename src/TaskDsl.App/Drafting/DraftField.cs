using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting;

/// <summary>A field of a draft.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, without the mark of what is optional.</param>
/// <param name="Column">What was seen of it.</param>
internal sealed record DraftField(string Name, string Type, Column Column)
{
    /// <summary>Whether records may be without it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The labels, or kinds of entities.</summary>
    public IReadOnlyList<DraftLabel> Labels { get; init; } = [];

    /// <summary>The fields of a record.</summary>
    public IReadOnlyList<DraftField> Fields { get; init; } = [];

    /// <summary>The input that entities are copied from.</summary>
    public string? CopiedFrom { get; init; }

    /// <summary>The type as the YAML has it.</summary>
    public string Written => IsOptional ? Type + "?" : Type;

    /// <summary>Whether a head can choose it, instead of a decoder that writes it.</summary>
    public bool HasHead => !IsOptional && Type is "label" or "labels" or "entities";

    /// <summary>The field that a column's values fit; null where no type holds them all.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="column">What was seen.</param>
    /// <param name="isOptional">Whether records may be without it.</param>
    public static DraftField? Of(string name, Column column, bool isOptional)
    {
        if (column.Present == 0 || column.IsMixed)
            return null;
        if (column.Objects > 0)
            return Record(name, column, isOptional);
        if (column.Lists > 0)
            return
                column.Items is { } items
                && Of(name, items, isOptional: false) is { } item
                && !item.Type.StartsWith("list<", StringComparison.Ordinal)
                ? item with
                {
                    Type = $"list<{item.Type}>",
                    Column = column,
                    IsOptional = isOptional,
                }
                : null;
        return new DraftField(name, Plain(column), column) { IsOptional = isOptional };
    }

    // A text that is there in every record reads as what it is; numbers in a table are texts.
    private static string Plain(Column column) =>
        column.Bools > 0 || column.Logical == column.Present ? "bool"
        : column.Numbers > 0 && column.Whole == column.Present ? "int"
        : column.Numbers > 0 ? "float"
        : column.Lines > 0 || column.Characters.Longest > 80 ? "text"
        : "string";

    // In a record nothing can be passed over: each property is a field by its own name, or there is none.
    private static DraftField? Record(string name, Column column, bool isOptional)
    {
        if (column.IsOpen || column.Members.Count == 0)
            return null;
        var fields = column.Members.Select(m => Of(m.Name, m, isOptional: m.Present < column.Present)).ToList();
        return fields.TrueForAll(field => field is not null && IsName(field.Name))
            ? new DraftField(name, "record", column) { IsOptional = isOptional, Fields = [.. fields.Select(field => field!)] }
            : null;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 100 && char.IsLetter(name[0]) && name.All(sign => sign == '_' || char.IsLetterOrDigit(sign));
}
