using System.Numerics;
using TaskDsl.HuggingFace;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>Scores that an answer can be chosen by. NaN compares with nothing: the first of all answers would always win.</summary>
internal static class FiniteScores
{
    /// <summary>Checks scores that are on the host already.</summary>
    /// <exception cref="ModelException">Some are no numbers.</exception>
    public static void Check(LanguageModel model, ReadOnlySpan<float> scores)
    {
        // In vectors: these are as many as the vocabulary, for each token of each answer. x − x is 0, but of NaN and infinity NaN.
        var zeros = Vector<float>.Zero;
        var i = 0;
        for (; i <= scores.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var some = new Vector<float>(scores[i..]);
            zeros += some - some;
        }

        var zero = Vector.Sum(zeros);
        for (; i < scores.Length; i++)
            zero += scores[i] - scores[i];
        if (zero != 0)
            throw NoNumbers(model);
    }

    /// <summary>Checks weights: fused attention makes 0 of scores that are NaN, so that an answer alone does not tell.</summary>
    /// <param name="model">The model.</param>
    /// <param name="added">What an adapter has put beside its own.</param>
    /// <exception cref="ModelException">Some are no numbers.</exception>
    public static void CheckWeights(LanguageModel model, IEnumerable<Tensor> added)
    {
        using var scope = NewDisposeScope();
        // The least and the largest of each: NaN is both.
        var ends = model.Parameters.Values.Concat(added).Where(p => p.numel() > 0).Select(p => p.detach().aminmax());
        if (!cat([.. ends.SelectMany(e => (Tensor[])[e.min.view(1).to(float32), e.max.view(1).to(float32)])]).isfinite().all().item<bool>())
            throw NoNumbers(model);
    }

    private static ModelException NoNumbers(LanguageModel model)
    {
        using var scope = NewDisposeScope();
        var folder = Path.GetDirectoryName(model.Config.Source);
        var broken = model.Parameters.Where(p => !p.Value.isfinite().all().item<bool>()).Select(p => p.Key).ToArray();
        return new ModelException(
            $"the scores of {(string.IsNullOrEmpty(folder) ? $"this {model.Config.ModelType}" : $"the model '{folder}'")} are no numbers "
                + "(NaN or infinite): nothing is answered. "
                + (
                    broken.Length == 0
                        ? "Its own weights are all finite: look at the adapter on it, or compute in float32."
                        : $"Its weight '{broken[0]}'{(broken.Length == 1 ? "" : $" and {broken.Length - 1} more")} has such numbers: the "
                            + "file is broken, or was written in numbers too small for it (float16). Make or fetch it again."
                )
        );
    }
}
