using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Tasks;

/// <summary>One field of an input or an output.</summary>
public sealed record Field
{
    /// <summary>
    /// The type: <c>text</c> (may span lines), <c>string</c> (one line), <c>int</c>, <c>float</c>, <c>bool</c>, <c>label</c>,
    /// <c>labels</c>, <c>entities</c>, <c>choice</c>, <c>record</c>, or <c>list&lt;T&gt;</c> of one of these but a choice; a <c>?</c>
    /// behind it makes it optional.
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
    /// copy. For <c>choice</c>: the input field that has the record's options, a <c>list&lt;text&gt;</c> or <c>list&lt;string&gt;</c> of
    /// at most 26, none of them twice.
    /// </summary>
    public string? Of { get; init; }

    /// <summary>
    /// For <c>choice</c>: whether several options may be right. A record then has a list of them, and any one is a right answer.
    /// </summary>
    public bool AnyOf { get; init; }

    /// <summary>For <c>labels</c>: how many labels an answer has at least. A record with fewer is wrong.</summary>
    [Range(0, 1000)]
    public int AtLeast { get; init; }
}
