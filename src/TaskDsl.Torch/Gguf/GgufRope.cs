using TaskDsl.Torch.Models.Positions;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Gguf;

/// <summary>Rotary positions as settings and tensors.</summary>
internal static class GgufRope
{
    /// <summary>What <c>config.json</c> calls a stretching.</summary>
    public static string Word(RopeScaling scaling) => Word(scaling.GetType());

    /// <inheritdoc cref="Word(RopeScaling)"/>
    public static string Word(Type scaling) =>
        scaling.Name.Replace("RopeScaling", "", StringComparison.Ordinal).ToLowerInvariant() is "long"
            ? "longrope"
            : scaling.Name.Replace("RopeScaling", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>The settings, without the architecture's name in front.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Settings(Rotary rotary)
    {
        yield return new("rope.dimension_count", (uint)rotary.Size);
        yield return new("rope.freq_base", (float)rotary.Theta);
        switch (rotary.Scaling)
        {
            case LinearRopeScaling linear:
                yield return new("rope.scaling.type", "linear");
                yield return new("rope.scaling.factor", (float)linear.Factor);
                break;
            case YarnRopeScaling yarn:
                yield return new("rope.scaling.type", "yarn");
                yield return new("rope.scaling.factor", (float)yarn.Factor);
                yield return new("rope.scaling.original_context_length", (uint)yarn.OriginalPositions);
                yield return new("rope.scaling.yarn_beta_fast", (float)yarn.BetaFast);
                yield return new("rope.scaling.yarn_beta_slow", (float)yarn.BetaSlow);
                // llama.cpp multiplies by 0.1 ln(factor) + 1 itself.
                yield return new("rope.scaling.attn_factor", (float)(yarn.AttentionFactor / (0.1 * Math.Log(yarn.Factor) + 1)));
                break;
            case LongRopeScaling far:
                yield return new("rope.scaling.type", "longrope");
                yield return new("rope.scaling.original_context_length", (uint)far.OriginalPositions);
                yield return new("rope.scaling.attn_factor", (float)far.AttentionFactor);
                break;
        }
    }

    /// <summary>Divisors of the angles, where a file has them as tensors.</summary>
    public static IEnumerable<(string Name, float[] Divisors)> Tensors(Rotary rotary)
    {
        if (rotary.Scaling is LongRopeScaling far)
        {
            yield return ("rope_factors_long", [.. far.Long.Select(d => (float)d)]);
            yield return ("rope_factors_short", [.. far.Short.Select(d => (float)d)]);
        }
        else if (rotary.Scaling is Llama3RopeScaling llama3)
        {
            var plain = Enumerable.Range(0, rotary.Size / 2).Select(i => Math.Pow(rotary.Theta, -2.0 * i / rotary.Size)).ToArray();
            var slowed = plain.ToArray();
            llama3.Apply(slowed, rotary, 0);
            yield return ("rope_freqs", [.. plain.Zip(slowed, (before, behind) => (float)(before / behind))]);
        }
    }

    /// <summary>Rows of queries or keys whose halves are turned together, put so that neighbours are: <c>[heads · size, …]</c>.</summary>
    public static Tensor HalvesToNeighbours(Tensor rows, int size)
    {
        long[] rest = rows.shape[1..];
        return rows.reshape([-1, 2, size / 2, .. rest]) // [heads, 2, size / 2, …]
            .transpose(1, 2)
            .reshape(rows.shape);
    }
}
