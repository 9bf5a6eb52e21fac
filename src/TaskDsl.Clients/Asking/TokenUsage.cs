namespace TaskDsl.Clients.Asking;

/// <summary>Tokens that were read and written.</summary>
/// <param name="Input">Tokens of questions.</param>
/// <param name="Output">Tokens of answers, with what a model thinks before it answers.</param>
public readonly record struct TokenUsage(long Input, long Output)
{
    /// <summary>Both together.</summary>
    public long Total => Input + Output;

    /// <summary>Two together.</summary>
    public static TokenUsage operator +(TokenUsage left, TokenUsage right) => new(left.Input + right.Input, left.Output + right.Output);

    /// <summary>One without the other.</summary>
    public static TokenUsage operator -(TokenUsage left, TokenUsage right) => new(left.Input - right.Input, left.Output - right.Output);

    /// <summary>Two together.</summary>
    public static TokenUsage Add(TokenUsage left, TokenUsage right) => left + right;

    /// <summary>One without the other.</summary>
    public static TokenUsage Subtract(TokenUsage left, TokenUsage right) => left - right;
}
