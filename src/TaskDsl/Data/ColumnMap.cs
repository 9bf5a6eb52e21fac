using System.Runtime.CompilerServices;
using System.Text.Json;

namespace TaskDsl.Data;

/// <summary>What a source says about its file's columns, laid out for fast reading.</summary>
internal sealed class ColumnMap
{
    private static readonly ConditionalWeakTable<DataSource, ColumnMap> Maps = [];

    private readonly string[] ignored;
    private readonly KeyValuePair<string, string>[] renamed;
    private readonly string? group;

    private ColumnMap(DataSource source)
    {
        ignored = [.. source.Ignore];
        renamed = [.. source.Columns];
        group = source.Group;
    }

    /// <summary>The map of a source; null where it says nothing.</summary>
    public static ColumnMap? Of(DataSource? source) =>
        source is null || (source.Columns.Count + source.Ignore.Count == 0 && source.Group is null)
            ? null
            : Maps.GetValue(source, static s => new ColumnMap(s));

    /// <summary>Whether the property that the reader stands on is not wanted.</summary>
    public bool Ignores(ref Utf8JsonReader json)
    {
        foreach (var column in ignored)
            if (json.ValueTextEquals(column))
                return true;
        return false;
    }

    /// <summary>Whether the property that the reader stands on says the group.</summary>
    public bool IsGroup(ref Utf8JsonReader json) => group is not null && json.ValueTextEquals(group);

    /// <summary>The field that the property is read into; null where the source renames nothing to or from it.</summary>
    public string? FieldOf(ref Utf8JsonReader json)
    {
        foreach (var (field, column) in renamed)
            if (json.ValueTextEquals(column))
                return field;
        return null;
    }

    /// <summary>The column that a field is read from.</summary>
    public string ColumnOf(string field)
    {
        foreach (var (name, column) in renamed)
            if (name == field)
                return column;
        return field;
    }
}
