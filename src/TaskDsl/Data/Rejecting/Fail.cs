using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Rejecting;

/// <summary>The first record that does not fit ends the reading with its place and reason.</summary>
[Keyword("fail")]
public sealed record Fail : BadRecords;
