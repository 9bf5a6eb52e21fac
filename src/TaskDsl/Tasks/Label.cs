using TaskDsl.Vocabulary;

namespace TaskDsl.Tasks;

/// <summary>One label: how it is written in each language. A label without surface forms is written as its own key.</summary>
public sealed record Label
{
    /// <summary>The surface form in every language that has none of its own. Default: the label's key.</summary>
    [Shorthand]
    public string? Surface { get; init; }

    /// <summary>The surface form per language tag.</summary>
    public IReadOnlyDictionary<string, string> Surfaces { get; init; } = new Dictionary<string, string>();

    /// <summary>What the label means.</summary>
    public string Summary { get; init; } = "";
}
