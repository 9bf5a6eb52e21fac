using System.Text.Json.Nodes;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning.Adapters;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>
/// A method in a user's own assembly is found, saved, read and merged as ours are; that it learns says <see cref="CatalogueTests"/>.
/// </summary>
public sealed class OwnMethodTests : TorchTest
{
    [Fact]
    public void Its_settings_and_tensors_are_stored_what_is_shared_once()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new TempFolder();
        using var tuned = new OwnMethod { Size = 3 }.Start(golden.Model, 1);
        tuned.Save(folder.Path, "base");
        var config = JsonNode.Parse(File.ReadAllText(folder.File("adapter_config.json")))!;
        Assert.Equal("OWN_METHOD", (string?)config["peft_type"]);
        Assert.Equal(3, (int?)config["own_size"]);
        using var file = SafetensorsFile.Open(folder.File("adapter_model.safetensors"));
        Assert.Equal(tuned.Trained.Count + 1, file.Tensors.Count);
        Assert.Contains("base_model.own_method_shared", file.Tensors.Keys);
        Assert.DoesNotContain("base_model.own_method_shared", tuned.Trained.Keys);
        Assert.Equal(["own_size"], AdapterFolder.SettingsOf("OWN_METHOD"));
    }

    [Fact]
    public void It_is_read_and_folded_in()
    {
        using var golden = new GoldenModel("gpt2");
        using var folder = new TempFolder();
        using var ungraded = no_grad();
        Tensor expected;
        using (var tuned = new OwnMethod { Size = 3 }.Start(golden.Model, 1))
        {
            foreach (var parameter in tuned.Trained.Values)
                parameter.normal_(0, 0.5);
            expected = golden.Run("full").Logits;
            tuned.Save(folder.Path, "base");
        }

        using var read = AdapterFolder.Load(golden.Model, folder.Path);
        Close(expected, golden.Run("full").Logits, 0);
        read.Merge();
        Assert.All(golden.Model.LinearLayers, layer => Assert.Empty(layer.Updates));
        Close(expected, golden.Run("full").Logits, 1e-4);
    }

    [Fact]
    public void It_hears_of_each_step()
    {
        using var golden = new GoldenModel("llama");
        using var tuned = new OwnMethod().Start(golden.Model, 1);
        tuned.BeforeStep(4, 9);
        Assert.All(golden.Model.LinearLayers.Where(layer => layer.Layer is not null), site =>
            Assert.Equal((4, 9), Assert.IsType<OwnMethod.Weighed>(site.Updates.Single()).Seen)
        );
    }
}
