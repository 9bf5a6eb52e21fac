using System.ComponentModel.DataAnnotations;

namespace TaskDsl.Clients.Asking;

/// <summary>Money, in the currency of its prices.</summary>
public sealed record MoneyLimit
{
    private const double Million = 1e6;

    /// <summary>The most that may be spent.</summary>
    [Range(0.0, 1e12)]
    public required double Limit { get; init; }

    /// <summary>What a million tokens of questions cost.</summary>
    [Range(0.0, 1e12)]
    public required double InputPrice { get; init; }

    /// <summary>What a million tokens of answers cost.</summary>
    [Range(0.0, 1e12)]
    public required double OutputPrice { get; init; }

    /// <summary>What tokens cost.</summary>
    public double Of(TokenUsage usage) => (usage.Input * InputPrice + usage.Output * OutputPrice) / Million;
}
