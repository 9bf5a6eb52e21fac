using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>Texts as vectors.</summary>
public static class TextVectors
{
    /// <summary>Runs the model of a pass over texts, each by itself.</summary>
    /// <param name="pass">The model.</param>
    /// <param name="texts">The texts' tokens.</param>
    /// <param name="pooling">How a text's hidden states become one vector.</param>
    /// <returns>Vectors of length 1, <c>[texts, hidden]</c>, so that their products are cosines.</returns>
    public static Tensor Of(ForwardPass pass, IReadOnlyList<int[]> texts, Pooling pooling)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var (hidden, real) = pass.Texts(texts);
        return nn.functional.normalize(Pool(hidden, real, pooling), 2, 1);
    }

    /// <summary>One vector for each text.</summary>
    /// <param name="hidden"><c>[texts, sequence, hidden]</c>, padded on the right.</param>
    /// <param name="real">bool <c>[texts, sequence]</c>: which are no padding.</param>
    /// <param name="pooling">How.</param>
    /// <returns><c>[texts, hidden]</c>.</returns>
    public static Tensor Pool(Tensor hidden, Tensor real, Pooling pooling)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(real);
        var counted = real.to(ScalarType.Float32).unsqueeze(2); // [texts, sequence, 1]
        return pooling switch
        {
            Pooling.Mean => (hidden * counted).sum([1L]) / counted.sum([1L]).clamp_min(1), // [texts, hidden]
            Pooling.First => hidden.select(1, 0), // [texts, hidden]
            // By an index of [texts, 1, hidden].
            Pooling.Last => hidden
                .gather(1, (real.to(ScalarType.Int64).sum(1) - 1).clamp_min(0).view(-1, 1, 1).expand(-1, 1, hidden.size(2)))
                .squeeze(1), // [texts, hidden]
            _ => throw new InvalidOperationException($"no pooling {pooling}"),
        };
    }
}
