namespace TaskDsl.Data;

/// <summary>What happens to a record that does not fit its task.</summary>
public abstract record BadRecords;
