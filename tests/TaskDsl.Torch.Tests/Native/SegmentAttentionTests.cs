using System.IO.MemoryMappedFiles;
using System.Text;
using TaskDsl.Torch.Native;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Native;

/// <summary>Attention of texts one behind the other: each alone gives what a mask over all gives.</summary>
public sealed class SegmentAttentionTests : TorchTest
{
    private static readonly int[] Lengths = [5, 1, 12, 7, 3];

    [Theory]
    [InlineData(4, 4, true, null, null)]
    [InlineData(6, 2, true, null, 0.3)]
    [InlineData(6, 2, false, null, null)]
    [InlineData(4, 1, true, 4, null)]
    [InlineData(4, 2, false, 3, null)]
    [InlineData(4, 2, true, 12, null)] // No text is longer.
    public void Texts_apart_give_what_a_mask_gives(int heads, int keyHeads, bool causal, int? window, double? scale)
    {
        var tokens = Lengths.Sum();
        Tensor[] given = [randn(tokens, heads, 16), randn(tokens, keyHeads, 16), randn(tokens, keyHeads, 16)];
        var text = tensor(Lengths.SelectMany((length, i) => Enumerable.Repeat(i, length)).ToArray());
        var distance = arange(tokens).unsqueeze(1) - arange(tokens).unsqueeze(0);
        var mask = text.unsqueeze(1).eq(text.unsqueeze(0)).logical_and(distance.abs().lt(window ?? tokens));
        if (causal)
            mask = mask.logical_and(distance.ge(0));
        var expected = Run(x => PlainOps.Attention(Row(x[0]), Row(x[1]), Row(x[2]), mask, scale: scale).squeeze(0).transpose(0, 1));
        var actual = Run(x => Ops.SegmentAttention(x[0], x[1], x[2], new Segments(Lengths, CPU), causal, window, scale));
        foreach (var (e, a) in expected.Zip(actual))
            Close(e, a, 1e-6 * Math.Max(1, e.abs().max().ToDouble()));

        Tensor[] Run(Func<Tensor[], Tensor> attend)
        {
            Tensor[] leaves = [.. given.Select(t => t.clone().requires_grad_(true))];
            var y = attend(leaves);
            Gradients.Backward((y * (arange(y.numel()).view(y.shape) % 5 - 2)).sum());
            return [y.detach(), .. leaves.Select(leaf => leaf.grad!)];
        }

        static Tensor Row(Tensor x) => x.transpose(0, 1).unsqueeze(0);
    }

    [Fact]
    public void Segments_that_do_not_fit_are_named()
    {
        var x = randn(9, 2, 8);
        Assert.Contains("5 segments of 28 tokens do not fit 9", Refused(x, x, x), StringComparison.Ordinal);
        Assert.Contains("[9, 2, 8]", Refused(x, randn(9, 3, 8), x), StringComparison.Ordinal);
        Assert.Contains("[9, 3, 8]", Refused(randn(9, 3, 8), x, x), StringComparison.Ordinal);

        static string Refused(Tensor q, Tensor k, Tensor v) =>
            Assert.Throws<ArgumentException>(() => Ops.SegmentAttention(q, k, v, new Segments(Lengths, CPU), true)).Message;
    }

    [Fact]
    public void Runs_end_with_their_rows()
    {
        Assert.Equal([2, 1, 1, 1, 3], Segments.Runs([1, 1, 2, 0, 0, 1, 1, 1], 4));
        Assert.Equal([0, 2, 3, 7], new Segments([2, 1, 4], CPU).Ends.data<int>().ToArray());
        Assert.Equal(ScalarType.Int32, new Segments([2], CPU).Ends.dtype);
    }

    /// <summary>The stable interface takes arguments as they come: a wrong one would be read as another, and only on a GPU.</summary>
    [Fact]
    public void What_a_gpu_is_given_is_what_the_operators_schemas_have()
    {
        var (x, segments) = (randn(28, 2, 8), new Segments(Lengths, CPU));
        var flash = Ops.Flash(stackalloc ulong[16], x, x, x, segments, causal: true, window: 3, scale: 0.5);
        Assert.Equal(Schema("_flash_attention_forward", ["Tensor", "Tensor", "Tensor", "Tensor", "Tensor"]), flash.Kinds);
        var efficient = Ops.Efficient(stackalloc ulong[16], x, x, x, segments, causal: true, scale: null);
        Assert.Equal(Schema("_efficient_attention_forward", ["Tensor", "Tensor", "Tensor", "Tensor", "SymInt", "SymInt"]), efficient.Kinds);
    }

    /// <summary>The kinds of an operator's arguments, as libtorch's own file has its schema.</summary>
    private static unsafe ArgumentKind[] Schema(string name, string[] results)
    {
        var path = Path.Combine(TorchRuntime.Folder, "libtorch_cpu.so");
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            var bytes = new ReadOnlySpan<byte>(start, checked((int)new FileInfo(path).Length));
            var schema = bytes[bytes.IndexOf(Encoding.ASCII.GetBytes($"{name}(Tensor query"))..];
            var text = Encoding.ASCII.GetString(schema[..schema.IndexOf((byte)0)]);
            var (arguments, returned) = (
                text[(name.Length + 1)..text.IndexOf(") -> (", StringComparison.Ordinal)],
                text[(text.IndexOf(") -> (", StringComparison.Ordinal) + 6)..]
            );
            Assert.Equal(results, returned.TrimEnd(')').Split(", ").Select(result => result.Split(' ')[0]));
            return [.. arguments.Split(", ").Where(argument => argument != "*").Select(argument => Kind(argument.Split(' ')[0]))];
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        static ArgumentKind Kind(string type) =>
            type switch
            {
                "Tensor" => ArgumentKind.Tensor,
                "Tensor?" => ArgumentKind.OptionalTensor,
                "float" => ArgumentKind.Number,
                "float?" => ArgumentKind.OptionalNumber,
                "int" or "SymInt" => ArgumentKind.Integer,
                "int?" or "SymInt?" => ArgumentKind.OptionalInteger,
                "bool" => ArgumentKind.Bool,
                _ => throw new InvalidOperationException(type),
            };
    }
}
