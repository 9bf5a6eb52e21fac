using System.Reflection;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>What every tuning method must do, on every kind of model.</summary>
public sealed class CatalogueTests : TorchTest
{
    internal static readonly Dictionary<string, TuningMethod> Methods = new()
    {
        ["full"] = new Full(),
        ["bitfit"] = new BitFit(),
        ["last_layer"] = new Partial { Layers = [-1], Head = true },
        ["sites"] = new Partial { Sites = [Site.Value, Site.Down] },
        ["embedding_and_head"] = new Partial { Embedding = true, Head = true },
        ["lora"] = new Lora { Rank = 4, Sites = [Site.Query, Site.Value] },
        ["rslora"] = new Lora { Rank = 4, Rslora = true },
        ["dora"] = new Lora { Rank = 4, Dora = true },
        ["lora_plus"] = new Lora { Rank = 4, BRate = 16 },
        ["pissa"] = new Lora { Rank = 4, Start = LoraStart.Pissa },
        ["ia3"] = new Ia3(),
        ["houlsby"] = new Bottleneck { Place = BottleneckPlace.Houlsby, Size = 8 },
        ["pfeiffer"] = new Bottleneck { Size = 8 },
        ["parallel"] = new Bottleneck
        {
            Place = BottleneckPlace.Parallel,
            Size = 8,
            Scale = 4,
        },
        ["prefix_tuning"] = new PrefixTuning { VirtualTokens = 3, Projection = 16 },
        ["p_tuning_v2"] = new PTuningV2 { VirtualTokens = 3 },
        ["prompt_tuning"] = new PromptTuning { VirtualTokens = 3 },
        ["p_tuning"] = new PTuning { VirtualTokens = 3, Hidden = 16 },
        ["mam"] = new Mam { VirtualTokens = 3, Size = 8 },
        ["combined"] = new Combined { Parts = [new Lora { Rank = 2, Sites = [Site.Query] }, new Ia3 { Sites = [Site.Down] }] },
    };

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var model in new[] { "llama", "gpt2", "gemma2", "gpt_neox", "bert_seqcls", "t5", "bart" })
            foreach (var method in Methods.Keys)
                if (method != "bitfit" || model is not ("llama" or "gemma2" or "t5"))
                    all.Add(model, method); // Those have no biases.
            return all;
        }
    }

    [Fact]
    public void The_list_is_complete() =>
        Assert.Equal(
            typeof(TuningMethod)
                .Assembly.GetTypes()
                .Where(t => t.IsSubclassOf(typeof(TuningMethod)) && !t.IsAbstract)
                .Select(t => t.GetCustomAttribute<KeywordAttribute>()!.Word)
                .Order(),
            Methods.Values.Select(m => m.GetType().GetCustomAttribute<KeywordAttribute>()!.Word).Distinct().Order()
        );

    [Theory, MemberData(nameof(All))]
    public void Learns_leaves_the_rest_alone_and_is_read_back_as_it_was_saved(string name, string method)
    {
        using var golden = new GoldenModel(name);
        using var folder = new TempFolder();
        var untouched = golden.Model.Parameters.ToDictionary(p => p.Key, p => p.Value.detach().clone());
        double first,
            last;
        Tensor result;
        using (var tuned = Methods[method].Apply(golden.Model, 1))
        {
            var start = golden.Run("full").Logits.detach();
            if (tuned is LoraAdapter or Ia3Adapter or BottleneckAdapter)
                Close(golden["full/logits"], start, 5e-5); // They begin as nothing.
            (first, last) = Train(golden, tuned, 30);
            Assert.True(last < first - 0.01, $"the loss went from {first} to {last}");
            result = golden.Run("full").Logits.detach().clone();
            if (method != "pissa")
            {
                foreach (var (key, before) in untouched)
                    if (!tuned.Trained.Keys.Any(k => k.EndsWith(key, StringComparison.Ordinal)))
                        Close(before, golden.Model.Parameters[key], 0);
            }

            tuned.Save(folder.Path, "base");
        }

        if (Adapters.IsAdapter(folder.Path))
        {
            using var fresh = new GoldenModel(name);
            using var again = Adapters.Load(fresh.Model, folder.Path);
            Close(result, golden.Run(fresh.Model, "full").Logits, method == "pissa" ? 1e-4 : 2e-6);
            again.Dispose();
            if (fresh.Model.TaskWeights.Count == 0)
                Close(golden["full/logits"], fresh.Run("full").Logits, 5e-5); // And is gone without a trace.
        }
        else
        {
            using var again = LanguageModel.Load(folder.Path);
            foreach (var (key, parameter) in golden.Model.Parameters)
                Close(parameter.to(again.Config.StoredAs.Scalar()), again.Parameters[key], 0);
        }
    }

    [Theory]
    [
        InlineData("llama", "mam"),
        InlineData("llama", "prompt_tuning"),
        InlineData("bloom", "prefix_tuning"),
        InlineData("bloom", "p_tuning"),
        InlineData("mistral", "p_tuning_v2"),
        InlineData("gpt2", "prompt_tuning"),
        InlineData("opt", "mam")
    ]
    public void Virtual_tokens_go_with_a_cache_and_padding(string name, string method)
    {
        using var golden = new GoldenModel(name);
        using var tuned = Methods[method].Apply(golden.Model, 1);
        Train(golden, tuned, 3);
        using var ungraded = no_grad();
        var decoder = (Decoder)golden.Model;
        var ids = golden["gen_left/input_ids"];
        var real = golden["gen_left/attention_mask"].to(ScalarType.Bool);
        using var cache = new KvCache(ids.size(1) + 4);
        var cached = decoder.Hidden(ids, null, AttentionPattern.Padded(real), cache);
        for (var i = 0; i < 4; i++)
        {
            var last = cached.select(1, cached.size(1) - 1);
            var whole = decoder.Hidden(ids, null, AttentionPattern.Padded(real));
            Close(whole.select(1, whole.size(1) - 1), last, 2e-5);
            for (var row = 0; row < ids.size(0); row++)
            {
                var alone = decoder.Hidden(ids[row].masked_select(real[row]).unsqueeze(0));
                Close(alone[0, -1], last[row], 2e-5);
            }

            var next = decoder.Logits(last).argmax(1).unsqueeze(1);
            (ids, real) = (cat([ids, next], 1), cat([real, ones_like(next).to(ScalarType.Bool)], 1));
            cached = decoder.Hidden(next, null, AttentionPattern.Padded(real), cache);
        }
    }

    [Fact]
    public void Parts_at_the_same_site_are_refused()
    {
        using var golden = new GoldenModel("llama");
        var error = Assert.Throws<NotSupportedException>(() =>
            new Combined { Parts = [new Lora { Sites = [Site.Query] }, new Lora { Sites = [Site.Query, Site.Key] }] }.Apply(golden.Model, 1)
        );
        Assert.Contains("same site", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "own weights",
            Assert.Throws<NotSupportedException>(() => new Combined { Parts = [new Full(), new Ia3()] }.Apply(golden.Model, 1)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_does_not_fit_the_model_says_so()
    {
        using var golden = new GoldenModel("llama");
        foreach (
            var (method, problem) in new (TuningMethod, string)[]
            {
                (new BitFit(), "has no biases"),
                (new Partial(), "nothing of this model"),
                (new Partial { Layers = [5] }, "layers 0 to 1"),
                (new Ia3 { Sites = [Site.Head] }, "head"),
                (new Lora { Rank = 1000, Start = LoraStart.Pissa }, "singular values"),
                (new Lora { Dora = true, Start = LoraStart.Pissa }, "do not go together"),
            }
        )
            Assert.Contains(
                problem,
                Assert.Throws<NotSupportedException>(() => method.Apply(golden.Model, 1)).Message,
                StringComparison.Ordinal
            );
    }

    [Theory, InlineData(BottleneckPlace.Houlsby), InlineData(BottleneckPlace.Pfeiffer), InlineData(BottleneckPlace.Parallel)]
    public void A_bottleneck_is_its_formula(BottleneckPlace place)
    {
        using var golden = new GoldenModel("llama");
        using var tuned = new Bottleneck
        {
            Place = place,
            Size = 8,
            Scale = 3,
        }.Apply(golden.Model, 1);
        using (no_grad())
            foreach (var parameter in tuned.Trained.Values)
                parameter.normal_(0, 0.1);
        var x = randn(2, 5, golden.Model.Config.HiddenSize);
        var y = randn(2, 5, golden.Model.Config.HiddenSize);
        Assert.Equal(place == BottleneckPlace.Houlsby ? 4 : 2, golden.Model.Sublayers.Count(s => s.Update is not null));
        foreach (var sublayer in golden.Model.Sublayers.Where(s => s.Update is not null))
        {
            var name = $"base_model.model.{sublayer.Maps.First().Name}.bottleneck";
            var inner =
                (place == BottleneckPlace.Parallel ? x : y).matmul(tuned.Trained[$"{name}.down.weight"].t())
                + tuned.Trained[$"{name}.down.bias"];
            var expected = y + 3 * (inner.clamp_min(0).matmul(tuned.Trained[$"{name}.up.weight"].t()) + tuned.Trained[$"{name}.up.bias"]);
            Close(expected, sublayer.Update!.Forward(sublayer, x, y), 1e-5);
        }
    }

    [Fact]
    public void A_prefix_is_what_its_network_makes_of_its_table()
    {
        using var golden = new GoldenModel("llama");
        using var tuned = new PrefixTuning { VirtualTokens = 3, Projection = 16 }.Apply(golden.Model, 1);
        var t = tuned.Trained;
        var hidden = (
            t["prompt_encoder.embedding.weight"].matmul(t["prompt_encoder.mlp_head.0.weight"].t()) + t["prompt_encoder.mlp_head.0.bias"]
        ).tanh();
        var table = hidden.matmul(t["prompt_encoder.mlp_head.2.weight"].t()) + t["prompt_encoder.mlp_head.2.bias"];
        Close(table.view(3, 4, 2, 16), golden.Model.Prefix!(), 1e-6);
    }

    [Fact]
    public void The_principal_part_is_the_best_of_its_rank_and_the_model_begins_as_it_was()
    {
        using var golden = new GoldenModel("llama");
        var site = golden.Model.Sites.First(s => s.Sites[0] == Site.Gate);
        var whole = site.Matrix.detach().clone();
        using var tuned = new Lora
        {
            Rank = 4,
            Start = LoraStart.Pissa,
            Sites = [Site.Gate],
        }.Apply(golden.Model, 1);
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
        using var tuned = new Lora { Rank = 4, BRate = 16 }.Apply(golden.Model, 1);
        var before = tuned.Trained.ToDictionary(t => t.Key, t => t.Value.detach().clone());
        foreach (var b in tuned.Trained.Where(t => t.Key.Contains("lora_B", StringComparison.Ordinal)))
            using (no_grad())
                b.Value.normal_(0, 0.02);
        before = tuned.Trained.ToDictionary(t => t.Key, t => t.Value.detach().clone());
        Train(golden, tuned, 1, decay: 0);
        // Adam's first step is the learning rate itself, wherever there is a gradient.
        foreach (var (name, parameter) in tuned.Trained)
            Assert.Equal(
                name.Contains("lora_B", StringComparison.Ordinal) ? 16e-3 : 1e-3,
                (parameter - before[name]).abs().max().ToDouble(),
                1e-4
            );
    }

    private static (double First, double Last) Train(GoldenModel golden, TunedModel tuned, int steps, double decay = 0.01)
    {
        var adamw = new AdamW { LearningRate = steps == 1 ? 1e-3 : 5e-3, WeightDecay = decay };
        using var parameters = adamw.Flatten(tuned);
        using var optimizer = adamw.Start(parameters);
        double first = 0,
            last = 0;
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            parameters.ClearGradients();
            var loss = golden.Loss("right").Actual;
            Gradients.Backward(loss);
            optimizer.Step(1);
            (first, last) = (step == 0 ? loss.ToDouble() : first, loss.ToDouble());
        }

        return (first, last);
    }
}
