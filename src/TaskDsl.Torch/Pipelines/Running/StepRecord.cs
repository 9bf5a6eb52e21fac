using System.Text.Json.Nodes;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What <c>step.json</c> says of a finished step.</summary>
public sealed record StepRecord
{
    /// <summary>The step's name.</summary>
    public string Step { get; init; } = "";

    /// <summary>A hash of <see cref="Shape"/>; the folder is called by it.</summary>
    public string Hash { get; init; } = "";

    /// <summary>Everything that shaped the result.</summary>
    public JsonObject Shape { get; init; } = [];

    /// <summary>When it was finished.</summary>
    public DateTimeOffset Finished { get; init; }

    /// <summary>The seconds that it took; of one that was interrupted, those of its last part.</summary>
    public double Seconds { get; init; }

    /// <summary>What entered, what was made, and what was left out by which reason.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();
}
