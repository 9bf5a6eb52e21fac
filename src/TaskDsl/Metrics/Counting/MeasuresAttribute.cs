using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics.Counting;

/// <summary>
/// Says which outputs a <see cref="Metric"/> is defined for: one field of one of these types, which may be optional. Of another output the
/// compiler refuses it. A metric without it is defined for any output.
/// </summary>
/// <param name="types">The types in the YAML's words, as <c>list&lt;text&gt;</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class MeasuresAttribute(params string[] types) : FieldTypesAttribute(types);
