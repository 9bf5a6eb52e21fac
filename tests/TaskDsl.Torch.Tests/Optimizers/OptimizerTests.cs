using System.Text.Json;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Optimizers.Steps;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using Adam = TaskDsl.Torch.Optimizers.Adam;
using AdamW = TaskDsl.Torch.Optimizers.AdamW;

namespace TaskDsl.Torch.Tests.Optimizers;

/// <summary>Each optimizer's path against its published formula in float64, and against PyTorch where it has the optimizer.</summary>
public sealed class OptimizerTests : TorchTest
{
    /// <summary>Every optimizer, with everything that its formula has.</summary>
    public static TheoryData<Optimizer> All =>
        [
            new Adam
            {
                LearningRate = 0.02,
                Beta1 = 0.8,
                Beta2 = 0.95,
                Epsilon = 1e-6,
                WeightDecay = 0.1,
            },
            new AdamW
            {
                LearningRate = 0.02,
                Beta1 = 0.8,
                Beta2 = 0.95,
                Epsilon = 1e-6,
                WeightDecay = 0.1,
            },
            new AdamW8Bit
            {
                LearningRate = 0.02,
                Beta1 = 0.8,
                Beta2 = 0.95,
                Epsilon = 1e-6,
                WeightDecay = 0.1,
            },
            new Sgd
            {
                LearningRate = 0.05,
                Momentum = 0,
                WeightDecay = 0.1,
            },
            new Sgd
            {
                LearningRate = 0.05,
                Momentum = 0.8,
                WeightDecay = 0.1,
            },
            new Sgd
            {
                LearningRate = 0.05,
                Momentum = 0.8,
                Nesterov = true,
                WeightDecay = 0.1,
            },
            // At the bottom of the bowl a step is a gradient's rounding over ε: with a small one it grows.
            new RmsProp { LearningRate = 0.02, Epsilon = 1e-3 },
            new RmsProp
            {
                LearningRate = 0.02,
                Alpha = 0.9,
                Epsilon = 0.1,
                WeightDecay = 0.1,
            },
            new Lion
            {
                LearningRate = 0.01,
                Beta1 = 0.8,
                Beta2 = 0.95,
                WeightDecay = 0.1,
            },
            new Adafactor(),
            new Adafactor
            {
                LearningRate = 0.05,
                WeightDecay = 0.1,
                ClipThreshold = 0.5,
                DecayRate = 0.7,
            },
            new Adafactor { LearningRate = 0.05, ScaleParameter = false },
        ];

    [Theory, MemberData(nameof(All))]
    public void The_path_is_the_formulas(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        var step = Formulas.Of(optimizer);
        var states = new Dictionary<string, Dictionary<string, double[]>>();
        Compare(
            Bowl.Path((name, x, g, t, factor) => step(x, g, t, factor, 1, true, name == "matrix", State(states, name))),
            Bowl.Path(optimizer),
            optimizer
        );
    }

    [Theory, MemberData(nameof(All))]
    public void Groups_have_rates_and_decays_of_their_own(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        var step = Formulas.Of(optimizer);
        var states = new Dictionary<string, Dictionary<string, double[]>>();
        Compare(
            Bowl.Path(
                (name, x, g, t, factor) =>
                    step(x, g, t, factor, name == "matrix" ? 0.25 : 1, name == "matrix", name == "matrix", State(states, name))
            ),
            Bowl.Path(optimizer, name => name == "matrix" ? new(0.25, true) : new(1, false)),
            optimizer
        );
    }

    /// <summary>PyTorch 1.13.1's own paths.</summary>
    [Theory, InlineData("adam"), InlineData("adamw"), InlineData("sgd"), InlineData("sgd_momentum"), InlineData("sgd_nesterov")]
    public void The_path_is_pytorchs(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "optimizers.json")));
        var expected = json
            .RootElement.GetProperty("paths")
            .GetProperty(name)
            .EnumerateArray()
            .Select(s => s.EnumerateArray().Select(v => v.GetDouble()).ToArray())
            .ToList();
        Optimizer optimizer = name switch
        {
            "adam" => new Adam
            {
                LearningRate = 0.02,
                Beta1 = 0.8,
                Beta2 = 0.95,
                Epsilon = 1e-6,
                WeightDecay = 0.1,
            },
            "adamw" => new AdamW
            {
                LearningRate = 0.02,
                Beta1 = 0.8,
                Beta2 = 0.95,
                Epsilon = 1e-6,
                WeightDecay = 0.1,
            },
            "sgd" => new Sgd
            {
                LearningRate = 0.05,
                Momentum = 0,
                WeightDecay = 0.1,
            },
            "sgd_momentum" => new Sgd
            {
                LearningRate = 0.05,
                Momentum = 0.8,
                WeightDecay = 0.1,
            },
            _ => new Sgd
            {
                LearningRate = 0.05,
                Momentum = 0.8,
                Nesterov = true,
                WeightDecay = 0.1,
            },
        };
        var actual = Bowl.Path(optimizer);
        Assert.All(expected, (step, i) => Assert.All(step.Zip(actual[10 * i + 9]), p => Assert.Equal(p.First, p.Second, 2e-5)));
    }

    /// <summary>The optimizers that TorchSharp has, on the libtorch that is used here.</summary>
    [Theory, InlineData("adam"), InlineData("adamw"), InlineData("rmsprop"), InlineData("sgd")]
    public void The_path_is_torchsharps(string name)
    {
        var tensors = Bowl
            .Names.Select(n => new Parameter(tensor(Enumerable.Range(0, Bowl.Size(n)).Select(i => (float)Bowl.Start(n, i)).ToArray())))
            .ToArray();
        Optimizer ours = name switch
        {
            "adam" => new Adam
            {
                LearningRate = 0.02,
                Beta1 = 0.8,
                Beta2 = 0.95,
                Epsilon = 1e-6,
                WeightDecay = 0.1,
            },
            "adamw" => new AdamW
            {
                LearningRate = 0.02,
                Beta1 = 0.8,
                Beta2 = 0.95,
                Epsilon = 1e-6,
                WeightDecay = 0.1,
            },
            "rmsprop" => new RmsProp
            {
                LearningRate = 0.02,
                Alpha = 0.9,
                Epsilon = 0.1,
                WeightDecay = 0.1,
            },
            _ => new Sgd
            {
                LearningRate = 0.05,
                Momentum = 0.8,
                Nesterov = true,
                WeightDecay = 0.1,
            },
        };
        optim.Optimizer theirs = name switch
        {
            "adam" => optim.Adam(tensors, 0.02, 0.8, 0.95, 1e-6, 0.1),
            "adamw" => optim.AdamW(tensors, 0.02, 0.8, 0.95, 1e-6, 0.1),
            "rmsprop" => optim.RMSProp(tensors, 0.02, 0.9, 0.1, 0.1),
            _ => optim.SGD(tensors, 0.05, momentum: 0.8, weight_decay: 0.1, nesterov: true),
        };
        var path = new List<double[]>();
        for (var t = 0; t < Bowl.Steps; t++)
        {
            foreach (var (parameter, n) in tensors.Zip(Bowl.Names))
                parameter.grad = tensor(parameter.data<float>().ToArray().Select((x, i) => (float)Bowl.Slope(n, i, x)).ToArray());
            foreach (var group in theirs.ParamGroups)
                group.LearningRate = (name == "sgd" ? 0.05 : 0.02) * Bowl.Factor(t);
            theirs.step();
            path.Add([.. tensors.SelectMany(p => p.data<float>().ToArray().Select(x => (double)x))]);
        }

        theirs.Dispose();
        Compare(path, Bowl.Path(ours), ours);
    }

    [Fact]
    public void Eight_bits_go_where_their_plain_twin_goes()
    {
        const int size = 20 * 256;
        var rates = new AdamWRates(0.01, 0.9, 0.99, 1e-8, 0.01);
        Tensor[] kernel = [.. Open()],
            plain = [.. kernel.Select(t => t.clone())];
        for (var step = 1; step <= 20; step++)
        {
            var gradients = randn(size) * logspace(-4, 0, size);
            Ops.AdamW8BitStep(kernel[0], gradients, Moments(kernel), step, rates);
            PlainOps.AdamW8BitStep(plain[0], gradients, Moments(plain), step, rates);
        }

        // The same but for numbers in the middle between two codes, which rounding sends either way.
        Assert.True((kernel[1] != plain[1]).sum().ToDouble() <= size / 1000, "first moments");
        Assert.True((kernel[3] != plain[3]).sum().ToDouble() <= size / 1000, "second moments");
        Close(plain[0], kernel[0], 0.01);
        Assert.True((plain[0] - kernel[0]).abs().mean().ToDouble() < 1e-5);

        static ByteMoments Moments(Tensor[] all) => new(all[1], all[2], all[3], all[4]);
        static IEnumerable<Tensor> Open() =>
            [randn(size), zeros(size, ScalarType.Byte), zeros(size / 256), zeros(size, ScalarType.Byte), zeros(size / 256)];
    }

    [Fact]
    public void The_nearest_of_256_numbers_is_found()
    {
        foreach (var code in (DynamicCode[])[DynamicCode.Signed, DynamicCode.Unsigned])
        {
            Assert.Equal(256, code.Values.Distinct().Count());
            var random = new Random(1);
            for (var i = 0; i < 20_000; i++)
            {
                var value = (float)((random.NextDouble() * 2 - 1) * Math.Pow(10, -8 * random.NextDouble()));
                var nearest = code.Values.Min(v => Math.Abs((double)v - value));
                Assert.Equal(nearest, Math.Abs((double)code.Values[code.Nearest(value)] - value), 1e-9 * Math.Abs(value));
            }
        }
    }

    [Fact]
    public void The_numbers_of_bytes_are_brought_to_a_device_once()
    {
        var (codes, scales) = (arange(256, dtype: ScalarType.Int64).to(ScalarType.Byte).view(1, 256), ones(1));
        Tensor first;
        using (NewDisposeScope())
        {
            DynamicCode.Signed.Decode(codes, scales);
            first = DynamicCode.Signed.On(CPU).Values;
        }

        Assert.Equal(DynamicCode.Signed.Values, DynamicCode.Signed.Decode(codes, scales).data<float>().ToArray());
        Assert.Same(first, DynamicCode.Signed.On(CPU).Values);
        Assert.NotSame(first, DynamicCode.Signed.On(new Device(TorchSharp.DeviceType.META)).Values);
        Assert.NotSame(first, DynamicCode.Unsigned.On(CPU).Values);
    }

    [Fact]
    public void Nesterov_without_momentum_is_refused() =>
        Assert.Contains(
            "momentum is 0",
            Assert.Throws<MisfitException>(() => Bowl.Path(new Sgd { Momentum = 0, Nesterov = true })).Message,
            StringComparison.Ordinal
        );

    private static Dictionary<string, double[]> State(Dictionary<string, Dictionary<string, double[]>> states, string name)
    {
        if (!states.TryGetValue(name, out var state))
            states[name] = state = [];
        return state;
    }

    /// <summary>
    /// Float32 against float64; where values are rounded to bytes or signs, one that lies on an edge may fall either way for a step.
    /// </summary>
    private static void Compare(List<double[]> expected, List<double[]> actual, Optimizer optimizer)
    {
        var tolerance = optimizer is Lion or AdamW8Bit ? 2e-3 : 1e-4;
        Assert.All(expected.Zip(actual), (step, t) =>
            Assert.All(step.First.Zip(step.Second), (p, i) =>
                Assert.True(Math.Abs(p.First - p.Second) <= tolerance, $"step {t + 1}, number {i}: expected {p.First}, found {p.Second}")
            )
        );
        Assert.True(expected[0].Zip(expected[^1]).Max(p => Math.Abs(p.First - p.Second)) > 0.1, "the path leads nowhere");
    }
}
