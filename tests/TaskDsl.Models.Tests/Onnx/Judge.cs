using Microsoft.ML.OnnxRuntime;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Models.Tests.Onnx;

/// <summary>What ONNX Runtime computes of a file, and how far a model is from it.</summary>
internal static class Judge
{
    /// <summary>The hidden states of rows padded on the right, <c>[rows, longest, hidden]</c> one behind the other.</summary>
    public static float[] Hidden(string path, int[][] rows)
    {
        var length = rows.Max(row => row.Length);
        long[] shape = [rows.Length, length];
        long[] ids = [.. rows.SelectMany(row => row.Concat(Enumerable.Repeat(0, length - row.Length))).Select(id => (long)id)];
        long[] real = [.. rows.SelectMany(row => Enumerable.Range(0, length).Select(i => i < row.Length ? 1L : 0))];
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(path, options);
        using var input = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(real, shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], shape);
        using var run = new RunOptions();
        using var states = session.Run(run, ["input_ids", "attention_mask", "token_type_ids"], [input, mask, types], ["last_hidden_state"]);
        return states[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>The largest difference between a model's hidden states and ONNX Runtime's, over real tokens.</summary>
    public static float Difference(LanguageModel model, string path, int[][] rows)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var length = rows.Max(row => row.Length);
        var ids = tensor(
            rows.SelectMany(row => row.Concat(Enumerable.Repeat(0, length - row.Length))).Select(id => (long)id).ToArray(),
            [rows.Length, length]
        );
        var pattern = AttentionPattern.Ragged([.. rows.Select(row => row.Length)]);
        var ours = TensorMemory.Span<float>(((Torch.Models.Encoder)model).Hidden(ids, pattern: pattern).contiguous());
        var (theirs, size, largest) = (Hidden(path, rows), model.Config.HiddenSize, 0f);
        Assert.Equal(theirs.Length, ours.Length);
        for (var row = 0; row < rows.Length; row++)
        for (var i = 0; i < rows[row].Length * size; i++)
        {
            var at = row * length * size + i;
            largest = MathF.Max(largest, MathF.Abs(ours[at] - theirs[at]));
        }

        return largest;
    }

    /// <summary>The mean of each row's states, of length 1.</summary>
    public static float[][] Vectors(string path, int[][] rows)
    {
        var (hidden, length) = (Hidden(path, rows), rows.Max(row => row.Length));
        var size = hidden.Length / rows.Length / length;
        return
        [
            .. rows.Select(
                (row, r) =>
                {
                    double[] sum =
                    [
                        .. Enumerable
                            .Range(0, size)
                            .Select(i => Enumerable.Range(0, row.Length).Sum(t => (double)hidden[(r * length + t) * size + i])),
                    ];
                    var norm = Math.Sqrt(sum.Sum(x => x * x));
                    return (float[])[.. sum.Select(x => (float)(x / norm))];
                }
            ),
        ];
    }
}
