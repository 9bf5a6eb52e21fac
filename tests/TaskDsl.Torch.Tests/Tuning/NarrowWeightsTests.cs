using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>
/// Frozen weights that stay in their file's 16 bits, as on a GPU: what is computed is, bit for bit, what float32 ones give, and so is what
/// is saved.
/// </summary>
public sealed class NarrowWeightsTests : TorchTest
{
    public static TheoryData<string, string> Adapters
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var method in CatalogueTests.Methods.Keys)
            foreach (var model in (string[])["llama", "gpt2", "bert_seqcls", "t5"])
                if (method != "bitfit" || model is not ("llama" or "t5"))
                    all.Add(model, method);
            return all;
        }
    }

    [Theory, MemberData(nameof(Adapters))]
    public void Every_method_computes_and_folds_the_same_bits(string name, string method)
    {
        using var golden = new GoldenModel(name);
        using var folder = new TempFolder();
        Write(golden.Model, folder.Path);
        using var plain = Load(folder.Path, null);
        using var narrow = Load(folder.Path, WeightType.BFloat16);
        Assert.Equal(plain.WeightCount, narrow.WeightCount);
        Assert.Equal(Maps(plain).Sum(map => 2 * map.Inputs * map.Outputs), plain.WeightBytes - narrow.WeightBytes);
        var (expected, actual) = (Compute(plain), Compute(narrow));
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Assert.True(
                MemoryMarshal.AsBytes(e.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(a.AsSpan())),
                $"differs by {e.Zip(a).Max(n => Math.Abs(n.First - n.Second))}"
            );

        List<float[]> Compute(LanguageModel model)
        {
            manual_seed(3);
            using var tuned = CatalogueTests.Methods[method].Start(model, 1);
            using (no_grad())
                foreach (var parameter in tuned.Trained.Values)
                    parameter.add_(randn_like(parameter) * 0.02);
            List<float[]> found = [Numbers(golden.Run(model, "right").Logits)];
            using (Autocast.BFloat16(CPU))
            {
                var scores = golden.Run(model, "right").Logits;
                found.Add(Numbers(scores));
                Gradients.Backward(scores.to(ScalarType.Float32).square().mean());
            }

            found.AddRange(tuned.Trained.Values.Where(p => p.grad is not null).Select(p => Numbers(p.grad!)));
            if (tuned.MergeObstacle is null)
                tuned.Merge();
            else if (!tuned.SavesWholeModel)
                tuned.Dispose();
            found.AddRange(model.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => Numbers(p.Value)));
            using var written = new TempFolder();
            model.Save(written.Path);
            using var files = SafetensorsFolder.Open(written.Path);
            found.AddRange(files.Names.Order(StringComparer.Ordinal).Select(tensor => Numbers(files.Read(tensor, Shape(tensor)))));
            return found;

            long[] Shape(string tensor) => model.Parameters.TryGetValue(tensor, out var p) ? p.shape : [];
        }
    }

    [Fact]
    public void What_sixteen_bits_cannot_say_stays_in_float32()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new TempFolder();
        Write(golden.Model, folder.Path);
        using var other = Load(folder.Path, WeightType.Float16); // Not what the file has.
        Assert.DoesNotContain(Maps(other), map => map.IsNarrow);
        using var explicitly = LanguageModel.Load(
            folder.Path,
            ModelConfig.Load(folder.Path).KeepFrozen(WeightType.BFloat16).Keep(new Torch.Models.Weights.Float32())
        );
        Assert.DoesNotContain(Maps(explicitly), map => map.IsNarrow);

        // Files whose config.json says other numbers than they have.
        using var lies = new TempFolder();
        golden.Model.Save(lies.Path);
        var json = Path.Combine(lies.Path, "config.json");
        var settings = JsonNode.Parse(File.ReadAllText(json))!.AsObject();
        (settings["dtype"], settings["torch_dtype"]) = ("bfloat16", "bfloat16");
        File.WriteAllText(json, settings.ToJsonString());
        using var wide = Load(lies.Path, WeightType.BFloat16);
        Assert.DoesNotContain(Maps(wide), map => map.IsNarrow);
    }

    [Fact]
    public void Only_a_gpu_that_computes_in_them_keeps_them()
    {
        var recipe = Training.TinyModel.Recipe("model") with { Tuning = new Lora(), Precision = Recipes.Precision.BFloat16 };
        var gpu = new Device(DeviceType.CUDA, 0);
        Assert.Equal(WeightType.BFloat16, recipe.FrozenOn(gpu));
        Assert.Equal(WeightType.Float16, (recipe with { Precision = Recipes.Precision.Float16 }).FrozenOn(gpu));
        Assert.Null((recipe with { Precision = Recipes.Precision.Float32 }).FrozenOn(gpu));
        Assert.Null((recipe with { Tuning = new Full() }).FrozenOn(gpu));
        Assert.Null(recipe.FrozenOn(CPU));
    }

    private static IEnumerable<Torch.Models.Layers.LinearLayer> Maps(LanguageModel model) =>
        model.LinearLayers.Where(map => map.Layer is not null);

    private static LanguageModel Load(string folder, WeightType? frozen) =>
        LanguageModel.Load(folder, ModelConfig.Load(folder).KeepFrozen(frozen));

    /// <summary>The model in bfloat16.</summary>
    private static void Write(LanguageModel model, string folder)
    {
        using var wide = new TempFolder();
        model.Save(wide.Path);
        using var same = LanguageModel.Load(
            wide.Path,
            model.Config.With(
                KeyValuePair.Create("dtype", (JsonNode?)"bfloat16"),
                KeyValuePair.Create("torch_dtype", (JsonNode?)"bfloat16")
            )
        );
        same.Save(folder);
    }

    private static float[] Numbers(Tensor tensor) => tensor.detach().to(ScalarType.Float32).contiguous().data<float>().ToArray();
}
