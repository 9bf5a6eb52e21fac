using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>The losses of whole texts: what a head's scores of one task are held to.</summary>
public static class TextLosses
{
    /// <summary>What is to be learned, as a record of the task has it.</summary>
    /// <param name="request">What the head's scores mean.</param>
    /// <param name="values">The answer's values.</param>
    public static float[] Target(HeadRequest request, IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(values);
        return request.Problem switch
        {
            SequenceClassificationHead.SingleLabel => [request.Labels.ToList().IndexOf(values[0])],
            SequenceClassificationHead.MultiLabel => [.. request.Labels.Select(label => values.Contains(label) ? 1f : 0f)],
            _ => [float.Parse(values[0], System.Globalization.CultureInfo.InvariantCulture)],
        };
    }

    /// <summary>
    /// What is to be learned by many texts: the labels, int64 <c>[texts]</c>; or numbers, <c>[texts, labels]</c>, where labels are several
    /// or some text has a distribution over them.
    /// </summary>
    /// <param name="targets">Those of the texts.</param>
    /// <param name="problem">What is answered.</param>
    /// <param name="labels">How many labels there are.</param>
    /// <param name="device">Where the scores are.</param>
    public static Tensor Targets(IReadOnlyList<float[]> targets, string problem, int labels, Device device)
    {
        ArgumentNullException.ThrowIfNull(targets);
        var one = problem == SequenceClassificationHead.SingleLabel;
        if (one && targets.All(t => t.Length == 1))
            return FromHost.Tensor(targets.Select(t => (long)t[0]).ToArray(), device);
        var numbers = targets.SelectMany(t => one && t.Length == 1 ? OneHot((int)t[0], labels) : t);
        return FromHost.Tensor(numbers.ToArray(), [targets.Count, labels], device);
    }

    /// <summary>The losses: <c>[texts, 1]</c>, or of several labels and of numbers <c>[texts, labels]</c>.</summary>
    /// <param name="scores">float32 <c>[texts, labels]</c>.</param>
    /// <param name="targets">Those of <see cref="Targets"/>.</param>
    /// <param name="problem">What is answered.</param>
    public static Tensor Of(Tensor scores, Tensor targets, string problem)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(targets);
        return problem switch
        {
            _ when targets.dtype == ScalarType.Int64 => nn
                .functional.cross_entropy(scores, targets, reduction: nn.Reduction.None)
                .unsqueeze(1),
            SequenceClassificationHead.SingleLabel => -(targets * scores.log_softmax(1)).sum(1, keepdim: true),
            SequenceClassificationHead.MultiLabel => nn.functional.binary_cross_entropy_with_logits(
                scores,
                targets,
                reduction: nn.Reduction.None
            ),
            _ => nn.functional.mse_loss(scores, targets, nn.Reduction.None),
        };
    }

    private static float[] OneHot(int label, int labels) => [.. Enumerable.Range(0, labels).Select(i => i == label ? 1f : 0f)];
}
