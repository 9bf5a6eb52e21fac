using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Reading;

/// <summary>
/// The answer is what a regular expression (of .NET) finds first in the text: its first group, or all of it where it has none. That is read
/// in the task's format.
/// </summary>
[Keyword("pattern")]
public sealed record Pattern : AnswerFormat, IValidatableObject
{
    // A pattern that takes longer over one answer runs in circles.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>The regular expression, as <c>'\[topic\](.*?)&lt;eoa&gt;'</c>. A dot is any sign, line breaks too.</summary>
    [Shorthand, StringSyntax(StringSyntaxAttribute.Regex), Length(1, 10_000)]
    public required string Find { get; init; }

    private Regex Expression => new(Find, RegexOptions.Singleline | RegexOptions.CultureInvariant, Longest);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string? fault = null;
        try
        {
            _ = Expression;
        }
        catch (ArgumentException e)
        {
            fault = e.Message;
        }

        if (fault is not null)
            yield return new($"it is no regular expression: {fault}", ["find"]);
    }

    /// <inheritdoc/>
    public override ReadAnswer Read(DslTask task, string text, Example example)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return Expression.Match(text) is { Success: true } match
                ? ReadAnswer.Parsed(task, match.Groups[Math.Min(1, match.Groups.Count - 1)].Value.Trim(), example)
                : ReadAnswer.No("the pattern does not match");
        }
        catch (RegexMatchTimeoutException)
        {
            return ReadAnswer.No("the pattern takes too long");
        }
    }
}
