using System.Text.Json.Nodes;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

public sealed class CombinedTests : TorchTest
{
    [Fact]
    public void A_part_that_trains_the_models_own_weights_is_refused()
    {
        using var golden = new GoldenModel("llama");
        Assert.Contains(
            "own weights",
            Assert.Throws<MisfitException>(() => new Combined { Parts = [new Ia3(), new Full()] }.Start(golden.Model, 1)).Message,
            StringComparison.Ordinal
        );
        Assert.All(golden.Model.LinearLayers, layer => Assert.Empty(layer.Updates));
    }

    [Fact]
    public void Two_parts_of_one_kind_keep_apart()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new TempFolder();
        using var tuned = new Combined { Parts = [new Lora { Rank = 2 }, new Lora { Rank = 2, BRate = 16 }] }.Start(golden.Model, 1);
        const string Map = "base_model.model.model.layers.0.self_attn.q_proj.";
        Assert.NotEqual(tuned.Trained[$"{Map}lora_A.weight"][0, 0].ToSingle(), tuned.Trained[$"part1.{Map}lora_A.weight"][0, 0].ToSingle());
        Assert.Equal(1, tuned.LearningRateFactor($"{Map}lora_B.weight"));
        Assert.Equal(16, tuned.LearningRateFactor($"part1.{Map}lora_B.weight"));
        tuned.Save(folder.Path, "base");
        var parts = JsonNode.Parse(File.ReadAllText(folder.File("adapter_config.json")))!["parts"]!.AsArray();
        Assert.All(parts, part => Assert.Equal("LORA", (string?)part!["peft_type"]));
    }

    [Fact]
    public void A_combination_that_cannot_be_folded_whole_is_not_folded_at_all()
    {
        using var golden = new GoldenModel("llama");
        using var adapter = new Combined { Parts = [new Lora { Rank = 2 }, new Bottleneck { Size = 4 }] }.Start(golden.Model, 1);
        var weight = golden.Model.LinearLayers[0].Weight.clone();
        using (no_grad())
            foreach (var parameter in adapter.Trained.Values)
                parameter.add_(0.1f);
        var before = golden.Run("full").Logits;
        Assert.Throws<MisfitException>(adapter.Merge);
        Close(weight, golden.Model.LinearLayers[0].Weight, 0);
        Close(before, golden.Run("full").Logits, 0);
    }
}
