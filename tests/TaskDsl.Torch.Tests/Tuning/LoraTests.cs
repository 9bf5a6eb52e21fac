using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

public sealed class LoraTests : TorchTest
{
    [Fact]
    public void A_new_adapter_changes_nothing_and_trains_only_itself()
    {
        using var model = TinyModel.Open();
        var ids = tensor(new long[] { 7, 8, 9 }, [1, 3]);
        var before = model.Decoder.Hidden(ids);
        using var tuned = new Lora { Sites = [Site.Query, Site.Down] }.Start(model.Decoder, 1);
        Close(before, model.Decoder.Hidden(ids), 0);
        Assert.Equal(2 * 2 * 2, tuned.Trained.Count);
        Assert.All(model.Decoder.Parameters.Values, p => Assert.False(p.requires_grad));
        Assert.All(tuned.Trained, p => Assert.True(p.Value.requires_grad));
        Assert.All(tuned.Trained.Where(p => p.Key.Contains("lora_A", StringComparison.Ordinal)), p =>
        {
            var bound = 1 / Math.Sqrt(p.Value.size(1));
            Assert.InRange(p.Value.abs().max().ToDouble(), 0.9 * bound, bound);
        });
    }

    [Fact]
    public void An_adapter_is_read_back_as_it_was_saved()
    {
        using var folder = new TempFolder();
        using var model = TinyModel.Open();
        Tensor expected;
        using (var tuned = new Lora { Rank = 3, Alpha = 5 }.Start(model.Decoder, 1))
        {
            using (no_grad())
                foreach (var parameter in tuned.Trained.Values)
                    parameter.add_(0.01f);
            expected = model.Decoder.Hidden(tensor(new long[] { 7, 8 }, [1, 2]));
            tuned.Save(folder.Path, "models/base");
        }

        using var read = AdapterFolder.Load(model.Decoder, folder.Path);
        Close(expected, model.Decoder.Hidden(tensor(new long[] { 7, 8 }, [1, 2])), 0);
    }

    [Fact]
    public void A_site_that_the_model_lacks_is_an_error()
    {
        using var golden = new GoldenModel("bert_seqcls");
        var error = Assert.Throws<MisfitException>(() => new Lora { Sites = [Site.Head] }.Start(golden.Model, 1));
        Assert.Contains("head", error.Message, StringComparison.Ordinal);
        Assert.Contains("query, key, value, output, up, down, embedding", error.Message, StringComparison.Ordinal);
    }

    /// <summary>PEFT: embedding(x) + scale · (Aᵀ[x] Bᵀ), A zero and B normal at first.</summary>
    [Theory, InlineData("llama"), InlineData("gpt2"), InlineData("t5"), InlineData("bert_mlm")]
    public void An_embedding_is_updated_as_in_PEFT(string name)
    {
        using var golden = new GoldenModel(name);
        using var ungraded = no_grad();
        using var tuned = new Lora { Rank = 3, Sites = [Site.Embedding] }.Start(golden.Model, 1);
        var map = golden.Model.LinearLayers.Single(layer => layer.Updates.Count > 0);
        var prefix = $"base_model.model.{map.Name}.lora_embedding_";
        var (a, b) = (tuned.Trained[prefix + "A"], tuned.Trained[prefix + "B"]);
        Assert.Equal([3, golden.Model.TokenEmbedding.size(0)], a.shape);
        Assert.Equal([golden.Model.TokenEmbedding.size(1), 3], b.shape);
        Assert.Equal(0, a.abs().max().ToDouble());
        Assert.InRange(b.std().ToDouble(), 0.8, 1.2);
        a.normal_(0, 0.1);
        var ids = golden["full/input_ids"];
        var plain = golden.Model.TokenEmbedding.index_select(0, ids.flatten());
        var expected = plain + 16.0 / 3 * a.t().index_select(0, ids.flatten()).matmul(b.t());
        Close(expected.view([.. ids.shape, -1]), map.LookUp(ids), 1e-5);
        Close(map.LookUp(ids), map.Updated.Matrix.t().index_select(0, ids.flatten()).view([.. ids.shape, -1]), 1e-5);
    }

    [Fact]
    public void The_head_is_updated_alike_in_scores_and_losses()
    {
        using var golden = new GoldenModel("llama");
        using var folder = new TempFolder();
        var decoder = (Decoder)golden.Model;
        using var tuned = new Lora { Rank = 3, Sites = [Site.Head, Site.Embedding] }.Start(decoder, 1);
        using (no_grad())
            foreach (var parameter in tuned.Trained.Values)
                parameter.normal_(0, 0.1);
        tuned.Save(folder.Path, "base");
        var (a, b) = (tuned.Trained["base_model.model.lm_head.lora_A.weight"], tuned.Trained["base_model.model.lm_head.lora_B.weight"]);
        var hidden = randn(7, decoder.Config.HiddenSize);
        var logits = hidden.matmul(decoder.Parameters["lm_head.weight"].t()) + 16.0 / 3 * hidden.matmul(a.t()).matmul(b.t());
        Close(logits, decoder.Logits(hidden), 1e-5);
        Close(logits, decoder.Vocabulary.Logits(hidden), 1e-5);

        // The loss in pieces sees the same weight, and its gradient comes back to both.
        var targets = arange(7, dtype: ScalarType.Int64);
        var expected = nn.functional.cross_entropy(logits, targets, reduction: nn.Reduction.Sum);
        var gradients = autograd.grad([expected], [a, b]);
        foreach (var parameter in tuned.Trained.Values)
            parameter.requires_grad = true;
        var loss = HeadLoss.Sum(hidden, decoder.Vocabulary, targets, ones(7));
        Assert.Equal(expected.ToDouble(), loss.ToDouble(), 1e-4);
        var own = autograd.grad([loss], [a, b]);
        Close(gradients[0], own[0], 1e-4);
        Close(gradients[1], own[1], 1e-4);

        using var ungraded = no_grad();
        var whole = golden.Run("full").Logits;
        tuned.Merge();
        Close(whole, golden.Run("full").Logits, 1e-4);
        using var again = new GoldenModel("llama");
        using var read = AdapterFolder.Load(again.Model, folder.Path);
        Close(whole, again.Run("full").Logits, 1e-5);
    }

    [Theory, InlineData(Site.Embedding), InlineData(Site.Head)]
    public void A_tied_weight_is_updated_for_one_use_and_not_folded(Site site)
    {
        using var golden = new GoldenModel("qwen2");
        using var ungraded = no_grad();
        var decoder = (Decoder)golden.Model;
        var (ids, hidden) = (golden["full/input_ids"], randn(7, decoder.Config.HiddenSize));
        var (embedded, logits) = (decoder.Hidden(ids), decoder.Logits(hidden));
        using var tuned = new Lora { Sites = [site] }.Start(decoder, 1);
        foreach (var parameter in tuned.Trained.Values)
            parameter.normal_(0, 0.1);
        Assert.Equal(site == Site.Embedding, (decoder.Hidden(ids) - embedded).abs().max().ToDouble() > 0);
        Assert.Equal(site == Site.Head, (decoder.Logits(hidden) - logits).abs().max().ToDouble() > 0);
        Assert.Contains("tied", Assert.Throws<MisfitException>(tuned.Merge).Message, StringComparison.Ordinal);
        Assert.Contains(
            "shares",
            Assert
                .Throws<MisfitException>(() =>
                    new Lora
                    {
                        Rank = 2,
                        Start = LoraStart.Pissa,
                        Sites = [Site.Head],
                    }.Start(decoder, 1)
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("\"use_dora\": false", "\"use_qalora\": true", "use_qalora")]
    [InlineData("\"LORA\"", "\"XLORA\"", "BOTTLENECK, COMBINED, IA3, LORA,")]
    public void What_is_not_supported_is_refused_by_name(string was, string becomes, string named)
    {
        using var folder = new TempFolder();
        using var model = TinyModel.Open();
        using (var tuned = new Lora().Start(model.Decoder, 1))
            tuned.Save(folder.Path, "base");
        var config = folder.File("adapter_config.json");
        var text = File.ReadAllText(config);
        Assert.Contains(was, text, StringComparison.Ordinal);
        File.WriteAllText(config, text.Replace(was, becomes, StringComparison.Ordinal));
        Assert.Contains(
            named,
            Assert.Throws<MisfitException>(() => AdapterFolder.Load(model.Decoder, folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused()
    {
        using var folder = new TempFolder();
        using (var other = (TinyModel.Source with { Layers = 3 }).Open(new ModelRequest { ProjectDirectory = "." }))
        using (var tuned = new Lora().Start(other.Decoder, 1))
            tuned.Save(folder.Path, "base");
        using var model = TinyModel.Open();
        Assert.Contains(
            "layers.2",
            Assert.Throws<SafetensorsException>(() => AdapterFolder.Load(model.Decoder, folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_adapter_whose_model_is_gone_says_so()
    {
        using var folder = new TempFolder();
        using var model = TinyModel.Open();
        using (var tuned = new Lora().Start(model.Decoder, 1))
            tuned.Save(folder.Path, "models/no-such-base");
        Assert.Contains(
            "models/no-such-base",
            Assert.Throws<ModelException>(() => AdapterFolder.ModelFolder(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_principal_part_is_the_best_of_its_rank_and_the_model_begins_as_it_was()
    {
        using var golden = new GoldenModel("llama");
        var site = golden.Model.LinearLayers.First(s => s.Sites[0] == Site.Gate);
        var whole = site.Matrix.detach().clone();
        using var tuned = new Lora
        {
            Rank = 4,
            Start = LoraStart.Pissa,
            Sites = [Site.Gate],
        }.Start(golden.Model, 1);
        // Eckart and Young 1936: what is left has the singular values that are not in the update.
        var (_, values, _) = linalg.svd(whole, false);
        Assert.Equal(values.narrow(0, 4, values.size(0) - 4).norm().ToDouble(), site.Matrix.norm().ToDouble(), 1e-4);
        Close(golden["full/logits"], golden.Run("full").Logits, 5e-5);
        tuned.Dispose();
        Close(whole, site.Matrix, 1e-6);
    }

    [Fact]
    public void B_learns_faster_by_its_factor()
    {
        using var golden = new GoldenModel("llama");
        using var tuned = new Lora { Rank = 4, BRate = 16 }.Start(golden.Model, 1);
        var before = tuned.Trained.ToDictionary(t => t.Key, t => t.Value.detach().clone());
        foreach (var b in tuned.Trained.Where(t => t.Key.Contains("lora_B", StringComparison.Ordinal)))
            using (no_grad())
                b.Value.normal_(0, 0.02);
        before = tuned.Trained.ToDictionary(t => t.Key, t => t.Value.detach().clone());
        CatalogueTests.Train(golden, tuned, 1, decay: 0);
        // Adam's first step is the learning rate itself, wherever there is a gradient.
        foreach (var (name, parameter) in tuned.Trained)
            Assert.Equal(
                name.Contains("lora_B", StringComparison.Ordinal) ? 16e-3 : 1e-3,
                (parameter - before[name]).abs().max().ToDouble(),
                1e-4
            );
    }

    public static TheoryData<Lora, string> Wrong =>
        new()
        {
            {
                new Lora { Rank = 1000, Start = LoraStart.Pissa },
                "singular values"
            },
            {
                new Lora { Dora = true, Start = LoraStart.Pissa },
                "do not go together"
            },
            {
                new Lora { Dora = true, Sites = [Site.Embedding] },
                "embedding has neither"
            },
        };

    [Theory, MemberData(nameof(Wrong))]
    public void What_does_not_fit_says_so(Lora method, string problem)
    {
        using var golden = new GoldenModel("llama");
        Assert.Contains(problem, Assert.Throws<MisfitException>(() => method.Start(golden.Model, 1)).Message, StringComparison.Ordinal);
    }
}
