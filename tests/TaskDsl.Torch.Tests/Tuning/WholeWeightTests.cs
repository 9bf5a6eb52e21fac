using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>Weights of the model's own that an adapter brings whole: PEFT's modules_to_save, and biases.</summary>
public sealed class WholeWeightTests : TorchTest
{
    private const string Both = """{"modules_to_save": ["embed_tokens", "lm_head"]}""";

    /// <summary>PEFT wraps each module by itself: of a tied weight there are two afterwards.</summary>
    [Theory, InlineData("llama"), InlineData("qwen2")]
    public void The_embedding_and_the_head_are_what_the_file_has(string name)
    {
        using var golden = new GoldenModel(name);
        using var ungraded = no_grad();
        using var folder = new PeftFolder(Both);
        var (embedding, head) = (randn_like(golden.Model.TokenEmbedding), randn_like(golden.Model.TokenEmbedding) * 0.1);
        folder.Tensors["base_model.model.model.embed_tokens.weight"] = embedding;
        folder.Tensors["base_model.model.lm_head.weight"] = head;
        folder.Add(PeftFolder.QueriesAndValues(golden.Model).First(), 4);

        var plain = golden.Run("full");
        var ids = golden["full/input_ids"];
        Tensor expectedHidden;
        using (var adapter = AdapterFolder.Load(golden.Model, folder.Write()))
        {
            Close(embedding.index_select(0, ids.flatten()).view(2, -1, 64), golden.Model.LinearLayers.Single(IsEmbedding).LookUp(ids), 0);
            var (hidden, logits, _) = golden.Run("full");
            expectedHidden = logits;
            Close(hidden.matmul(head.t()), logits, 1e-4);
            Assert.True((hidden - plain.Hidden).abs().max().ToDouble() > 0.01);

            using var again = new TempFolder();
            adapter.Save(again.Path, "base");
            Assert.Contains("\"embed_tokens\"", File.ReadAllText(again.File("adapter_config.json")), StringComparison.Ordinal);
            adapter.Dispose();
            Close(plain.Logits, golden.Run("full").Logits, 0);
            using var read = AdapterFolder.Load(golden.Model, again.Path);
            Close(expectedHidden, golden.Run("full").Logits, 0);
            if (golden.Model.Config.IsTied)
            {
                Assert.Contains("tied", Assert.Throws<MisfitException>(read.Merge).Message, StringComparison.Ordinal);
                return;
            }

            read.Merge();
        }

        Close(expectedHidden, golden.Run("full").Logits, 1e-4);
        Close(embedding, golden.Model.TokenEmbedding, 0);

        static bool IsEmbedding(LinearLayer map) => map.Name == "model.embed_tokens";
    }

    /// <summary>Norms and biases have no map that they could be put onto: they are written over, and back.</summary>
    [Fact]
    public void Norms_and_biases_come_and_go()
    {
        using var golden = new GoldenModel("llama_tied_bias");
        using var ungraded = no_grad();
        using var folder = new PeftFolder("""{"modules_to_save": ["norm"], "bias": "all"}""");
        var map = PeftFolder.QueriesAndValues(golden.Model).First();
        folder.Add(map, 4);
        var norm = folder.Tensors["base_model.model.model.norm.weight"] = randn(32);
        var bias = folder.Tensors[$"base_model.model.{map.Name}.base_layer.bias"] = randn(map.Outputs);
        var plain = golden.Run("full").Logits;
        using (AdapterFolder.Load(golden.Model, folder.Write()))
        {
            Close(norm, golden.Model.Parameters["model.norm.weight"], 0);
            Close(bias, map.Bias!, 0);
            Assert.True((plain - golden.Run("full").Logits).abs().max().ToDouble() > 0.01);
        }

        Close(plain, golden.Run("full").Logits, 0);

        // Folded in they stay.
        using (var adapter = AdapterFolder.Load(golden.Model, folder.Path))
            adapter.Merge();
        Close(norm, golden.Model.Parameters["model.norm.weight"], 0);
        Close(bias, map.Bias!, 0);
    }

    [Fact]
    public void They_are_put_onto_a_model_without_numbers()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder(Both);
        folder.Tensors["base_model.model.model.embed_tokens.weight"] = folder.Tensors["base_model.model.lm_head.weight"] = ones(256, 64);
        folder.Add(PeftFolder.QueriesAndValues(golden.Model).First(), 4);
        using var outline = ModelOutline.Read(golden.Folder);
        using var adapter = AdapterFolder.Load(outline.Model!, folder.Write());
        Assert.Equal(2, adapter.Trained.Count);
    }

    [Fact]
    public void A_recipe_that_trains_only_the_update_does_not_train_it_on()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder(Both);
        folder.Tensors["base_model.model.model.embed_tokens.weight"] = folder.Tensors["base_model.model.lm_head.weight"] = ones(256, 64);
        foreach (var map in PeftFolder.QueriesAndValues(golden.Model))
            folder.Add(map, 4);
        using var adapter = AdapterFolder.Load(golden.Model, folder.Write());
        var method = new Lora
        {
            Rank = 4,
            Alpha = 8,
            Sites = [Site.Query, Site.Value],
        };
        Assert.Contains(
            "modules_to_save [\"embed_tokens\",\"lm_head\"]",
            Assert.Throws<MisfitException>(() => adapter.Continue(method)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""["lm_head"]""", "lm_head", "is missing: adapter_config.json says in modules_to_save")]
    [InlineData("""["norm"]""", "norm", "is missing: adapter_config.json says in modules_to_save")]
    [InlineData("""["vision_tower"]""", "vision_tower", "neither the file nor the model has such a module")]
    public void What_should_have_been_saved_and_is_not_there_is_named(string modules, string named, string problem)
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder($$"""{"modules_to_save": {{modules}}}""");
        folder.Add(PeftFolder.QueriesAndValues(golden.Model).First(), 4);
        var thrown = Assert.ThrowsAny<Exception>(() => AdapterFolder.Load(golden.Model, folder.Write()));
        Assert.True(thrown is MisfitException or SafetensorsException or ModelException);
        Assert.Contains(named, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>An embedding that has an update is stored beside it: it must be the model's.</summary>
    [Theory, InlineData(0.0, false), InlineData(0.001, false), InlineData(0.5, true)]
    public void A_frozen_embedding_of_another_model_is_refused(double off, bool refused)
    {
        using var golden = new GoldenModel("llama");
        using var ungraded = no_grad();
        using var folder = new PeftFolder("""{"target_modules": ["embed_tokens"]}""");
        var embedding = golden.Model.TokenEmbedding;
        folder.Tensors["base_model.model.model.embed_tokens.base_layer.weight"] = embedding + off * embedding.abs().max();
        folder.Tensors["base_model.model.model.embed_tokens.lora_embedding_A"] = zeros(4, 256);
        folder.Tensors["base_model.model.model.embed_tokens.lora_embedding_B"] = zeros(64, 4);
        folder.Write();
        if (refused)
            Assert.Contains(
                "is not the model's",
                Assert.Throws<SafetensorsException>(() => AdapterFolder.Load(golden.Model, folder.Path)).Message,
                StringComparison.Ordinal
            );
        else
            AdapterFolder.Load(golden.Model, folder.Path).Dispose();
    }
}
