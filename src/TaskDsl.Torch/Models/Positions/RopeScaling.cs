using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Models.Positions;

/// <summary>A stretching of the rotary angles, so that a model reaches further than it was first trained for.</summary>
internal abstract record RopeScaling
{
    /// <summary>A number that is the same for all row lengths with the same angles. Default: they do not depend on it.</summary>
    public virtual long Reach(long length) => 0;

    /// <summary>Changes the angle per position of each pair, in place.</summary>
    /// <param name="frequencies">The angles per position.</param>
    /// <param name="rotary">Their origin.</param>
    /// <param name="length">The length of the longest row.</param>
    /// <returns>The attention factor, which multiplies all cosines and sines.</returns>
    public abstract double Apply(Span<double> frequencies, Rotary rotary, long length);

    public static RopeScaling? Read(ConfigJson json, ConfigJson config)
    {
        var type = json.Text("rope_type", json.Text("type", "default"));
        var positions = config.Int("max_position_embeddings", 2048);
        return type switch
        {
            "default" => null,
            "linear" => new LinearRopeScaling(json.Number("factor")),
            "dynamic" => new DynamicRopeScaling(json.Number("factor"), positions),
            "llama3" => new Llama3RopeScaling(
                json.Number("factor"),
                json.Number("low_freq_factor"),
                json.Number("high_freq_factor"),
                json.Number("original_max_position_embeddings")
            ),
            "yarn" => YarnRopeScaling.Read(json, positions),
            "longrope" or "su" => LongRopeScaling.Read(json, config, positions),
            _ => throw json.Bad($"rope scaling '{type}' is not supported; expected default, linear, dynamic, llama3, yarn or longrope."),
        };
    }
}

/// <summary>All positions divided by a factor (arXiv 2306.15595).</summary>
internal sealed record LinearRopeScaling(double Factor) : RopeScaling
{
    public override double Apply(Span<double> frequencies, Rotary rotary, long length)
    {
        foreach (ref var frequency in frequencies)
            frequency /= Factor;
        return 1;
    }
}

/// <summary>A base that grows with rows longer than the model was trained for (dynamic NTK).</summary>
internal sealed record DynamicRopeScaling(double Factor, int OriginalPositions) : RopeScaling
{
    public override long Reach(long length) => Math.Max(length, OriginalPositions);

    public override double Apply(Span<double> frequencies, Rotary rotary, long length)
    {
        var theta = rotary.Theta * Math.Pow(Factor * Reach(length) / OriginalPositions - (Factor - 1), rotary.Size / (rotary.Size - 2.0));
        for (var i = 0; i < frequencies.Length; i++)
            frequencies[i] = Math.Pow(theta, -2.0 * i / rotary.Size);
        return 1;
    }
}

/// <summary>Llama 3.1's: slow angles divided by a factor, fast ones kept, those between blended.</summary>
/// <param name="Factor">The factor.</param>
/// <param name="LowFrequencyFactor">Turns within the original length below which an angle is slow.</param>
/// <param name="HighFrequencyFactor">Turns within the original length above which an angle is fast.</param>
/// <param name="OriginalPositions">The length that the model was first trained for.</param>
internal sealed record Llama3RopeScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, double OriginalPositions)
    : RopeScaling
{
    public override double Apply(Span<double> frequencies, Rotary rotary, long length)
    {
        foreach (ref var frequency in frequencies)
        {
            var turns = OriginalPositions * frequency / (2 * Math.PI);
            var keep = Math.Clamp((turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor), 0, 1);
            frequency = keep * frequency + (1 - keep) * frequency / Factor;
        }

        return 1;
    }
}

/// <summary>YaRN (arXiv 2309.00071): slow angles divided, fast ones kept, cosines and sines multiplied by the attention factor.</summary>
internal sealed record YarnRopeScaling(
    double Factor,
    double OriginalPositions,
    double BetaFast,
    double BetaSlow,
    bool Truncate,
    double AttentionFactor
) : RopeScaling
{
    public static YarnRopeScaling Read(ConfigJson json, int positions)
    {
        var factor = json.Number("factor");
        var (scale, all) = (json.Number("mscale", 0), json.Number("mscale_all_dim", 0));
        var attentionFactor = json.Number("attention_factor", scale != 0 && all != 0 ? Mscale(scale) / Mscale(all) : Mscale(1));
        return new(
            factor,
            json.Number("original_max_position_embeddings", positions),
            json.Number("beta_fast", 32),
            json.Number("beta_slow", 1),
            json.Flag("truncate", true),
            attentionFactor
        );

        // The paper's √(1/t): queries and keys are both multiplied by it, the scores by its square.
        double Mscale(double by) => factor <= 1 ? 1 : 0.1 * by * Math.Log(factor) + 1;
    }

    public override double Apply(Span<double> frequencies, Rotary rotary, long length)
    {
        var (low, high) = (Pair(BetaFast), Pair(BetaSlow));
        if (Truncate)
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, rotary.Size - 1));
        if (low == high)
            high += 0.001; // As the reference, so as not to divide by zero.
        for (var i = 0; i < frequencies.Length; i++)
        {
            var keep = 1 - Math.Clamp((i - low) / (high - low), 0, 1);
            frequencies[i] = keep * frequencies[i] + (1 - keep) * frequencies[i] / Factor;
        }

        return AttentionFactor;

        // The pair that turns so many times within the original length.
        double Pair(double turns) => rotary.Size * Math.Log(OriginalPositions / (turns * 2 * Math.PI)) / (2 * Math.Log(rotary.Theta));
    }
}

/// <summary>LongRoPE (arXiv 2402.13753): a divisor for each pair, one set for short rows and one for long ones.</summary>
internal sealed record LongRopeScaling(double[] Short, double[] Long, double OriginalPositions, double AttentionFactor) : RopeScaling
{
    public static LongRopeScaling Read(ConfigJson json, ConfigJson config, int positions)
    {
        var original = config.Number("original_max_position_embeddings", json.Number("original_max_position_embeddings", positions));
        var factor = original != positions ? positions / original : json.Number("factor", 1);
        var attentionFactor = json.Number("attention_factor", factor <= 1 ? 1 : Math.Sqrt(1 + Math.Log(factor) / Math.Log(original)));
        return new(json.Numbers("short_factor"), json.Numbers("long_factor"), original, attentionFactor);
    }

    public override long Reach(long length) => length > OriginalPositions ? 1 : 0;

    public override double Apply(Span<double> frequencies, Rotary rotary, long length)
    {
        var divisors = Reach(length) == 1 ? Long : Short;
        if (divisors.Length != frequencies.Length)
            throw new ModelException($"longrope has {divisors.Length} factors; expected one for each of the {frequencies.Length} pairs.");
        for (var i = 0; i < frequencies.Length; i++)
            frequencies[i] /= divisors[i];
        return AttentionFactor;
    }
}
