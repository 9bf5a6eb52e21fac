using System.Text.Json;
using System.Text.Json.Nodes;

namespace TaskDsl.Torch.Models;

/// <summary>A stretching of the rotary angles, so that a model reaches further than it was first trained for.</summary>
public abstract record RopeScaling
{
    /// <summary>Changes the angle per position of each pair, in place.</summary>
    internal abstract void Apply(Span<double> frequencies);

    internal abstract JsonObject ToJson();

    internal static RopeScaling? FromJson(JsonElement json, string path)
    {
        var type = json.TryGetProperty("rope_type", out var value) || json.TryGetProperty("type", out value) ? value.GetString() : "default";
        return type switch
        {
            "default" => null,
            "linear" => new LinearRopeScaling(Number("factor")),
            "llama3" => new Llama3RopeScaling(Number("factor"), Number("low_freq_factor"), Number("high_freq_factor"), Number("original_max_position_embeddings")),
            _ => throw new ModelException($"{path}: rope scaling '{type}' is not supported; expected default, linear or llama3."),
        };

        double Number(string name) => json.TryGetProperty(name, out var number) ? number.GetDouble() : throw new ModelException($"{path}: rope scaling '{type}' lacks {name}.");
    }
}

/// <summary>All positions divided by a factor (Chen et al., arXiv 2306.15595).</summary>
/// <param name="Factor">The factor.</param>
public sealed record LinearRopeScaling(double Factor) : RopeScaling
{
    internal override void Apply(Span<double> frequencies)
    {
        foreach (ref var frequency in frequencies) frequency /= Factor;
    }

    internal override JsonObject ToJson() => new() { ["rope_type"] = "linear", ["factor"] = Factor };
}

/// <summary>Llama 3.1's: slow angles divided by a factor, fast ones kept, those between blended.</summary>
/// <param name="Factor">The factor.</param>
/// <param name="LowFrequencyFactor">Turns within the original length below which an angle is slow.</param>
/// <param name="HighFrequencyFactor">Turns within the original length above which an angle is fast.</param>
/// <param name="OriginalPositions">The length that the model was first trained for.</param>
public sealed record Llama3RopeScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, double OriginalPositions) : RopeScaling
{
    internal override void Apply(Span<double> frequencies)
    {
        foreach (ref var frequency in frequencies)
        {
            var turns = OriginalPositions * frequency / (2 * Math.PI);
            var keep = Math.Clamp((turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor), 0, 1);
            frequency = keep * frequency + (1 - keep) * frequency / Factor;
        }
    }

    internal override JsonObject ToJson() => new()
    {
        ["rope_type"] = "llama3",
        ["factor"] = Factor,
        ["low_freq_factor"] = LowFrequencyFactor,
        ["high_freq_factor"] = HighFrequencyFactor,
        ["original_max_position_embeddings"] = (int)OriginalPositions,
    };
}
