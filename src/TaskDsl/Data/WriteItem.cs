namespace TaskDsl.Data;

/// <summary>Writes one value of a list.</summary>
public delegate void WriteItem<in T>(ref RecordWriter writer, T item);
