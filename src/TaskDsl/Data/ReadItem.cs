namespace TaskDsl.Data;

/// <summary>Reads one value of a list.</summary>
public delegate T ReadItem<out T>(ref RecordReader reader);
