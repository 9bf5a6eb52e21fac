using System.Text.Json.Nodes;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

public sealed class VeraTests : TorchTest
{
    [Fact]
    public void It_is_its_formula_with_matrices_that_all_maps_share()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new TempFolder();
        using var ungraded = no_grad();
        using var tuned = Moved(new Vera { Rank = 5 }.Start(golden.Model, 1));
        tuned.Save(folder.Path, "base");
        using var file = SafetensorsFile.Open(folder.File("adapter_model.safetensors"));
        var (a, b) = (file.Read("base_model.vera_A"), file.Read("base_model.vera_B"));
        var maps = golden.Model.LinearLayers.Where(map => map.Updates.Count > 0).ToList();
        Assert.Equal([5, maps.Max(map => map.Inputs)], a.shape);
        Assert.Equal([maps.Max(map => map.Outputs), 5], b.shape);
        Assert.InRange(a.abs().max().ToDouble(), 0.9 * Math.Sqrt(6.0 / a.size(1)), Math.Sqrt(6.0 / a.size(1)));
        foreach (var map in maps)
        {
            var d = file.Read($"base_model.model.{map.Name}.vera_lambda_d", 5);
            var scale = file.Read($"base_model.model.{map.Name}.vera_lambda_b", map.Outputs);
            var x = randn(2, 3, map.Inputs);
            var own = x.matmul(a.narrow(1, 0, map.Inputs).t()) * d;
            Close(map.Plain(x) + own.matmul(b.narrow(0, 0, map.Outputs).t()) * scale, map.Forward(x), 1e-5);
            Close(map.Forward(x), x.matmul(map.Updated.Matrix.t()), 1e-5);
        }
    }

    [Fact]
    public void Only_its_vectors_are_trained_and_its_settings_are_PEFTs()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new TempFolder();
        using var tuned = new Vera { Rank = 5, Key = 3 }.Start(golden.Model, 1);
        Assert.Equal(
            golden.Model.LinearLayers.Where(map => map.Layer is not null).Sum(map => 5 + map.Outputs),
            tuned.Trained.Values.Sum(vector => vector.numel())
        );
        tuned.Save(folder.Path, "base");
        var config = JsonNode.Parse(File.ReadAllText(folder.File("adapter_config.json")))!;
        Assert.Equal(
            ("VERA", 5, 0.1, 3, true),
            (
                (string)config["peft_type"]!,
                (int)config["r"]!,
                (double)config["d_initial"]!,
                (int)config["projection_prng_key"]!,
                (bool)config["save_projection"]!
            )
        );
        Assert.Contains("q_proj", config["target_modules"]!.AsArray().Select(module => (string?)module));
    }

    [Fact]
    public void What_is_not_stored_is_drawn_again_by_its_key()
    {
        using var golden = new GoldenModel("gpt2");
        using var folder = new TempFolder();
        using var ungraded = no_grad();
        Tensor expected;
        using (
            var tuned = Moved(
                new Vera
                {
                    Rank = 5,
                    Key = 3,
                    SaveProjection = false,
                }.Start(golden.Model, 1)
            )
        )
        {
            expected = golden.Run("full").Logits;
            tuned.Save(folder.Path, "base");
        }

        using (var file = SafetensorsFile.Open(folder.File("adapter_model.safetensors")))
            Assert.All(file.Tensors.Keys, name => Assert.Contains("vera_lambda_", name, StringComparison.Ordinal));
        using (AdapterFolder.Load(golden.Model, folder.Path))
            Close(expected, golden.Run("full").Logits, 0);
        var config = folder.File("adapter_config.json");
        File.WriteAllText(
            config,
            File.ReadAllText(config).Replace("\"projection_prng_key\": 3", "\"projection_prng_key\": 4", StringComparison.Ordinal)
        );
        using var other = AdapterFolder.Load(golden.Model, folder.Path);
        Assert.True((expected - golden.Run("full").Logits).abs().max().ToDouble() > 1e-3);
    }

    private static TunedModel Moved(TunedModel tuned)
    {
        foreach (var parameter in tuned.Trained.Values)
            parameter.add_(randn_like(parameter), alpha: 0.3);
        return tuned;
    }
}
