using TaskDsl.Torch.Native;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Native;

/// <summary>Each operation of <see cref="Ops"/> against its twin: values and gradients.</summary>
public sealed class OpsTests : TorchTest
{
    [Theory]
    [InlineData(64)]
    [InlineData(7)] // No whole vectors: libtorch's own operator.
    public void Rms_norm_agrees_with_its_twin(int size) =>
        Agree([randn(3, 300, size), randn(size)], x => Ops.RmsNorm(x[0], x[1], 1e-5), x => PlainOps.RmsNorm(x[0], x[1], 1e-5));

    [Theory, InlineData(64), InlineData(7)]
    public void Sixteen_bits_are_normalised_in_the_weights_numbers(int size)
    {
        var (x, weight) = (randn(30, size).to(ScalarType.BFloat16).requires_grad_(true), randn(size).requires_grad_(true));
        var wide = x.detach().to(ScalarType.Float32).requires_grad_(true);
        var (expected, actual) = (Ops.RmsNorm(wide, weight, 1e-5), Ops.RmsNorm(x, weight, 1e-5));
        Assert.Equal(ScalarType.Float32, actual.dtype);
        Close(expected, actual, 0);
        Gradients.Backward(expected.square().sum());
        var learned = weight.grad!.clone();
        weight.grad = null;
        Gradients.Backward(actual.square().sum());
        Close(learned, weight.grad!, 0);
        Close(wide.grad!.to(ScalarType.BFloat16), x.grad!, 0);
    }

    [Theory]
    [InlineData(200, 96, 320, true)]
    [InlineData(150, 320, 96, false)]
    [InlineData(3, 5, 7, true)] // Too small for oneDNN.
    public void A_linear_map_agrees_with_its_twin(int rows, int inputs, int outputs, bool bias)
    {
        Tensor[] given = [randn(2, rows, inputs), randn(outputs, inputs) / Math.Sqrt(inputs), .. bias ? new[] { randn(outputs) } : []];
        Assert.Equal(LinearKernel.IsFaster && rows > 100, LinearKernel.Fits(given[0], given[1]));
        Agree(given, x => Ops.Linear(x[0], x[1], bias ? x[2] : null), x => PlainOps.Linear(x[0], x[1], bias ? x[2] : null));
        if (rows > 100)
            Agree(given, x => LinearKernel.apply(x[0], x[1], bias ? x[2] : null!), x => PlainOps.Linear(x[0], x[1], bias ? x[2] : null));
    }

    /// <summary>On a GPU a mask asks for heads that are not grouped: each must see the keys of its own group.</summary>
    [Theory]
    [InlineData(4, 2), InlineData(6, 1), InlineData(3, 3)]
    public void Heads_that_are_no_longer_grouped_see_the_same(int heads, int keyHeads)
    {
        var (query, key, value) = (randn(2, heads, 3, 4), randn(2, keyHeads, 3, 4), randn(2, keyHeads, 3, 4));
        var (keys, values) = Ops.Ungrouped(query, key, value);
        Assert.Equal(heads, keys.size(1));
        var mask = ones(3, 3, dtype: ScalarType.Bool).tril();
        Close(Ops.Attention(query, key, value, mask), Ops.Attention(query, keys, values, mask), 1e-6);
    }

    [Fact]
    public void A_linear_map_gives_gradients_to_what_wants_them()
    {
        var (x, weight) = (randn(256, 128), randn(192, 128));
        foreach (var frozen in new[] { x, weight })
        {
            Tensor[] leaves = [.. new[] { x, weight }.Select(t => t.clone().requires_grad_(!ReferenceEquals(t, frozen)))];
            Gradients.Backward(Ops.Linear(leaves[0], leaves[1]).square().sum());
            var rest = (2 * x.mm(weight.t())) switch
            {
                var g => ReferenceEquals(frozen, x) ? g.t().mm(x) : g.mm(weight),
            };
            Close(rest, leaves.Single(l => l.requires_grad).grad!, 1e-4 * rest.abs().max().ToDouble());
            Assert.Null(leaves.Single(l => !l.requires_grad).grad);
        }

        Close(x.mm(weight.t()), Ops.Linear(x.t().contiguous().t(), weight), 1e-4);
    }

    [Theory]
    [InlineData(32, 1)]
    [InlineData(64, 3)]
    [InlineData(6, 3)]
    public void Rotation_agrees_with_its_twin(int size, int rows)
    {
        var angles = randn(rows, 70, 1, size / 2);
        angles = cat([angles, angles], 3);
        Agree(
            [randn(3, 70, 5, size)],
            x => Ops.Rotate(x[0], angles.cos(), angles.sin()),
            x => PlainOps.Rotate(x[0], angles.cos(), angles.sin())
        );
    }

    [Theory]
    [InlineData(ScalarType.BFloat16, 64, 3e-2)]
    [InlineData(ScalarType.BFloat16, 6, 3e-2)]
    [InlineData(ScalarType.Float16, 64, 4e-3)]
    [InlineData(ScalarType.Float32, 64, 1e-6)]
    public void Rotation_keeps_the_numbers_of_its_input(ScalarType type, int size, double rounding)
    {
        var angles = randn(1, 70, 1, size / 2);
        angles = cat([angles, angles], 3);
        var (cosine, sine) = (angles.cos(), angles.sin());
        var (x, weights) = (randn(3, 70, 5, size).to(type).requires_grad_(true), randn(3, 70, 5, size).to(type));
        var wide = x.detach().to(ScalarType.Float32).requires_grad_(true);
        var (expected, actual) = (PlainOps.Rotate(wide, cosine, sine), Ops.Rotate(x, cosine, sine));
        Gradients.Backward((expected * weights.to(ScalarType.Float32)).sum());
        Gradients.Backward((actual * weights).sum());
        Assert.Equal((type, type), (actual.dtype, x.grad!.dtype));
        Close(expected, actual, rounding);
        Close(wide.grad!, x.grad!, rounding);

        // What a GPU takes, both ways.
        using var ungraded = no_grad();
        Assert.Equal(type, Rotation.InPlace(x, cosine, sine, 1).dtype);
        Close(expected, Rotation.InPlace(x, cosine, sine, 1), rounding);
        Close(wide.grad!, Rotation.InPlace(weights, cosine, sine, -1), rounding);
    }

    [Fact]
    public void Embedding_agrees_with_its_twin() =>
        Agree(
            [randn(7, 4)],
            x =>
                Ops.Embedding(
                    x[0],
                    tensor(
                        new long[,]
                        {
                            { 1, 6, 1 },
                            { 0, 3, 3 },
                        }
                    )
                ),
            x =>
                PlainOps.Embedding(
                    x[0],
                    tensor(
                        new long[,]
                        {
                            { 1, 6, 1 },
                            { 0, 3, 3 },
                        }
                    )
                )
        );

    [Theory]
    [InlineData(6, 6, null, false, false)]
    [InlineData(6, 2, null, true, false)]
    [InlineData(6, 2, 0.3, false, true)]
    [InlineData(4, 1, 0.7, true, false)]
    public void Attention_agrees_with_its_twin(int heads, int keyHeads, double? scale, bool causal, bool masked)
    {
        var mask = masked ? ones(2, 1, 9, 9, dtype: ScalarType.Bool).tril() : null;
        Agree(
            [randn(2, heads, 9, 16), randn(2, keyHeads, 9, 16), randn(2, keyHeads, 9, 16)],
            x => Ops.Attention(x[0], x[1], x[2], mask, causal, scale),
            x => PlainOps.Attention(x[0], x[1], x[2], mask, causal, scale)
        );
    }

    [Fact]
    public void AdamW_agrees_with_its_twin_over_many_steps()
    {
        var rates = new AdamWRates(0.05, 0.8, 0.95, 1e-6, 0.1);
        Tensor[] fused = [randn(37), zeros(37), zeros(37)];
        Tensor[] plain = [.. fused.Select(t => t.clone())];
        var before = fused[0].clone();
        for (var step = 1; step <= 12; step++)
        {
            var gradient = randn(37);
            Ops.AdamWStep(fused[0], gradient, fused[1], fused[2], step, rates);
            PlainOps.AdamWStep(plain[0], gradient, plain[1], plain[2], step, rates);
        }

        Assert.True((fused[0] - before).abs().max().ToSingle() > 0.1);
        for (var i = 0; i < 3; i++)
            Close(plain[i], fused[i], 1e-5);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named_before_libtorch_sees_them()
    {
        var norm = Assert.Throws<ArgumentException>(() => Ops.RmsNorm(randn(2, 8), randn(7), 1e-5));
        Assert.Contains("[2, 8]", norm.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Ops.Attention(randn(1, 5, 3, 4), randn(1, 2, 3, 4), randn(1, 2, 3, 4)));
        Assert.Throws<ArgumentException>(() => Ops.Attention(randn(1, 2, 1, 4), randn(1, 2, 3, 4), randn(1, 2, 3, 4), causal: true));
        Assert.Contains(
            "[7, 9]",
            Assert.Throws<ArgumentException>(() => Ops.Linear(randn(2, 8), randn(7, 9))).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => Ops.Embedding(randn(3, 4), tensor(new[] { 1 })));
        Assert.Throws<ArgumentException>(() => Ops.AdamWStep(zeros(3), zeros(4), zeros(3), zeros(3), 1, new AdamWRates(1e-3)));
    }

    [Fact]
    public void Autocast_computes_products_in_bfloat16_and_ends_with_its_scope()
    {
        var weight = randn(4, 8).requires_grad_(true);
        var x = randn(3, 8);
        Tensor product;
        using (Autocast.BFloat16(CPU))
            product = nn.functional.linear(x, weight);
        Assert.Equal(ScalarType.BFloat16, product.dtype);
        product.to(ScalarType.Float32).square().sum().backward();
        Assert.Equal(ScalarType.Float32, weight.grad!.dtype);
        Assert.Equal(ScalarType.Float32, nn.functional.linear(x, weight).dtype);
    }

    private static void Agree(Tensor[] inputs, Func<Tensor[], Tensor> native, Func<Tensor[], Tensor> plain)
    {
        var (expected, expectedGradients) = Run(plain);
        var (actual, gradients) = Run(native);
        Close(expected, actual, 1e-5);
        foreach (var (e, a) in expectedGradients.Zip(gradients))
            Close(e, a, 1e-4);

        (Tensor Value, Tensor[] Gradients) Run(Func<Tensor[], Tensor> op)
        {
            Tensor[] leaves = [.. inputs.Select(t => t.detach().clone().requires_grad_(true))];
            var value = op(leaves);
            Gradients.Backward((value * arange(value.numel(), dtype: ScalarType.Float32).view(value.shape).cos()).sum());
            return (value, [.. leaves.Select(l => l.grad!)]);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, 64, 2e-6)]
    [InlineData(ScalarType.Float32, 1003, 2e-6)] // with a rest behind the last vector
    [InlineData(ScalarType.BFloat16, 64, 4e-3)] // one rounding apart
    [InlineData(ScalarType.BFloat16, 1003, 4e-3)]
    public void Cross_entropy_agrees_with_its_twin(ScalarType type, int size, double tolerance)
    {
        var scores = (randn(50, size) * 8).to(type);
        scores[3, 5] = float.NegativeInfinity;
        scores[4, 6] = 200f;
        var (targets, weights) = (randint(0, size, [50], dtype: ScalarType.Int64), rand(50));
        targets[0] = size - 1;
        foreach (var graded in (bool[])[true, false])
        {
            var (kernel, plain) = (scores.clone(), scores.clone());
            Assert.True(CrossEntropyKernel.Fits(kernel, targets, weights));
            var expected = PlainOps.CrossEntropy(plain, targets, weights, graded).ToDouble();
            Assert.Equal(expected, Ops.CrossEntropy(kernel, targets, weights, graded).ToDouble(), 1e-5 * expected);
            Close(plain.nan_to_num(neginf: -1), kernel.nan_to_num(neginf: -1), tolerance);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, float.NaN)]
    [InlineData(ScalarType.BFloat16, float.NaN)]
    [InlineData(ScalarType.Float32, float.PositiveInfinity)]
    [InlineData(ScalarType.BFloat16, float.PositiveInfinity)]
    public void A_score_that_is_no_number_makes_a_loss_that_is_none(ScalarType type, float value)
    {
        foreach (var place in (int[])[0, 40, 66])
        {
            var scores = randn(2, 67).to(type);
            scores[1, place] = value;
            Assert.False(double.IsFinite(Ops.CrossEntropy(scores, zeros(2, ScalarType.Int64), ones(2), graded: true).ToDouble()));
        }
    }

    [Theory, InlineData(ScalarType.Float32), InlineData(ScalarType.BFloat16)]
    public void A_target_that_is_no_score_is_named_before_memory_is_read_there(ScalarType type)
    {
        foreach (var target in (long[])[-100, 67, long.MaxValue])
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
                Ops.CrossEntropy(randn(2, 67).to(type), tensor(new[] { 3, target }), ones(2), graded: true)
            );
            Assert.Contains($"the target {target} is none of 67 scores", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Views_with_gaps_are_read_as_what_they_are()
    {
        var (scores, targets, weights) = (
            randn(3, 16),
            tensor(new long[] { 1, 9, 2, 9, 3, 9 }).view(3, 2).select(1, 0),
            rand(3, 2).select(1, 0)
        );
        Assert.Equal(
            PlainOps.CrossEntropy(scores.clone(), targets, weights, false).ToDouble(),
            Ops.CrossEntropy(scores, targets, weights, false).ToDouble(),
            1e-5
        );
        Tensor[] values = [randn(512), randn(512, 2).select(1, 0)];
        values[1].copy_(values[0]);
        var gradients = randn(512);
        foreach (var value in values)
            Ops.AdamW8BitStep(
                value,
                gradients,
                new ByteMoments(zeros(512, ScalarType.Byte), zeros(2), zeros(512, ScalarType.Byte), zeros(2)),
                1,
                new AdamWRates(0.1)
            );
        Close(values[0], values[1], 1e-6);
    }

    [Fact]
    public void Nothing_becomes_nothing()
    {
        Assert.Equal([2, 0], Ops.RmsNorm(randn(2, 0), ones(0), 1e-5).shape);
        Assert.Equal([0, 16], Ops.RmsNorm(randn(0, 16), ones(16), 1e-5).shape);
        Assert.Equal([1, 2, 1, 0], Ops.Rotate(randn(1, 2, 1, 0), randn(1, 2, 1, 0), randn(1, 2, 1, 0)).shape);
        Assert.Equal([0, 4], Ops.Linear(randn(0, 16), randn(4, 16)).shape);
        Assert.Equal(0, Ops.CrossEntropy(randn(0, 16), zeros(0, ScalarType.Int64), ones(0), graded: true).ToDouble());
    }

    [Fact]
    public void Powers_of_e_are_exact_to_the_last_places()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var x = (float)(-87 + 100 * random.NextDouble());
            var exact = Math.Exp(x);
            Assert.InRange(Simd.Exp(new System.Numerics.Vector<float>(x))[0], exact * (1 - 3e-7), exact * (1 + 3e-7));
        }
    }
}
