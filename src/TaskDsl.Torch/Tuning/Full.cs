using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning;

/// <summary>Every weight is trained.</summary>
[Keyword("full")]
public sealed record Full : Tuning;
