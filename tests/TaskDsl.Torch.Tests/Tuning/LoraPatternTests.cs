using System.Text.Json.Nodes;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>Ranks and alphas of single maps, as a recipe gives them.</summary>
public sealed class LoraPatternTests : TorchTest
{
    private static Lora Method =>
        new()
        {
            Rank = 4,
            Alpha = 8,
            Sites = [Site.Query, Site.Value],
            RankPattern = new Dictionary<string, int>
            {
                [@"layers\.1\.self_attn\.q_proj"] = 2,
                ["v_proj"] = 6,
                [".*q_proj"] = 3,
            },
            AlphaPattern = new Dictionary<string, double> { [@"model\..*layers\.0.*v_proj"] = 3.5 },
        };

    /// <summary>The first expression that fits holds; saved as PEFT does, read back and merged it is the same.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void Maps_have_ranks_and_alphas_of_their_own(bool rslora)
    {
        using var golden = new GoldenModel("llama");
        using var ungraded = no_grad();
        var expected = new Dictionary<string, (int Rank, double Alpha)>
        {
            ["model.layers.0.self_attn.q_proj"] = (3, 8),
            ["model.layers.0.self_attn.v_proj"] = (6, 3.5),
            ["model.layers.1.self_attn.q_proj"] = (2, 8),
            ["model.layers.1.self_attn.v_proj"] = (6, 8),
        };
        using var folder = new TempFolder();
        var weights = new Dictionary<LinearLayer, Tensor>();
        using (var tuned = (Method with { Rslora = rslora }).Start(golden.Model, 1))
        {
            foreach (var parameter in tuned.Trained.Values)
                parameter.normal_(0, 0.1);
            foreach (var map in golden.Model.LinearLayers.Where(map => expected.ContainsKey(map.Name)))
            {
                var (rank, alpha) = expected[map.Name];
                var a = tuned.Trained[$"base_model.model.{map.Name}.lora_A.weight"];
                Assert.Equal([rank, map.Inputs], a.shape);
                var b = tuned.Trained[$"base_model.model.{map.Name}.lora_B.weight"];
                weights[map] = map.Matrix + alpha / (rslora ? Math.Sqrt(rank) : rank) * b.mm(a);
                Close(weights[map], map.Updated.Matrix, 1e-6);
            }

            tuned.Save(folder.Path, "base");
        }

        Assert.Equal(4, weights.Count);
        var config = JsonNode.Parse(File.ReadAllText(folder.File("adapter_config.json")))!;
        Assert.Equal("""{"layers\\.1\\.self_attn\\.q_proj":2,"v_proj":6,".*q_proj":3}""", config["rank_pattern"]!.ToJsonString());
        Assert.Equal("""{"model\\..*layers\\.0.*v_proj":3.5}""", config["alpha_pattern"]!.ToJsonString());
        using var read = AdapterFolder.Load(golden.Model, folder.Path);
        Assert.Empty(read.Notices);
        Assert.All(weights, map => Close(map.Value, map.Key.Updated.Matrix, 1e-6));
        Assert.NotNull(read.Continue(Method with { Rslora = rslora }));
        Assert.Contains(
            "rank_pattern",
            Assert
                .Throws<MisfitException>(() => read.Continue(Method with { Rslora = rslora, RankPattern = new Lora().RankPattern }))
                .Message,
            StringComparison.Ordinal
        );
        read.Merge();
        Assert.All(weights, map => Close(map.Value, map.Key.Matrix, 1e-6));
    }

    [Fact]
    public void An_expression_that_fits_no_map_is_an_error()
    {
        using var golden = new GoldenModel("llama");
        var thrown = Assert.Throws<MisfitException>(() =>
            new Lora { RankPattern = new Dictionary<string, int> { ["query"] = 2 } }.Start(golden.Model, 1)
        );
        Assert.Contains(
            "tuning.lora.rank_pattern: 'query' fits none of the maps that are updated: q_proj, k_proj, v_proj, o_proj",
            thrown.Message,
            StringComparison.Ordinal
        );
        Assert.All(golden.Model.LinearLayers, map => Assert.Empty(map.Updates));
    }

    /// <summary>The patterns hold what rank and alpha may be.</summary>
    [Fact]
    public void Numbers_and_expressions_that_are_none_are_mistakes() =>
        Assert.Equal(
            [
                "lora.rank_pattern.q_proj: 0 is not allowed; expected 1 to 4096.",
                "lora.alpha_pattern.v_proj: -1 is not allowed; expected 0 to 1000000.",
                "lora.alpha_pattern: '(v_proj' is no expression: ",
            ],
            Mistakes
                .In<TuningMethod>(
                    new Lora
                    {
                        RankPattern = new Dictionary<string, int> { ["q_proj"] = 0, ["k_proj"] = 4096 },
                        AlphaPattern = new Dictionary<string, double> { ["v_proj"] = -1, ["(v_proj"] = 1 },
                    }
                )
                .Select(mistake =>
                    mistake.Contains("no expression", StringComparison.Ordinal)
                        ? mistake[..mistake.IndexOf("Invalid", StringComparison.Ordinal)]
                        : mistake
                )
        );
}
