using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning.Adapters;
using Xunit;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>What adapter_config.json says that an adapter updates, as PEFT reads it, and what its tensors say.</summary>
public sealed class TargetModulesTests : TorchTest
{
    /// <summary>An adapter of all queries and values of two layers.</summary>
    [Theory]
    [InlineData("""{"target_modules": ["q_proj", "v_proj"]}""")]
    [InlineData("""{"target_modules": null}""")]
    [InlineData("""{"target_modules": "all-linear"}""")]
    [InlineData("""{"target_modules": ".*\\.(?P<map>q_proj|v_proj)"}""")]
    [InlineData("""{"target_modules": "(?:.*?(?:self_attn).*?(?:q_proj|v_proj).*?)|(?:\\bmodel\\.layers\\.[\\d]{1,}\\.q_proj)"}""")]
    [InlineData("""{"target_modules": ["q_proj", "k_proj", "v_proj"], "exclude_modules": ["k_proj"]}""")]
    [InlineData("""{"target_modules": ["q_proj", "k_proj", "v_proj"], "exclude_modules": ".*k_proj"}""")]
    [InlineData("""{"layers_to_transform": [0, 1], "layers_pattern": "layers"}""")]
    [InlineData("""{"layers_to_transform": [0, 1], "layers_pattern": []}""")]
    [InlineData("""{"target_modules": ["q_proj", "v_proj", "another_models_proj"]}""")]
    public void Where_both_say_the_same_nothing_is_told(string settings)
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder(settings);
        foreach (var map in PeftFolder.QueriesAndValues(golden.Model))
            folder.Add(map, 4);
        using var adapter = AdapterFolder.Load(golden.Model, folder.Write());
        Assert.Empty(adapter.Notices);
        Assert.Equal(8, adapter.Trained.Count);
    }

    [Theory]
    [InlineData("""{"target_modules": ["q_proj"]}""", "model.layers.0.self_attn.v_proj")]
    [InlineData("""{"target_modules": "q_proj|v_proj"}""", "model.layers.0.self_attn.q_proj")]
    [InlineData("""{"exclude_modules": ["layers.1.self_attn.v_proj"]}""", "model.layers.1.self_attn.v_proj")]
    [InlineData("""{"layers_to_transform": 0}""", "model.layers.1.self_attn.q_proj")]
    [InlineData("""{"layers_to_transform": [0, 1], "layers_pattern": ["h", "block"]}""", "model.layers.0.self_attn.q_proj")]
    public void Tensors_of_a_module_that_is_not_named_are_refused(string settings, string module)
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder(settings);
        foreach (var map in PeftFolder.QueriesAndValues(golden.Model))
            folder.Add(map, 4);
        var thrown = Assert.Throws<MisfitException>(() => AdapterFolder.Load(golden.Model, folder.Write()));
        Assert.Contains($"has tensors of {module}, which is none of the modules", thrown.Message, StringComparison.Ordinal);
        Assert.All(golden.Model.LinearLayers, map => Assert.Empty(map.Updates));
    }

    [Theory]
    [InlineData("""{"target_modules": ["q_proj", "v_proj", "k_proj"]}""", "model.layers.0.self_attn.k_proj and 1 more")]
    [InlineData(
        """{"target_modules": ".*_proj", "exclude_modules": ".*(gate|up|down|o)_proj"}""",
        "model.layers.0.self_attn.k_proj and 1 more"
    )]
    [InlineData("""{"target_modules": ["q_proj", "v_proj", "lm_head"], "modules_to_save": ["k_proj"]}""", "lm_head")]
    public void A_module_that_is_named_and_has_no_tensors_is_told(string settings, string module)
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder(settings);
        foreach (var map in PeftFolder.QueriesAndValues(golden.Model))
            folder.Add(map, 4);
        foreach (
            var name in golden.Model.LinearLayers.Select(map => map.Name).Where(name => name.EndsWith("k_proj", StringComparison.Ordinal))
        )
            if (settings.Contains("modules_to_save", StringComparison.Ordinal))
                folder.Tensors[$"base_model.model.{name}.weight"] = golden.Model.Parameters[$"{name}.weight"];
        using var adapter = AdapterFolder.Load(golden.Model, folder.Write());
        Assert.Contains($"has no tensors of {module}, which adapter_config.json", Assert.Single(adapter.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_beside_an_expression_are_refused_as_PEFT_does()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder("""{"target_modules": ".*q_proj", "layers_to_transform": [0]}""");
        folder.Add(PeftFolder.QueriesAndValues(golden.Model).First(), 4);
        var thrown = Assert.Throws<MisfitException>(() => AdapterFolder.Load(golden.Model, folder.Write()));
        Assert.Contains("layers_to_transform stands beside an expression as target_modules", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>What a model's user should know of its adapter is told with the rest.</summary>
    [Fact]
    public void A_loaded_model_tells_what_its_adapters_files_have()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder("""{"rank_pattern": {"o_proj": 2}}""");
        foreach (var map in PeftFolder.QueriesAndValues(golden.Model))
            folder.Add(map, 4);
        using var adapter = AdapterFolder.Load(golden.Model, folder.Write());
        Assert.Contains(
            "rank_pattern: 'o_proj' fits none of the maps that are updated",
            Assert.Single(adapter.Notices),
            StringComparison.Ordinal
        );
    }
}
