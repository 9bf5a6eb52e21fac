using TaskDsl.Tasks;

namespace TaskDsl.Metrics.Counting;

/// <summary>One answer beside its gold.</summary>
/// <param name="Gold">The gold output's items.</param>
/// <param name="Predicted">The answer's items; null where the text could not be parsed.</param>
public readonly record struct Answer(IReadOnlyList<OutputItem> Gold, IReadOnlyList<OutputItem>? Predicted);
