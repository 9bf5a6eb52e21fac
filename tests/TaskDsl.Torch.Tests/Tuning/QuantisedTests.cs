using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Weights;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>A frozen base in NF4: what stands on it learns as it would on the numbers that the codes stand for.</summary>
public sealed class QuantisedTests : TorchTest
{
    private const double Tolerance = 1e-6;

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var model in new[] { "llama", "gpt2", "bert_seqcls", "t5" })
            foreach (var (word, method) in CatalogueTests.Methods)
                if (method is AdapterMethod and not Lora { Start: LoraStart.Pissa })
                    all.Add(model, word);
            return all;
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_method_learns_what_it_learns_on_the_numbers_that_the_codes_stand_for(string name, string method)
    {
        using var golden = new GoldenModel(name);
        using var few = Few(golden);
        using var whole = Few(golden);
        whole.Dequantise();
        manual_seed(1); // One of the methods draws by it.
        using var onFew = CatalogueTests.Methods[method].Start(few, 1);
        manual_seed(1);
        using var onWhole = CatalogueTests.Methods[method].Start(whole, 1);
        Assert.Equal(onWhole.Trained.Keys, onFew.Trained.Keys);
        for (var step = 0; step < 3; step++)
        {
            using var scope = NewDisposeScope();
            var (a, b) = (Loss(golden, few), Loss(golden, whole));
            Assert.Equal(b.ToDouble(), a.ToDouble(), Tolerance * Math.Max(1, b.ToDouble()));
            Gradients.Backward(a);
            Gradients.Backward(b);
            using var ungraded = no_grad();
            foreach (var (key, parameter) in onFew.Trained)
            {
                Close(onWhole.Trained[key].grad!, parameter.grad!, Tolerance * Math.Max(1, parameter.grad!.abs().max().ToDouble()));
                parameter.sub_(parameter.grad * 0.1f);
                parameter.grad.zero_();
                onWhole.Trained[key].sub_(onWhole.Trained[key].grad! * 0.1f);
                onWhole.Trained[key].grad!.zero_();
                Close(onWhole.Trained[key], parameter, Tolerance * Math.Max(1, parameter.abs().max().ToDouble()));
            }
        }
    }

    [Fact]
    public void In_sixteen_bits_too()
    {
        using var golden = new GoldenModel("llama");
        using var few = Few(golden);
        using var whole = Few(golden);
        whole.Dequantise();
        using var onFew = new Lora().Start(few, 1);
        using var onWhole = new Lora().Start(whole, 1);
        Tensor a,
            b;
        using (Autocast.BFloat16(CPU))
            (a, b) = (Loss(golden, few), Loss(golden, whole));
        Assert.Equal(b.ToDouble(), a.ToDouble());
        Gradients.Backward(a);
        Gradients.Backward(b);
        foreach (var (key, parameter) in onFew.Trained)
            Close(onWhole.Trained[key].grad!, parameter.grad!, 1e-6);
    }

    /// <summary>Only the maps of the layers are in few bits, in the layout [out, in] whichever way the file has them.</summary>
    [Theory, InlineData("llama"), InlineData("gpt2"), InlineData("bert_seqcls"), InlineData("bart"), InlineData("gemma2")]
    public void The_layers_maps_are_kept_in_few_bits_and_nothing_else(string name)
    {
        using var golden = new GoldenModel(name);
        using var few = Few(golden);
        Assert.Equal(golden.Model.Parameters.Keys.Order(), few.WeightNames.Order());
        Assert.Equal(golden.Model.WeightCount, few.WeightCount);
        Assert.True(few.WeightBytes < golden.Model.WeightBytes);
        var plain = golden.Model.LinearLayers.ToDictionary(map => map.Name);
        foreach (var map in few.LinearLayers)
        {
            Assert.Equal(map.Layer is not null, map.Quantised is not null);
            Assert.Equal(plain[map.Name].Matrix.shape, map.Matrix.shape);
            if (map.Quantised is null)
                continue;
            var (codes, _) = Nf4Code.Encode(plain[map.Name].Matrix.contiguous().flatten());
            Assert.True(TensorMemory.Span<byte>(codes).SequenceEqual(TensorMemory.Span<byte>(((Nf4Weight)map.Quantised).Codes)));
            Assert.DoesNotContain($"{map.Name}.weight", few.Parameters.Keys);
            Assert.Throws<InvalidOperationException>(() => map.Weight);
        }

        var error = Assert.Throws<InvalidOperationException>(() => few.Save(golden.Folder));
        Assert.Contains("dequantise", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Neither a piece nor the whole of what the codes stand for outlives the pass that needs it, in no graph either.</summary>
    [Theory, InlineData(64), InlineData(640)]
    public void Nothing_is_kept_between_forward_and_backward(long pieceRows)
    {
        using var weight = new Watched(640, 64) { PieceRows = pieceRows };
        var x = randn(4, 64).requires_grad_();
        using var y = QuantisedLinear.Of(x, weight, null);
        Assert.Equal(640 / pieceRows, weight.Made);
        Assert.Equal(0, weight.Alive());
        Gradients.Backward(y.sum());
        Assert.Equal(2 * 640 / pieceRows, weight.Made);
        Assert.Equal(0, weight.Alive());
        Close(weight.Matrix.sum([0L]).expand(4, 64), x.grad!, 1e-4);
    }

    /// <summary>DoRA needs the length of each row of the whole: it is computed by pieces, also on top of other updates.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void Dora_never_makes_a_whole_weight(bool onOthers)
    {
        using var golden = new GoldenModel("gpt2");
        using var few = LanguageModel.Load(golden.Folder, ModelConfig.Load(golden.Folder).Keep(new Watching()));
        using var whole = Few(golden);
        whole.Dequantise();
        TuningMethod[] methods = onOthers
            ? [new Lora(), new Ia3 { Sites = [Site.Up, Site.Down] }, new Vera(), new Lora { Dora = true }, new Lora { Dora = true }]
            : [new Lora { Dora = true }];
        var (onFew, onWhole) = (Start(few), Start(whole));
        Watched[] weights = [.. few.LinearLayers.Select(map => map.Quantised).OfType<Watched>()];
        Assert.Contains(weights, weight => weight.Outputs > weight.PieceRows);
        var (a, b) = (Loss(golden, few), Loss(golden, whole));
        Assert.Equal(b.ToDouble(), a.ToDouble(), Tolerance * Math.Max(1, b.ToDouble()));
        Gradients.Backward(a);
        Gradients.Backward(b);
        foreach (var (key, parameter) in onFew.Trained)
            Close(onWhole.Trained[key].grad!, parameter.grad!, 5 * Tolerance * Math.Max(1, parameter.grad!.abs().max().ToDouble()));
        Assert.All(weights, weight => Assert.InRange(weight.Most, 1, weight.PieceRows));

        TunedModel Start(LanguageModel model)
        {
            var tuned = methods.Select((method, i) => method.Start(model, i)).ToArray();
            using var ungraded = no_grad();
            foreach (var parameter in tuned.SelectMany(t => t.Trained.Values))
                parameter.add_(randn(parameter.shape, generator: new Generator(7)), alpha: 0.02f);
            return tuned[^1];
        }
    }

    /// <summary>What is put in the place of codes is frozen, as they were.</summary>
    [Fact]
    public void A_dequantised_weight_is_not_trained()
    {
        using var golden = new GoldenModel("llama");
        using var few = Few(golden);
        using var tuned = new Lora().Start(few, 1);
        few.Dequantise();
        Assert.All(few.LinearLayers, map => Assert.False(map.IsTrained, map.Name));
        Gradients.Backward(Loss(golden, few));
        Assert.All(few.LinearLayers, map => Assert.Null(map.Weight.grad));
    }

    [Fact]
    public void Methods_that_train_or_change_the_weights_themselves_are_refused_by_name()
    {
        using var golden = new GoldenModel("bert_seqcls");
        using var few = Few(golden);
        foreach (var method in (TuningMethod[])[new Full(), new BitFit(), new Partial { Layers = [-1], Head = true }])
            Assert.Contains(
                "model.pretrained.weights keeps them in few bits",
                Assert.Throws<MisfitException>(() => method.Start(few, 1)).Message,
                StringComparison.Ordinal
            );
        Assert.Contains(
            "beside which the biases did not learn",
            Assert.Throws<MisfitException>(() => new BitFit().Start(few, 1)).Message,
            StringComparison.Ordinal
        );
        foreach (var start in (LoraStart[])[LoraStart.Pissa, LoraStart.Olora])
            Assert.Contains(
                $"start: {start.ToString().ToLowerInvariant()} takes a part out of the weight",
                Assert.Throws<MisfitException>(() => new Lora { Start = start }.Start(few, 1)).Message,
                StringComparison.Ordinal
            );
        Assert.All(few.LinearLayers, map => Assert.Empty(map.Updates));
    }

    /// <summary>Nothing is left of the plain weights, whichever way round they lie in the file.</summary>
    [Theory, InlineData("llama"), InlineData("gpt2")]
    public void What_was_put_into_codes_is_freed(string name)
    {
        using var golden = new GoldenModel(name);
        using var scope = NewDisposeScope();
        using var few = Few(golden);
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void An_adapter_is_folded_into_plain_weights_alone()
    {
        using var golden = new GoldenModel("llama");
        using var few = Few(golden);
        using var tuned = new Lora().Start(few, 1);
        Assert.Contains("kept in few bits", Assert.Throws<MisfitException>(tuned.Merge).Message, StringComparison.Ordinal);
        using (no_grad())
            foreach (var parameter in tuned.Trained.Values)
                parameter.add_(0.02f);
        var adapted = golden.Run(few, "full").Logits;
        few.Dequantise();
        tuned.Merge();
        Close(adapted, golden.Run(few, "full").Logits, 1e-5);
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_refused_by_its_name()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new TempFolder();
        using (no_grad())
            golden.Model.Parameters["model.layers.1.mlp.up_proj.weight"].view(-1)[5] = float.NaN;
        golden.Model.Save(folder.Path);
        var error = Assert.Throws<ModelException>(() => LanguageModel.Load(folder.Path, ModelConfig.Load(folder.Path).Keep(new Nf4())));
        Assert.Contains("model.layers.1.mlp.up_proj.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("not finite", error.Message, StringComparison.Ordinal);
    }

    /// <summary>An adapter is the same file whatever the base was kept as.</summary>
    [Fact]
    public void A_saved_adapter_loads_on_plain_weights_and_on_few_bits()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new TempFolder();
        using var few = Few(golden);
        Tensor expected;
        using (var tuned = new Lora { Dora = true }.Start(few, 1))
        {
            using (no_grad())
                foreach (var parameter in tuned.Trained.Values)
                    parameter.add_(0.01f);
            expected = golden.Run(few, "full").Logits;
            tuned.Save(folder.Path, "base");
        }

        using (var file = SafetensorsFile.Open(folder.File("adapter_model.safetensors")))
            Assert.All(file.Tensors.Keys, key => Assert.Contains(".lora_", key, StringComparison.Ordinal));
        using (AdapterFolder.Load(few, folder.Path))
            Close(expected, golden.Run(few, "full").Logits, 0);
        using var onPlain = AdapterFolder.Load(golden.Model, folder.Path);
        Assert.True((expected - golden.Run("full").Logits).abs().max().ToDouble() > 1e-4); // Another base, and no error.
    }

    /// <summary>A weight in NF4 that knows what it was asked for, and what of it is still there, natively too.</summary>
    private sealed class Watched(Tensor matrix) : QuantisedWeight(matrix.size(0), matrix.size(1))
    {
        private readonly Nf4Weight inner = new(matrix);
        private readonly List<WeakReference> made = [];

        public Watched(long outputs, long inputs)
            : this(randn(outputs, inputs)) { }

        public override long Bytes => inner.Bytes;

        public int Made => made.Count;

        /// <summary>The most rows that were asked for at once.</summary>
        public long Most { get; private set; }

        public override Tensor Rows(long from, long count)
        {
            Most = Math.Max(Most, count);
            using var rows = inner.Rows(from, count);
            return Tracked(TensorMemory.Span<float>(rows).ToArray()).view(count, Inputs);
        }

        public int Alive()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            return made.Count(array => array.IsAlive);
        }

        public override void Dispose()
        {
            inner.Dispose();
            base.Dispose();
        }

        /// <summary>The tensor is the array: as long as anything native has it, the array is held.</summary>
        private Tensor Tracked(float[] numbers)
        {
            made.Add(new WeakReference(numbers));
            return frombuffer(numbers, ScalarType.Float32);
        }
    }

    private sealed record Watching : WeightFormat
    {
        public override QuantisedWeight Quantise(Tensor matrix) => new Watched(matrix) { PieceRows = 64 };
    }

    private static LanguageModel Few(GoldenModel golden) =>
        LanguageModel.Load(golden.Folder, ModelConfig.Load(golden.Folder).Keep(new Nf4()));

    private static Tensor Loss(GoldenModel golden, LanguageModel model) => golden.Run(model, "full").Logits.square().mean();
}
