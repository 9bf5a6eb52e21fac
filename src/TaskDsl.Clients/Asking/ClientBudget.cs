using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Clients.Asking;

/// <summary>
/// What answers may cost, those from the cache among them: it ends before the question that could pass it, and what is answered is kept.
/// </summary>
[AnyOf("nothing bounds what is spent; give one of them", nameof(Tokens), nameof(Money))]
public sealed record ClientBudget
{
    /// <summary>The most tokens of questions and answers together. Default: no limit.</summary>
    [Range(1.0, 1e15)]
    public long? Tokens { get; init; }

    /// <summary>The most money. Default: no limit.</summary>
    public MoneyLimit? Money { get; init; }

    internal bool Has(TokenUsage usage) => !(usage.Total > Tokens) && !(Money?.Of(usage) > Money?.Limit);

    /// <summary>What there is, in words.</summary>
    internal string Words =>
        string.Join(
            " and ",
            new[]
            {
                Tokens is { } tokens ? $"{tokens:N0} tokens" : null,
                Money is { } money ? $"{money.Limit} of money" : null,
            }.OfType<string>()
        );
}
