namespace TaskDsl.Vocabulary;

/// <summary>
/// Makes a sealed record a word of the YAML: <c>[Keyword("lora")] sealed record Lora : Tuning</c> is at once valid
/// wherever a <c>Tuning</c> is expected, as <c>lora</c> or <c>lora: {rank: 8}</c>. Types of the user's own project count too.
/// </summary>
/// <param name="word">The word, in snake_case.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KeywordAttribute(string word) : Attribute
{
    /// <summary>The word, in snake_case.</summary>
    public string Word { get; } = word;

    /// <summary>
    /// Glob patterns, separated by <c>;</c>, of bare values that mean this word: with <c>*.jsonl</c> on <c>json_lines</c>,
    /// <c>- data/a.jsonl</c> needs no keyword. Default: none.
    /// </summary>
    public string Matches { get; init; } = "";

    /// <summary>Whether a bare value means this word.</summary>
    public bool IsMatch(string value) =>
        Matches
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Any(pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: true));

    /// <summary>
    /// Whether a mapping without a word means this one: with it on <c>random</c>, <c>split: {test: 0.1}</c> means
    /// <c>split: {random: {test: 0.1}}</c>. At most one word of a choice has it.
    /// </summary>
    public bool IsDefault { get; init; }
}
