using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>What PEFT's LoRA adapters may say beside rank and alpha: honoured as PEFT does on loading, or refused by name.</summary>
public sealed class PeftLoraTests : TorchTest
{
    /// <summary>PEFT takes what such an adapter began with out of the weight on loading: untrained, it is the model as it was.</summary>
    [Theory, InlineData("pissa", "llama"), InlineData("olora", "llama"), InlineData("pissa", "gpt2")]
    public void An_adapter_that_began_as_part_of_the_weight_belongs_to_the_rest_of_it(string start, string name)
    {
        using var golden = new GoldenModel(name);
        using var ungraded = no_grad();
        using var folder = new PeftFolder($$"""{"init_lora_weights": "{{start}}", "target_modules": ["q_proj", "v_proj", "c_attn"]}""");
        var maps = PeftFolder.QueriesAndValues(golden.Model).ToList();
        var began = new Dictionary<string, Tensor>();
        foreach (var map in maps)
        {
            var (a, b) = Began(map, start); // 64-bit
            began[map.Name] = 2 * b.mm(a); // [out, in]; alpha / rank = 2
            folder.Add(map, a, b);
        }

        var untouched = maps.ToDictionary(map => map.Name, map => map.Matrix.clone());
        var plain = golden.Run("full").Logits;
        using (AdapterFolder.Load(golden.Model, folder.Write()))
        {
            Close(plain, golden.Run("full").Logits, 5e-5);
            foreach (var map in maps)
            {
                Close(untouched[map.Name], map.Updated.Matrix, 1e-5);
                Close(untouched[map.Name] - began[map.Name], map.Matrix, 1e-5);
            }
        }

        Assert.All(maps, map => Close(untouched[map.Name], map.Matrix, 1e-6));
        Assert.NotEmpty(began);

        // Trained on by others: the rest of the weight, and the update.
        var updates = maps.ToDictionary(map => map.Name, map => folder.Add(map, 4));
        using var adapter = AdapterFolder.Load(golden.Model, folder.Write());
        foreach (var map in maps)
            Close(untouched[map.Name] - began[map.Name] + 2 * updates[map.Name].B.mm(updates[map.Name].A), map.Updated.Matrix, 1e-5);

        // Saved here it is a plain one of twice the rank.
        var trained = golden.Run("full").Logits;
        using var again = new TempFolder();
        adapter.Save(again.Path, "base");
        adapter.Dispose();
        using var read = AdapterFolder.Load(golden.Model, again.Path);
        Assert.Contains("\"init_lora_weights\": true", File.ReadAllText(again.File("adapter_config.json")), StringComparison.Ordinal);
        Close(trained, golden.Run("full").Logits, 1e-4);
        read.Merge();
        Close(trained, golden.Run("full").Logits, 1e-4);
    }

    /// <summary>inspect looks at adapters without a weight.</summary>
    [Theory, InlineData("pissa"), InlineData("olora"), InlineData("orthogonal")]
    public void It_is_put_onto_a_model_without_numbers(string start)
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder($$"""{"init_lora_weights": "{{start}}"}""");
        foreach (var map in PeftFolder.QueriesAndValues(golden.Model))
            folder.Add(map, 4);
        using var outline = ModelOutline.Read(golden.Folder);
        using var adapter = AdapterFolder.Load(outline.Model!, folder.Write());
        Assert.Equal(8, adapter.Trained.Count);
        Assert.Null(adapter.MergeObstacle);
    }

    /// <summary>The first expression that fits the end of a map's name gives its rank and alpha; others have r and lora_alpha.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void Maps_have_ranks_and_alphas_of_their_own(bool rslora)
    {
        using var golden = new GoldenModel("llama");
        using var ungraded = no_grad();
        using var folder = new PeftFolder(
            """
            {
              "rank_pattern": {"layers\\.1\\.self_attn\\.q_proj": 2, "v_proj": 6, "^model.layers.1.*q_proj": 3},
              "alpha_pattern": {"^model.*layers.0.*v_proj": 3}
            }
            """
        );
        folder.Config["use_rslora"] = rslora;
        var expected = new Dictionary<string, (int Rank, double Alpha)>
        {
            ["model.layers.0.self_attn.q_proj"] = (4, 8),
            ["model.layers.0.self_attn.v_proj"] = (6, 3),
            ["model.layers.1.self_attn.q_proj"] = (2, 8),
            ["model.layers.1.self_attn.v_proj"] = (6, 8),
        };
        var weights = new Dictionary<LinearLayer, Tensor>();
        foreach (var map in PeftFolder.QueriesAndValues(golden.Model))
        {
            var (rank, alpha) = expected[map.Name];
            var (a, b) = folder.Add(map, rank);
            weights[map] = map.Matrix + alpha / (rslora ? Math.Sqrt(rank) : rank) * b.mm(a);
        }

        using var again = new TempFolder();
        using (var adapter = AdapterFolder.Load(golden.Model, folder.Write()))
        {
            Assert.All(weights, map => Close(map.Value, map.Key.Updated.Matrix, 1e-6));
            adapter.Save(again.Path, "base");
        }

        using var read = AdapterFolder.Load(golden.Model, again.Path);
        Assert.All(weights, map => Close(map.Value, map.Key.Updated.Matrix, 1e-6));
    }

    [Fact]
    public void A_principal_part_keeps_its_ranks_when_it_is_saved()
    {
        using var golden = new GoldenModel("llama");
        using var ungraded = no_grad();
        using var folder = new PeftFolder(
            """{"init_lora_weights": "pissa", "use_rslora": true, "rank_pattern": {"v_proj": 6}, "alpha_pattern": {"q_proj": 3}}"""
        );
        foreach (var map in PeftFolder.QueriesAndValues(golden.Model))
            folder.Add(map, map.Sites.Contains(Site.Value) ? 6 : 4);
        using var again = new TempFolder();
        Tensor expected;
        using (var adapter = AdapterFolder.Load(golden.Model, folder.Write()))
        {
            expected = golden.Run("full").Logits;
            adapter.Save(again.Path, "base");
        }

        using var read = AdapterFolder.Load(golden.Model, again.Path);
        Close(expected, golden.Run("full").Logits, 1e-4);
    }

    /// <summary>PEFT: y + scale · (B A x + bias). It is folded into a bias that is there, and into none that is not.</summary>
    [Theory, InlineData("llama_tied_bias"), InlineData("llama")]
    public void B_may_have_a_bias(string name)
    {
        using var golden = new GoldenModel(name);
        using var ungraded = no_grad();
        using var folder = new PeftFolder("""{"lora_bias": true}""");
        var map = PeftFolder.QueriesAndValues(golden.Model).First();
        var (a, b) = folder.Add(map, 4);
        var bias = folder.Tensors[$"base_model.model.{map.Name}.lora_B.bias"] = randn(map.Outputs);
        var x = randn(5, map.Inputs);
        var expected = map.Plain(x) + 2 * (x.mm(a.t()).mm(b.t()) + bias);
        using var again = new TempFolder();
        using (var adapter = AdapterFolder.Load(golden.Model, folder.Write()))
        {
            Close(expected, map.Forward(x), 1e-5);
            adapter.Save(again.Path, "base");
        }

        using var read = AdapterFolder.Load(golden.Model, again.Path);
        Close(expected, map.Forward(x), 1e-5);
        if (map.Bias is null)
        {
            Assert.Contains("lora_bias", Assert.Throws<MisfitException>(read.Merge).Message, StringComparison.Ordinal);
            return;
        }

        read.Merge();
        Close(expected, map.Plain(x), 1e-5);
    }

    /// <summary>Each is what its formula says, and the first step starts at the model as it is.</summary>
    [Theory]
    [InlineData(LoraStart.Default), InlineData(LoraStart.Gaussian), InlineData(LoraStart.Orthogonal)]
    [InlineData(LoraStart.Pissa), InlineData(LoraStart.Olora)]
    public void Every_start_is_the_model_as_it_is(LoraStart start)
    {
        using var golden = new GoldenModel("llama");
        using var ungraded = no_grad();
        var map = golden.Model.LinearLayers.First(layer => layer.Sites[0] == Site.Gate);
        var whole = map.Matrix.clone();
        using var tuned = new Lora
        {
            Rank = 4,
            Start = start,
            Sites = [Site.Gate],
        }.Start(golden.Model, 1);
        Close(golden["full/logits"], golden.Run("full").Logits, 5e-5);
        var prefix = $"base_model.model.{map.Name}.lora_";
        var (a, b) = (tuned.Trained[prefix + "A.weight"], tuned.Trained[prefix + "B.weight"]);
        switch (start)
        {
            case LoraStart.Gaussian:
                Assert.InRange(a.std().ToDouble(), 0.22, 0.28); // 1 / rank
                Assert.Equal(0, b.abs().max().ToDouble());
                break;
            case LoraStart.Orthogonal:
                Assert.InRange(a.std().ToDouble(), 0.05, 0.09); // 0.1 / √2
                Assert.InRange(b.std().ToDouble(), 0.05, 0.09);
                Close(zeros_like(whole), b.mm(a), 1e-6);
                break;
            case LoraStart.Pissa or LoraStart.Olora:
                var (a0, b0) = Began(map, start.ToString().ToLowerInvariant(), whole, scale: 4);
                Close(b0.mm(a0), b.mm(a), 1e-5);
                Close(whole - 4 * b0.mm(a0), map.Matrix, 1e-5);
                break;
        }
    }

    [Theory]
    [InlineData("init_lora_weights", "\"corda\"", "init_lora_weights is 'corda'")]
    [InlineData("init_lora_weights", "\"loftq\"", "init_lora_weights is 'loftq'")]
    [InlineData("init_lora_weights", "\"eva\"", "init_lora_weights is 'eva'")]
    [InlineData("init_lora_weights", "\"pissa_niter_16\"", "init_lora_weights is 'pissa_niter_16': what was taken out of the weights was")]
    [InlineData("init_lora_weights", "\"of_tomorrow\"", "init_lora_weights is 'of_tomorrow'")]
    [InlineData("init_lora_weights", "3", "init_lora_weights is 3")]
    [InlineData("trainable_token_indices", "[1, 2]", "'trainable_token_indices' (single rows of the embedding that are trained)")]
    [InlineData("alora_invocation_tokens", "[1]", "'alora_invocation_tokens'")]
    [InlineData("layer_replication", "[[0, 2]]", "'layer_replication'")]
    [InlineData("target_parameters", "[\"experts\"]", "'target_parameters'")]
    [InlineData("ensure_weight_tying", "true", "'ensure_weight_tying'")]
    [InlineData("velora_config", "{\"groups\": 4}", "'velora_config' is not known for an adapter of type LORA")]
    [InlineData("rank_pattern", "{\"q_proj\": \"many\"}", "'q_proj' has \"many\"; expected a number above 0")]
    [InlineData("rank_pattern", "{\"q_proj\": 2.5}", "'q_proj' has 2.5; expected a whole number")]
    [InlineData("target_modules", "3", "target_modules is 3; expected names of modules, or an expression")]
    [InlineData("target_modules", "\"(q_proj\"", "target_modules: '(q_proj' is no expression")]
    [InlineData("layers_to_transform", "[\"first\"]", "layers_to_transform is [\"first\"]; expected numbers of layers")]
    [InlineData("alpha_pattern", "{\"(q_proj\": 2}", "'(q_proj' is no expression")]
    public void What_would_change_the_numbers_is_named(string setting, string value, string named)
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder($$"""{"{{setting}}": {{value}}}""");
        foreach (var map in PeftFolder.QueriesAndValues(golden.Model))
            folder.Add(map, 4);
        var thrown = Assert.ThrowsAny<Exception>(() => AdapterFolder.Load(golden.Model, folder.Write()));
        Assert.True(thrown is MisfitException or ModelException, thrown.GetType().Name);
        Assert.Contains(named, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_of_tomorrow_that_is_not_used_does_no_harm()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder("""{"velora_config": null, "use_more": false, "lora_dropout": 0.3}""");
        foreach (var map in PeftFolder.QueriesAndValues(golden.Model))
            folder.Add(map, 4);
        using var adapter = AdapterFolder.Load(golden.Model, folder.Write());
        Assert.Equal(8, adapter.Trained.Count);
    }

    [Theory]
    [InlineData(true, "adapter_model.bin is a pickle, which can run any program and is never read: load the adapter by PEFT 0.7")]
    [InlineData(false, "copy it beside adapter_config.json")]
    public void An_adapter_without_tensors_says_what_to_do(bool pickled, string expected)
    {
        using var golden = new GoldenModel("llama");
        using var folder = new PeftFolder();
        folder.Write();
        File.Delete(Path.Combine(folder.Path, "adapter_model.safetensors"));
        if (pickled)
            File.WriteAllBytes(Path.Combine(folder.Path, "adapter_model.bin"), [0x80, 0x02]);
        var thrown = Assert.Throws<ModelException>(() => AdapterFolder.Load(golden.Model, folder.Path));
        Assert.Contains("has no adapter_model.safetensors", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"peft_type\": \"LORA\"}", "does not say which model the adapter was made for")]
    [InlineData("{\"r\": 4, \"r\": 8}", "is no adapter configuration")]
    public void What_is_missing_or_twice_is_said(string config, string problem)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("adapter_config.json"), config);
        Assert.Contains(
            problem,
            Assert.Throws<ModelException>(() => AdapterFolder.ModelFolder(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>What such an adapter began with, in 64-bit: rank 4, scale · B A.</summary>
    private static (Tensor A, Tensor B) Began(LinearLayer map, string start, Tensor? whole = null, double scale = 2)
    {
        var matrix = (whole ?? map.Matrix).to(ScalarType.Float64);
        if (start == "olora")
        {
            var (q, r) = linalg.qr(matrix);
            return (r.narrow(0, 0, 4), q.narrow(1, 0, 4));
        }

        var (u, s, v) = linalg.svd(matrix, false);
        var root = (s.narrow(0, 0, 4) / scale).sqrt().diag();
        return (root.mm(v.narrow(0, 0, 4)), u.narrow(1, 0, 4).mm(root));
    }
}
