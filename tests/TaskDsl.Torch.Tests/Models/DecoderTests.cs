using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Safetensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

public sealed class DecoderTests : TorchTest
{
    private static readonly NewDecoder Shape = new()
    {
        HiddenSize = 32,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        FeedForwardSize = 48,
        Tied = true,
        MaxPositions = 64,
    };
    private static readonly ModelConfig Small = Shape.Config(64, 1, 0);

    [Fact]
    public void Packed_examples_neither_see_each_other_nor_shift_each_others_positions()
    {
        using var decoder = Decoder.Create(Small, 3);
        long[] first = [5, 9, 11, 2, 7],
            second = [30, 31, 5];
        var packed = tensor(
            new long[,]
            {
                { 5, 9, 11, 2, 7, 30, 31, 5 },
            }
        );
        var segments = tensor(
            new long[,]
            {
                { 1, 1, 1, 1, 1, 2, 2, 2 },
            }
        );
        var at = tensor(
            new long[,]
            {
                { 0, 1, 2, 3, 4, 0, 1, 2 },
            }
        );
        var together = decoder.Hidden(packed, at, AttentionPattern.Packed(segments));
        Close(decoder.Hidden(tensor(first).unsqueeze(0)), together.narrow(1, 0, 5), 1e-6);
        Close(decoder.Hidden(tensor(second).unsqueeze(0)), together.narrow(1, 5, 3), 1e-6);
        Gradients.Backward(together.narrow(1, 5, 3).square().sum());
        var touched = decoder.Parameters["model.embed_tokens.weight"].grad!;
        Assert.Equal(0f, touched[9].abs().sum().ToSingle());
        Assert.NotEqual(0f, touched[30].abs().sum().ToSingle());
    }

    [Fact]
    public void A_seed_makes_one_model_and_another_seed_another()
    {
        using var one = Decoder.Create(Small, 3);
        using var same = Decoder.Create(Small, 3);
        using var other = Decoder.Create(Small, 4);
        const string name = "model.layers.1.mlp.down_proj.weight";
        Close(one.Parameters[name], same.Parameters[name], 0);
        Assert.True((one.Parameters[name] - other.Parameters[name]).abs().max().ToSingle() > 1e-3);
        Assert.Equal(0.02 / 2, one.Parameters[name].std().ToDouble(), 1e-3);
    }

    [Fact]
    public void Dropout_leaves_out_a_share_and_keeps_the_mean()
    {
        using var decoder = Decoder.Create(Small, 3);
        var ids = randint(0, 64, [2, 16], dtype: ScalarType.Int64);
        var whole = decoder.Hidden(ids);
        Close(whole, decoder.Hidden(ids), 0);
        decoder.Dropout = 0.5;
        var (first, second) = (decoder.Hidden(ids), decoder.Hidden(ids));
        Assert.True((first - second).abs().max().ToSingle() > 0.1);
        var mean = Enumerable.Range(0, 200).Select(_ => decoder.Hidden(ids)).Aggregate((a, b) => a + b) / 200;
        Assert.True((mean - whole).abs().mean().ToSingle() < (first - whole).abs().mean().ToSingle() / 2);
        decoder.Dropout = 0;
        Close(whole, decoder.Hidden(ids), 0);
    }

    [Theory]
    [InlineData(WeightType.BFloat16, ScalarType.BFloat16, 2)]
    [InlineData(WeightType.Float16, ScalarType.Float16, 2)]
    [InlineData(WeightType.Float32, ScalarType.Float32, 4)]
    public void Weights_are_saved_in_the_numbers_that_the_configuration_names(WeightType type, ScalarType scalar, int bytes)
    {
        using var decoder = Decoder.Create((Shape with { StoredAs = type }).Config(64, 1, 0), 3);
        using var folder = new TempFolder();
        decoder.Save(folder.Path);
        using var again = Decoder.Load(folder.Path);
        Assert.Equal(type, again.Config.StoredAs);
        foreach (var (name, weight) in decoder.Parameters)
            Close(weight.to(scalar).to(ScalarType.Float32), again.Parameters[name], 0);
        Assert.InRange(
            new FileInfo(Path.Combine(folder.Path, "model.safetensors")).Length - bytes * decoder.Parameters.Values.Sum(p => p.numel()),
            0,
            4096
        );
    }

    [Fact]
    public void Bfloat16_stays_near_float32_and_leaves_float32_gradients()
    {
        using var decoder = Decoder.Create(Small, 3);
        var ids = randint(0, 64, [2, 16], dtype: ScalarType.Int64);
        var exact = decoder.Logits(decoder.Hidden(ids));
        Tensor near;
        using (Autocast.BFloat16(CPU))
            near = decoder.Logits(decoder.Hidden(ids));
        Assert.Equal(ScalarType.BFloat16, near.dtype);
        Close(exact, near, 0.02 * exact.abs().max().ToDouble());
        Gradients.Backward(near.to(ScalarType.Float32).square().sum());
        Assert.All(decoder.Parameters.Values, p => Assert.Equal(ScalarType.Float32, p.grad!.dtype));
    }

    [Fact]
    public void An_update_hangs_on_its_site()
    {
        using var decoder = Decoder.Create(Small, 3);
        Assert.Equal(14 + 2, decoder.LinearLayers.Count); // The embedding and the head too.
        var ids = tensor(
            new long[,]
            {
                { 1, 2, 3 },
            }
        );
        var before = decoder.Hidden(ids);
        var site = decoder.LinearLayers.Single(s => s.Name == "model.layers.1.self_attn.v_proj");
        site.Updates.Add(new Doubled());
        Assert.True((decoder.Hidden(ids) - before).abs().max().ToSingle() > 1e-4);
        site.Updates.Clear();
        Close(before, decoder.Hidden(ids), 0);
    }

    [Theory, MemberData(nameof(GoldenModel.Decoders), MemberType = typeof(GoldenModel))]
    public void Any_decoder_can_see_ahead(string name)
    {
        using var golden = new GoldenModel(name);
        var decoder = (Decoder)golden.Model;
        var (ids, changed) = (
            tensor(
                new long[,]
                {
                    { 5, 9, 11, 2, 7 },
                }
            ),
            tensor(
                new long[,]
                {
                    { 5, 9, 11, 2, 8 },
                }
            )
        );
        Close(decoder.Hidden(ids).narrow(1, 0, 4), decoder.Hidden(changed).narrow(1, 0, 4), 0);
        decoder.IsBidirectional = true;
        var seeing = decoder.Hidden(ids);
        Assert.True((seeing - decoder.Hidden(changed)).narrow(1, 3, 1).abs().max().ToSingle() > 1e-3);
        // Padding on the right is not seen, and segments do not see each other.
        var padded = decoder.Hidden(
            tensor(
                new long[,]
                {
                    { 5, 9, 11, 2, 7, 0, 0 },
                }
            ),
            null,
            AttentionPattern.Padded(
                tensor(
                    new[,]
                    {
                        { true, true, true, true, true, false, false },
                    }
                )
            )
        );
        Close(seeing, padded.narrow(1, 0, 5), 1e-5);
        var packed = decoder.Hidden(
            tensor(
                new long[,]
                {
                    { 30, 31, 5, 9, 11, 2, 7 },
                }
            ),
            tensor(
                new long[,]
                {
                    { 0, 1, 0, 1, 2, 3, 4 },
                }
            ),
            AttentionPattern.Packed(
                tensor(
                    new long[,]
                    {
                        { 1, 1, 2, 2, 2, 2, 2 },
                    }
                )
            )
        );
        Close(seeing, packed.narrow(1, 2, 5), 1e-5);
        using var folder = new TempFolder();
        decoder.Save(folder.Path);
        using var again = Decoder.Load(folder.Path);
        Assert.True(again.IsBidirectional);
        Assert.Throws<ArgumentException>(() => decoder.Hidden(ids, cache: new KvCache(8)));
        decoder.IsBidirectional = false;
        Close(golden["full/logits"], golden.Run("full").Logits, 5e-5);
    }

    [Fact]
    public void Steps_leave_no_native_memory_behind()
    {
        using var decoder = Decoder.Create(Small, 3);
        var ids = randint(0, 64, [4, 32], dtype: ScalarType.Int64);
        Steps(50);
        var (tensors, memory) = (SettledTensors(), Resident());
        Steps(200);
        Assert.InRange(Tensor.TotalCount - tensors, long.MinValue, 50);
        Assert.True(Resident() - memory < 32 << 20, $"{(Resident() - memory) >> 20} MB more after 200 steps");

        static long Resident()
        {
            GC.Collect();
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.WorkingSet64;
        }

        void Steps(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var scope = NewDisposeScope();
                Gradients.Backward(decoder.Logits(decoder.Hidden(ids)).square().mean());
                foreach (var parameter in decoder.Parameters.Values)
                    parameter.grad?.zero_();
                using var ungraded = no_grad();
                using var cache = new KvCache(64);
                decoder.Hidden(ids, cache: cache);
            }
        }
    }

    [Theory]
    [InlineData("""{"model_type":"spiral"}""", "'spiral' is not known; expected one of ")]
    [InlineData("""{"model_type":"llama","vocab_size":8}""", "lacks num_attention_heads")]
    [InlineData(
        """{"model_type":"llama","num_attention_heads":3,"hidden_size":12,"vocab_size":8,"num_hidden_layers":1"""
            + ""","num_key_value_heads":2,"intermediate_size":8}""",
        "no multiple"
    )]
    [InlineData(
        """{"model_type":"llama","num_attention_heads":4,"hidden_size":12,"vocab_size":8,"num_hidden_layers":1,"intermediate_size":8}""",
        "even number"
    )]
    [InlineData(
        """{"model_type":"llama","num_attention_heads":2,"hidden_size":12,"vocab_size":8,"num_hidden_layers":1"""
            + ""","intermediate_size":8,"rope_scaling":{"rope_type":"spiral"}}""",
        "'spiral' is not supported"
    )]
    [InlineData(
        """{"model_type":"llama","hidden_act":"softsign","num_attention_heads":2,"hidden_size":12,"vocab_size":8"""
            + ""","num_hidden_layers":1,"intermediate_size":8}""",
        "'softsign' is not supported"
    )]
    [InlineData(
        """{"model_type":"llama","num_attention_heads":2,"hidden_size":12,"vocab_size":8,"num_hidden_layers":1"""
            + ""","intermediate_size":8,"torch_dtype":"float8_e4m3fn"}""",
        "expected one of float32, bfloat16, float16"
    )]
    [InlineData("""{"model_type":7}""", "model_type is 7; expected a text")]
    [InlineData("{", "no config.json")]
    public void A_configuration_that_is_not_supported_says_why(string json, string problem)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("config.json"), json);
        Assert.Contains(problem, Assert.Throws<ModelException>(() => ModelConfig.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_do_not_fit_the_configuration_are_named()
    {
        using var folder = new TempFolder();
        using var decoder = Decoder.Create(Small, 3);
        decoder.Save(folder.Path);
        (Shape with { FeedForwardSize = 40 }).Config(64, 1, 0).Save(folder.Path);
        Assert.Equal("model.layers.0.mlp.gate_proj.weight", Assert.Throws<SafetensorsException>(() => Decoder.Load(folder.Path)).Tensor);
        (Shape with { Layers = 3 }).Config(64, 1, 0).Save(folder.Path);
        Assert.Equal("model.layers.2.input_layernorm.weight", Assert.Throws<SafetensorsException>(() => Decoder.Load(folder.Path)).Tensor);
        (Shape with { Layers = 1 }).Config(64, 1, 0).Save(folder.Path);
        Assert.Contains(
            "model.layers.1.input_layernorm.weight",
            Assert.Throws<ModelException>(() => Decoder.Load(folder.Path)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no model folder",
            Assert.Throws<ModelException>(() => Decoder.Load(folder.File("absent"))).Message,
            StringComparison.Ordinal
        );
    }

    private sealed class Doubled : LinearUpdate
    {
        public override Tensor Forward(LinearMap map, Tensor x) => map.Forward(x) * 2;

        public override (Tensor Matrix, Tensor? Bias) Merged(LinearMap map) => (map.Matrix * 2, map.Bias is null ? null : map.Bias * 2);
    }
}
