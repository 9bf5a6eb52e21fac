using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>Adapters on top of adapters.</summary>
public sealed class StackTests : TorchTest
{
    private static Tensor Ids => tensor(new long[] { 7, 8, 9 }, [1, 3]);

    /// <summary>Each map is what the formulas say: W + s₁ B₁ A₁, its inputs and outputs weighed, + s₂ B₂ A₂.</summary>
    [Fact]
    public void Each_update_stands_on_those_before_it()
    {
        using var golden = new GoldenModel("llama");
        using var ungraded = no_grad();
        using var first = Moved(new Lora { Rank = 2, Sites = [Site.Down] }.Start(golden.Model, 1));
        using var second = Moved(new Ia3 { Sites = [Site.Down] }.Start(golden.Model, 1));
        using var third = Moved(new Lora { Rank = 3, Sites = [Site.Down] }.Start(golden.Model, 1));
        foreach (var map in golden.Model.LinearLayers.Where(map => map.Sites.Contains(Site.Down)))
        {
            var name = $"base_model.model.{map.Name}.";
            var expected =
                (map.Weight + 8 * Of(first, "lora_B.weight").mm(Of(first, "lora_A.weight"))) * Of(second, "ia3_l")
                + 16.0 / 3 * Of(third, "lora_B.weight").mm(Of(third, "lora_A.weight"));
            Close(expected, map.Updated.Matrix, 1e-5);
            var x = randn(2, 5, map.Inputs);
            Close(x.matmul(expected.t()), map.Forward(x), 1e-4);

            Tensor Of(TunedModel tuned, string tensor) => tuned.Trained[name + tensor];
        }
    }

    [Fact]
    public void One_that_is_taken_off_leaves_the_others()
    {
        using var golden = new GoldenModel("llama");
        using var ungraded = no_grad();
        var first = Moved(new Lora { Rank = 2, Start = LoraStart.Pissa }.Start(golden.Model, 1));
        var one = golden.Run("full").Logits;
        using (Moved(new Lora { Rank = 3 }.Start(golden.Model, 1)))
            Assert.True((golden.Run("full").Logits - one).abs().max().ToDouble() > 1e-3);
        Close(one, golden.Run("full").Logits, 0);
        first.Dispose();
        Close(golden["full/logits"], golden.Run("full").Logits, 5e-5);
    }

    [Fact]
    public void All_are_read_back_and_folded_in_together()
    {
        using var folder = new TempFolder();
        using var ungraded = no_grad();
        TinyModel.Write(folder.File("base"));
        Tensor expected;
        using (var model = LoadedModel.Load(folder.File("base")))
        {
            foreach (
                var (name, below, method) in new (string, string, TuningMethod)[]
                {
                    ("one", "base", new Lora { Rank = 2 }),
                    ("two", "one", new Ia3()),
                    ("three", "two", new Lora { Rank = 3, Dora = true }),
                }
            )
            {
                Directory.CreateDirectory(folder.File(name));
                using var tuned = Moved(model.Tune(method, 1));
                tuned.Save(folder.File(name), below);
                model.Put(folder.File(name));
            }

            expected = model.Decoder.Logits(model.Decoder.Hidden(Ids));
        }

        using var read = LoadedModel.Load(folder.File("three"));
        Close(expected, read.Decoder.Logits(read.Decoder.Hidden(Ids)), 0);
        read.Merge();
        Assert.Null(read.Adapter);
        Assert.All(read.Model.LinearLayers, layer => Assert.Empty(layer.Updates));
        Close(expected, read.Decoder.Logits(read.Decoder.Hidden(Ids)), 1e-4);
        using var outline = ModelOutline.ReadBase(folder.File("three"));
        Assert.Equal(folder.File("base"), outline.Folder);
    }

    [Fact]
    public void Adapters_that_name_each_other_are_refused()
    {
        using var folder = new TempFolder();
        using var model = TinyModel.Open();
        foreach (var (name, below) in new[] { ("one", "two"), ("two", "one") })
        {
            Directory.CreateDirectory(folder.File(name));
            using var tuned = new Lora().Start(model.Model, 1);
            tuned.Save(folder.File(name), below);
        }

        Assert.Contains(
            "leads back",
            Assert.Throws<ModelException>(() => LoadedModel.Load(folder.File("one"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Second_virtual_tokens_are_refused_and_the_first_stay()
    {
        using var golden = new GoldenModel("llama");
        using var first = new PromptTuning { VirtualTokens = 2 }.Start(golden.Model, 1);
        var before = golden.Run("full").Hidden;
        Assert.Contains(
            "virtual tokens already",
            Assert.Throws<MisfitException>(() => new PTuningV2 { VirtualTokens = 2 }.Start(golden.Model, 1)).Message,
            StringComparison.Ordinal
        );
        Close(before, golden.Run("full").Hidden, 0);
    }

    private static TunedModel Moved(TunedModel tuned)
    {
        using var ungraded = no_grad();
        foreach (var parameter in tuned.Trained.Values)
            parameter.add_(randn_like(parameter), alpha: 0.05);
        return tuned;
    }
}
