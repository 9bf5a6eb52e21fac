using TaskDsl.Vocabulary;

namespace TaskDsl.Tasks;

/// <summary>One field of an input or an output.</summary>
public sealed record Field
{
    /// <summary>
    /// The type: <c>text</c> (may span lines), <c>string</c> (one line), <c>int</c>, <c>float</c>, <c>bool</c>, <c>label</c>,
    /// <c>labels</c>, <c>entities</c>, <c>record</c>, or <c>list&lt;T&gt;</c> of one of these; a <c>?</c> behind it makes it optional.
    /// </summary>
    [Shorthand]
    public required string Type { get; init; }

    /// <summary>What the field means.</summary>
    public string Summary { get; init; } = "";

    /// <summary>
    /// The labels of a <c>label</c> or <c>labels</c> field, the kinds of an <c>entities</c> field: each with its surface forms.
    /// </summary>
    public IReadOnlyDictionary<string, Label> Labels { get; init; } = new Dictionary<string, Label>();

    /// <summary>The fields of a <c>record</c>.</summary>
    public IReadOnlyDictionary<string, Field> Fields { get; init; } = new Dictionary<string, Field>();

    /// <summary>
    /// For <c>entities</c>: the input field whose text the entities are copied from. Data is checked against it, and decoding can only
    /// copy.
    /// </summary>
    public string? Of { get; init; }
}
